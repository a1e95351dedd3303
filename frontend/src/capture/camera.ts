// Copies a chosen or taken file into the store, and reads from the original what a derivative would drop.
import { CHUNK_BYTES } from '../store/blobs';
import type { SuixingDatabase } from '../store/db';
import type { Chunk } from '../store/rows';
import { finitePosition, type Position } from './position';

export interface PhotoFacts {
  /** Where the camera says it was. The device's own place is taken at the moment of capture, never later. */
  position: Position | null;
  /** Local wall time of the camera as an instant, ISO; null when the file does not say. */
  takenAt: string | null;
}

/** Place and time from EXIF. */
export async function photoFacts(file: Blob): Promise<PhotoFacts> {
  const exif = await readExif(file);
  const taken = exif['DateTimeOriginal'];
  const sound = taken instanceof Date && Number.isFinite(taken.getTime());
  return {
    position: finitePosition(exif['latitude'], exif['longitude']),
    takenAt: sound ? taken.toISOString() : null,
  };
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

/** A file in chunks that one transaction can put beside its row. Read at once: a picker's file may vanish. */
export async function readPieces(media: string, file: Blob): Promise<Chunk[]> {
  const whole = await file.arrayBuffer();
  const pieces: Chunk[] = [];
  for (let start = 0; start < whole.byteLength; start += CHUNK_BYTES) {
    pieces.push({ media, start, data: whole.slice(start, start + CHUNK_BYTES) });
  }
  return pieces;
}

/** Stores a file too large for memory chunk by chunk; until its row is written nothing refers to them. */
export async function storePieces(
  db: SuixingDatabase,
  media: string,
  file: Blob,
  onBytes: (stored: number) => void = () => undefined,
): Promise<void> {
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    const data = await file.slice(start, start + CHUNK_BYTES).arrayBuffer();
    await db.chunks.put({ media, start, data });
    onBytes(start + data.byteLength);
  }
}
