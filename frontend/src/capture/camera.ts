// Copies a chosen or taken file into the store, and reads from the original what a derivative would drop.
import { CHUNK_BYTES } from '../store/blobs';
import type { SuixingDatabase } from '../store/db';
import { devicePosition, finitePosition, type Position } from './position';

export interface PhotoFacts {
  position: Position | null;
  /** Local wall time of the camera as an instant, ISO; null when the file does not say. */
  takenAt: string | null;
}

/** Place and time from EXIF; the device's position when the file has none. */
export async function photoFacts(file: Blob): Promise<PhotoFacts> {
  const exif = await readExif(file);
  const position = finitePosition(exif['latitude'], exif['longitude']) ?? (await devicePosition());
  const taken = exif['DateTimeOriginal'];
  const sound = taken instanceof Date && Number.isFinite(taken.getTime());
  return { position, takenAt: sound ? taken.toISOString() : null };
}

async function readExif(file: Blob): Promise<Record<string, unknown>> {
  try {
    const { default: exifr } = await import('exifr/dist/lite.esm.mjs');
    const found: unknown = await exifr.parse(file, { gps: true, exif: true });
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {}; // no EXIF, or a format that the light reader does not know: the file is kept all the same
  }
}

/** Stores a file chunk by chunk under `media`; returns the number of chunks. */
export async function storePieces(db: SuixingDatabase, media: string, file: Blob): Promise<number> {
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    const data = await file.slice(start, start + CHUNK_BYTES).arrayBuffer();
    await db.chunks.put({ media, start, data });
  }
  return Math.ceil(file.size / CHUNK_BYTES);
}
