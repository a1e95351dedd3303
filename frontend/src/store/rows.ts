// What lies in the phone's store: the synced rows with their local state, the outbox, bytes, drafts, settings.
import type { EntityName, Rows } from '../generated/entities';
import type { Problem } from '../kernel/problem';

export interface ContestedValue {
  value: unknown;
  by: string | null;
  at: string | null;
  device?: string;
  /** Places in a long text; `null` = this account deleted them. Without parts it is about the whole value. */
  parts?: { start: number; end: number; value: string | null }[];
}

/** What this device knows about a row beside its fields. */
export interface LocalState {
  /** Highest `seq` of the record that this device has read; 0 while only this device has it. */
  seq: number;
  deleted: boolean;
  /** Changes that the server has not accepted yet. */
  unsent: number;
  /** Changes that the server refused; they stay until repaired or discarded. */
  rejected: number;
  contested: Record<string, ContestedValue[]> | null;
  /** The full pull in which the row was last listed; rows of an older one are dropped. */
  sweep: number;
}

export type Row<E extends EntityName> = Rows[E] & { local: LocalState };
export type AnyRow = Row<EntityName>;

/** The server's state of a record while changes of this device lie over it. */
export interface Shadow {
  entity: EntityName;
  record: string;
  trip: string;
  row: Rows[EntityName] | null;
  seq: number;
  deleted: boolean;
  contested: LocalState['contested'];
  sweep: number;
}

/** `accepted` stays until a pull has brought what the server made of it. */
export type ChangeState = 'queued' | 'accepted' | 'rejected';

export interface Change {
  /** Order of making; absent only before it is stored. */
  n?: number;
  id: string;
  trip: string;
  entity: EntityName;
  record: string;
  fields: Record<string, unknown>;
  hlc: string;
  base: number | null;
  /**
   * What long texts and sets were as this device last had them on the server when it wrote over them: the ancestor of the
   * merge on screen. Never sent, the server knows its own; absent where there was none.
   */
  before?: Record<string, unknown>;
  deleted: boolean;
  /**
   * A state that a restored server lost, handed in again: its stamp bears the device `resent`, its base is the number
   * at which the record stood so. `author`: who had made it, where that is known.
   */
  author?: string;
  /** Of a refused change: fields that this device wrote anew since and the server took. They are shown no longer. */
  behind?: readonly string[];
  /** A waiting deletion that will not count: somebody wrote what it had not seen. Never sent, as is `seen`. */
  outrun?: boolean;
  /** Of a waiting deletion: up to which `seq` beyond its base the record was only written by this device itself. */
  seen?: number;
  state: ChangeState;
  /** Offered to the server at least once; from then on its content may not change under its id. */
  sent: boolean;
  seq: number | null;
  problem: Problem | null;
  /** Unix milliseconds of the edit. */
  at: number;
  /** How often it was offered in vain, why the last time, and not before when again. */
  attempts?: number;
  failure?: Problem | null;
  nextAt?: number;
}

/** How far one trip is synced. */
export interface Feed {
  trip: string;
  cursor: number;
  view: string | null;
  sweep: number;
  /** True until the full pull after a change of rights has come to its end. */
  sweeping: boolean;
  pulledAt: number | null;
  problem: Problem | null;
  /** Unix milliseconds of the last try to found the trip again on a server that was restored without it. */
  foundAt?: number;
}

export type BlobState = 'writing' | 'whole';

/** The bytes of one media row; they lie in `chunks`. */
export interface BlobRow {
  media: string;
  trip: string;
  kind: 'audio' | 'photo' | 'video' | 'file';
  mime: string;
  state: BlobState;
  size: number;
  chunks: number;
  sha256: string | null;
  startedAt: number;
  durationMs: number | null;
  /** A recording that was cut off and found again, until the user has been told. */
  recovered: boolean;
  uploadUrl: string | null;
  /** Its upload was begun while it was still recorded: the server learns the length with the last piece. */
  deferred?: boolean;
  uploaded: number;
  /** Unix milliseconds of the second receipt: the server has the bytes and the hash agrees. */
  storedAt: number | null;
  attempts: number;
  nextAt: number;
  problem: Problem | null;
  /** Why the last try did not end well, while it is tried again by itself. */
  failure?: Problem | null;
  /** The bytes were freed from this phone after the second receipt. */
  freedAt: number | null;
}

/** A stretch of a blob; `start` is its first byte's place in the whole. */
export interface Chunk {
  media: string;
  start: number;
  data: ArrayBuffer;
}

export interface Draft {
  key: string;
  trip: string;
  at: number;
  content: Record<string, unknown>;
}

export interface Setting {
  key: string;
  value: unknown;
}
