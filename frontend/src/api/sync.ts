// The wire of sync, as the contract has it: push, pull, and the list of the user's trips.
import type { Problem } from '../kernel/problem';
import type { Answer, Http } from './http';

export const SCHEMA = 1;
export const MAX_CHANGES = 500;
/** Under the server's 1 MiB, with room for the envelope. */
export const MAX_PUSH_BYTES = 1_000_000;
export const PULL_LIMIT = 1000;

export interface WireChange {
  id: string;
  entity: string;
  record: string;
  fields: Record<string, unknown>;
  hlc: string;
  base?: number;
  deleted?: true;
  author?: string;
}

export interface PushBody {
  schema: typeof SCHEMA;
  device: string;
  /** Unix milliseconds by the device's clock. */
  now: number;
  changes: WireChange[];
}

export interface PushResult {
  id: string | null;
  status: 'applied' | 'merged' | 'duplicate' | 'superseded' | 'rejected';
  seq: number | null;
  problem?: Problem | null;
}

export interface PushAnswer {
  server_now: number;
  hlc: string;
  results: PushResult[];
}

export interface PulledRow {
  entity: string;
  record: string;
  seq: number;
  deleted?: boolean;
  withdrawn?: boolean;
  fields?: Record<string, unknown>;
  contested?: Record<string, { value: unknown; by: string | null; at: string | null }[]> | null;
}

export interface PullAnswer {
  rows: PulledRow[];
  next: number;
  more: boolean;
  view: string;
  /** Spans of `seq` (first, last) that a restore of the server left behind; an older server says nothing. */
  lost?: [number, number][];
  server_now: number;
  hlc: string;
}

export interface TripEntry {
  id: string;
}

/** What the sync engine needs of the network. */
export interface SyncApi {
  /** Cheap: whether the server answers at all. Without it every wait ends in a whole round. */
  probe?(): Promise<boolean>;
  /** Makes sure that the session is known; unsafe requests need its CSRF value. */
  prepare(): Promise<Answer<unknown>>;
  trips(): Promise<Answer<TripEntry[]>>;
  push(trip: string, body: PushBody): Promise<Answer<PushAnswer>>;
  pull(trip: string, after: number): Promise<Answer<PullAnswer>>;
  /** Takes an account into a trip again that a restore had put out of it. */
  addMember?(trip: string, user: string, role: string): Promise<Answer<unknown>>;
}

export function syncApi(http: Http): SyncApi {
  return {
    probe: async () => (await http.probe()) !== null,
    prepare: async () => (http.csrf === null ? http.readSession() : { ok: true, value: null }),
    trips: () => http.send('GET', '/trips'),
    push: (trip, body) => http.send('POST', `/sync/${trip}/push`, body),
    pull: (trip, after) => http.send('GET', `/sync/${trip}/pull?after=${after}&limit=${PULL_LIMIT}`),
    addMember: (trip, user, role) => http.send('POST', `/trips/${trip}/members`, { user, role }),
  };
}
