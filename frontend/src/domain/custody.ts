// What lies where: this phone's room, the server's list of expected and stored media, freeing originals.
import { type Custody, readCustody } from '../api/custody';
import { AppError } from '../kernel/problem';
import { freeBlob } from '../store/blobs';
import { store } from './context';
import { http } from './network';
import { readPreferences } from './preferences';

export type { Custody };

const DAY_MS = 86_400_000;

/** Asks the server; needs the network. */
export async function fetchCustody(trip: string): Promise<Custody> {
  const answer = await readCustody(http(), trip);
  if (!answer.ok) throw new AppError(answer.problem);
  return answer.value;
}

export interface DeviceRoom {
  usedBytes: number;
  freeBytes: number;
  /** True when the system promised not to evict this app's data. */
  persisted: boolean;
  /** Minutes of sound that still fit. */
  audioMinutes: number;
}

const AUDIO_BYTES_PER_MINUTE = (32_000 / 8) * 60;

/** How much room this phone has; null where the browser does not say. */
export async function deviceRoom(): Promise<DeviceRoom | null> {
  if (!('storage' in navigator) || typeof navigator.storage.estimate !== 'function') return null;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const freeBytes = Math.max(0, quota - usage);
  return {
    usedBytes: usage,
    freeBytes,
    persisted: await navigator.storage.persisted(),
    audioMinutes: Math.floor(freeBytes / AUDIO_BYTES_PER_MINUTE),
  };
}

/** Asks the system to keep this app's data; it may refuse. */
export async function askToPersist(): Promise<boolean> {
  return (
    'storage' in navigator && typeof navigator.storage.persist === 'function' && navigator.storage.persist()
  );
}

/** Frees originals that the server has had for longer than the user wants them kept; returns the bytes freed. */
export async function freeOld(): Promise<number> {
  const { keepDays } = await readPreferences();
  return keepDays === 0 ? 0 : freeStored(store().clock.now() - keepDays * DAY_MS);
}

/** Frees every original whose second receipt is older than `before` (Unix ms). */
export async function freeStored(before: number): Promise<number> {
  const { db, clock } = store();
  const old = await db.blobs
    .filter((blob) => blob.freedAt === null && (blob.storedAt ?? Infinity) < before)
    .toArray();
  let freed = 0;
  for (const blob of old) if (await freeBlob(db, blob.media, clock.now())) freed += blob.size;
  return freed;
}
