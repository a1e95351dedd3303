// Sends bytes: which file is next, and what becomes of it. The transfer itself is an argument.
import { isGatewayPage, type Problem } from '../kernel/problem';
import { readSlice } from '../store/blobs';
import type { BlobRow } from '../store/rows';
import type { Store } from '../store/store';
import { backoffMs, isOver, waitMs } from './backoff';

export interface Transfer {
  media: string;
  trip: string;
  /** Empty while it still grows. */
  sha256: string;
  /** All of it, or as much as there is by now. */
  size: number;
  /** `growing`: ends with what there is. `deferred`: begun as growing, its length goes with the last piece. */
  length: 'known' | 'growing' | 'deferred';
  /** Where an earlier try had begun, if it had. */
  url: string | null;
  /** An earlier try came to nothing, or to a part. */
  tried: boolean;
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  onUrl(url: string): void;
  onProgress(uploaded: number): void;
  /** Asked after each piece; true = stop here, to go on from this offset later. */
  pause(): boolean;
}

export type TransferResult =
  | { ok: true }
  | { ok: false; kind: 'paused' }
  | { ok: false; kind: 'offline' | 'busy' | 'refused'; problem: Problem; retryAfterMs: number | null };

/** Resolves once the server has verified the hash and stored the bytes, or says why not. */
export type Uploader = (transfer: Transfer) => Promise<TransferResult>;

const PROGRESS_EVERY_MS = 500;
const FIRST_AGAIN_MS = 1000;

/** Files that can go now, oldest first: whole, hashed, due, with a media row that the server knows when it is their turn. */
export async function* dueUploads(store: Store): AsyncGenerator<BlobRow> {
  const now = store.clock.now();
  const due = (await wholeUnsent(store)).filter(({ nextAt }) => isOver(nextAt, now));
  for (const blob of due.sort((a, b) => a.startedAt - b.startedAt)) {
    const row = await store.db.rows('media').get(blob.media);
    if (row?.local.unsent === 0 && row.local.rejected === 0) yield blob;
  }
}

/** Read in one piece and sorted out here: a cursor costs many times more, and this is asked after every file. */
async function wholeUnsent({ db }: Store): Promise<BlobRow[]> {
  const whole = await db.blobs.where('state').equals('whole').toArray();
  return whole.filter((blob) => blob.sha256 !== null && blob.storedAt === null && blob.problem === null);
}

/** Recordings that run, with something new for a server that knows their row. */
export async function growingUploads(store: Store, leastBytes: number): Promise<BlobRow[]> {
  const writing = await store.db.blobs.where('state').equals('writing').toArray();
  const news = writing.filter((blob) => blob.size - blob.uploaded >= leastBytes);
  const rows = await store.db.rows('media').bulkGet(news.map((blob) => blob.media));
  return news.filter((_, n) => (rows[n]?.local.seq ?? 0) > 0 && rows[n]?.local.rejected === 0);
}

/** Unix milliseconds at which the next waiting file becomes due; null = none waits. */
export async function nextUploadAt(store: Store): Promise<number | null> {
  const waiting = (await wholeUnsent(store)).filter(({ nextAt }) => nextAt > 0);
  const now = store.clock.now();
  const times = waiting.map(({ nextAt }) => (isOver(nextAt, now) ? Math.min(nextAt, now) : nextAt));
  return times.length === 0 ? null : Math.min(...times);
}

/** Sends one file and writes down how it went. */
export async function uploadOne(
  store: Store,
  uploader: Uploader,
  blob: BlobRow,
  way: { chance: number; pause: () => boolean },
): Promise<TransferResult> {
  const transfer = transferOf(store, blob, blob.deferred ? 'deferred' : 'known', way.pause);
  const result = await uploader(transfer);
  await store.db.blobs.update(blob.media, afterTransfer(blob, result, store.clock.now(), way.chance));
  return result;
}

/** What of a running recording is stored by now; tried again by the next call, whatever came of it. */
export async function uploadGrowing(
  store: Store,
  uploader: Uploader,
  blob: BlobRow,
  pause: () => boolean,
): Promise<TransferResult> {
  await store.db.blobs.update(blob.media, { deferred: true });
  return uploader(transferOf(store, blob, 'growing', pause));
}

function transferOf(store: Store, blob: BlobRow, length: Transfer['length'], pause: () => boolean): Transfer {
  const { blobs } = store.db;
  let told = { at: 0, uploaded: 0 };
  return {
    media: blob.media,
    trip: blob.trip,
    sha256: blob.sha256 ?? '',
    size: blob.size,
    length,
    url: blob.uploadUrl,
    tried: blob.attempts > 0,
    pause,
    read: (start, end) => readSlice(store.db, blob.media, start, end),
    onUrl: (uploadUrl) => void blobs.update(blob.media, { uploadUrl }),
    onProgress: (uploaded) => {
      const now = store.clock.now();
      const isDue = now - told.at >= PROGRESS_EVERY_MS || uploaded >= blob.size;
      if (!isDue || uploaded === told.uploaded) return;
      told = { at: now, uploaded };
      void blobs.update(blob.media, { uploaded });
    },
  };
}

/** 409: the media row is not there yet; 423: an earlier request of ours still holds the upload. */
function isPassing({ code, status }: Problem): boolean {
  return status === 409 || status === 423 || isGatewayPage(code);
}

/** The second receipt, or when to try again, or why it will not be tried again by itself. */
export function afterTransfer(
  blob: BlobRow,
  result: TransferResult,
  now: number,
  chance: number,
): Partial<BlobRow> {
  const settled = { attempts: 0, problem: null, failure: null, uploadUrl: null };
  if (result.ok) return { ...settled, storedAt: now, uploaded: blob.size };
  if (result.kind === 'paused') return {};
  const attempts = blob.attempts + 1;
  if (result.kind === 'offline') return { attempts };
  const status = result.problem.status;
  if (status === 401) return { attempts };
  if (result.kind === 'busy' || isPassing(result.problem)) {
    const wait = waitMs(backoffMs(attempts, 'busy', chance), result.retryAfterMs, status);
    return { attempts, nextAt: now + wait, failure: result.problem };
  }
  // The server had more than this phone kept of it: that upload is given up, and begun anew with what is here.
  if (result.problem.code === 'upload_length' && blob.deferred) {
    return { attempts, deferred: false, uploadUrl: null, uploaded: 0, nextAt: now + FIRST_AGAIN_MS };
  }
  return { attempts, problem: result.problem, uploadUrl: null, uploaded: 0 };
}
