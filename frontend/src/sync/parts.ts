// What the sync engine is handed: everything outside it.
import type { SyncApi } from '../api/sync';
import type { Problem } from '../kernel/problem';
import type { Store } from '../store/store';
import type { Uploader } from './upload';

export interface Timers {
  set(work: () => void, ms: number): unknown;
  clear(timer: unknown): void;
}

export interface EngineParts {
  store: Store;
  api: SyncApi;
  uploader: Uploader;
  timers: Timers;
  /** 0 to 1. */
  chance: () => number;
  /** The server is there and a round begins, or a round has ended: time to tell what is still held. */
  onRound?: () => void;
  /** Told when sending stops until somebody does something. */
  onBlocked?: (problem: Problem) => void;
}
