// Bytes on the phone: chunks of ArrayBuffer (WebKit has lost Blobs in IndexedDB), one row per chunk.
import Dexie from 'dexie';

import type { SuixingDatabase } from './db';
import type { BlobRow, Chunk } from './rows';

/** Files are cut into chunks of this size; recordings bring their own (one per second). */
export const CHUNK_BYTES = 1024 * 1024;

export function newBlob(
  media: string,
  trip: string,
  what: Pick<BlobRow, 'kind' | 'mime' | 'state' | 'startedAt'>,
): BlobRow {
  return {
    media,
    trip,
    ...what,
    size: 0,
    chunks: 0,
    sha256: null,
    durationMs: null,
    recovered: false,
    uploadUrl: null,
    uploaded: 0,
    storedAt: null,
    attempts: 0,
    nextAt: 0,
    problem: null,
    freedAt: null,
  };
}

/** Adds one chunk and its size in one transaction; `durationMs` is how long the recording is by now. */
export async function addChunk(
  db: SuixingDatabase,
  media: string,
  data: ArrayBuffer,
  durationMs: number | null,
): Promise<BlobRow> {
  return db.transaction('rw', db.blobs, db.chunks, async () => {
    const blob = await db.blobs.get(media);
    if (blob?.state !== 'writing') throw new Error(`${media} is not being written`);
    await db.chunks.add({ media, start: blob.size, data });
    const grown = { ...blob, chunks: blob.chunks + 1, size: blob.size + data.byteLength, durationMs };
    await db.blobs.put(grown);
    return grown;
  });
}

function chunkRange(db: SuixingDatabase, media: string, upTo: unknown = Dexie.maxKey) {
  return db.chunks.where('[media+start]').between([media, 0], [media, upTo], true, true);
}

/** Chunks one by one from the one that holds byte `from`, so that an hour of video never lies in memory whole. */
async function* chunksFrom(db: SuixingDatabase, media: string, from: number): AsyncGenerator<Chunk> {
  let chunk = await chunkRange(db, media, from).last();
  while (chunk) {
    // Read before it is handed out: whoever transfers the bytes to a worker leaves an empty buffer.
    const next: number = chunk.start + chunk.data.byteLength;
    yield chunk;
    chunk = await db.chunks.get([media, next]);
  }
}

/** All chunks in order, one by one. */
export async function* readChunks(db: SuixingDatabase, media: string): AsyncGenerator<ArrayBuffer> {
  for await (const chunk of chunksFrom(db, media, 0)) yield chunk.data;
}

/** Bytes `start` to `end` of a blob. */
export async function readSlice(
  db: SuixingDatabase,
  media: string,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksFrom(db, media, start)) {
    const from = Math.max(0, start - chunk.start);
    const to = Math.min(chunk.data.byteLength, end - chunk.start);
    if (to > from) parts.push(new Uint8Array(chunk.data, from, to - from));
    if (chunk.start + chunk.data.byteLength >= end) break;
  }
  return join(parts);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}

/** The whole of it for playing or showing; null when the bytes are not on this phone. */
export async function readBlob(db: SuixingDatabase, media: string): Promise<Blob | null> {
  const row = await db.blobs.get(media);
  if (!row || row.freedAt !== null || row.chunks === 0) return null;
  const chunks: Chunk[] = await chunkRange(db, media).toArray();
  return new Blob(
    chunks.map((chunk) => chunk.data),
    { type: row.mime },
  );
}

/** Frees the bytes of media that the server has; the row stays as their receipt. */
export async function freeBlob(db: SuixingDatabase, media: string, now: number): Promise<boolean> {
  return db.transaction('rw', db.blobs, db.chunks, async () => {
    const blob = await db.blobs.get(media);
    if (!blob || blob.storedAt === null || blob.freedAt !== null) return false;
    await chunkRange(db, media).delete();
    await db.blobs.update(media, { freedAt: now });
    return true;
  });
}

const ORPHAN_AGE_MS = 3_600_000;

/** Drops chunks of a file whose taking in was cut off before its row was written: nobody was told it is kept. */
export async function dropOrphans(db: SuixingDatabase, now: number): Promise<number> {
  const keys = await db.chunks.toCollection().primaryKeys();
  const owners = new Set(keys.map(([media]) => media));
  const kept = new Set(await db.blobs.toCollection().primaryKeys());
  // The first 48 bits of a UUIDv7 are its time: a file that another tab takes in right now is left alone.
  const isOld = (media: string) => parseInt(media.replace('-', '').slice(0, 12), 16) < now - ORPHAN_AGE_MS;
  const orphans = [...owners].filter((media) => !kept.has(media) && isOld(media));
  for (const media of orphans) await chunkRange(db, media).delete();
  return orphans.length;
}
