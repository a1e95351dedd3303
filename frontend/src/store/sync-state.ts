// What the syncing tab tells the others, and how any tab asks it to begin.
import type { Problem } from '../kernel/problem';
import type { SuixingDatabase } from './db';

export type EngineState = 'idle' | 'pushing' | 'pulling' | 'uploading' | 'waiting' | 'blocked';

export interface EngineStatus {
  state: EngineState;
  /** Unix milliseconds since when. */
  since: number;
  trip: string | null;
  media: string | null;
  /** Why it waits or is blocked: offline, server_busy, unauthenticated, client_too_old, … */
  problem: Problem | null;
  /** Unix milliseconds of the next try. */
  nextTry: number | null;
  /** Unix milliseconds of the last round that ended with nothing left. */
  allSentAt: number | null;
  /** Unix milliseconds since when nothing gets through; null = it does. */
  failingSince: number | null;
  /** Failed tries in a row. */
  tries: number;
}

export const STATUS_KEY = 'sync.status';
export const WANTED_KEY = 'sync.wanted';

export const IDLE_STATUS: EngineStatus = {
  state: 'idle',
  since: 0,
  trip: null,
  media: null,
  problem: null,
  nextTry: null,
  allSentAt: null,
  failingSince: null,
  tries: 0,
};

/** Wakes the syncing tab through the store, for it may be another one. */
export async function requestSync(db: SuixingDatabase, now: number): Promise<void> {
  await db.settings.put({ key: WANTED_KEY, value: now });
}
