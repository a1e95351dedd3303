// One batch of a trip's outbox out, and the server's judgement of each change back in.
import {
  MAX_CHANGES,
  MAX_PUSH_BYTES,
  type PushAnswer,
  type PushBody,
  type PushResult,
  SCHEMA,
  type WireChange,
} from '../api/sync';
import { isResent, parseStamp } from '../kernel/hlc';
import { loadMerger } from '../store/merger';
import { refreshRecord, serverState } from '../store/refresh';
import type { Change } from '../store/rows';
import { clockOf } from '../store/skew';
import type { Store } from '../store/store';
import { isOver } from './backoff';

export interface Taking {
  /** At most so many changes. */
  most?: number;
  /** Changes left out, and with them what was written later to the same records. */
  without?: ReadonlySet<string>;
  /** Nothing made after this place in the order of making. */
  until?: number;
}

/** The next changes of a trip in order of making; from now on their content is fixed under their ids. */
export async function takeBatch(store: Store, trip: string, taking: Taking = {}): Promise<Change[]> {
  const { outbox } = store.db;
  const now = store.clock.now();
  return store.db.transaction('rw', outbox, async () => {
    const all = await outbox.where('[trip+state]').equals([trip, 'queued']).sortBy('n');
    const queued = all.filter(({ n = 0 }) => n <= (taking.until ?? Infinity));
    const batch = fitting(ofOneClock(sendable(queued, now, taking.without)), taking.most ?? MAX_CHANGES);
    await outbox.bulkPut(batch.map((change) => ({ ...change, sent: true })));
    return batch;
  });
}

/** Without those that wait by themselves: the later changes of a record must not overtake its earlier ones. */
function sendable(queued: readonly Change[], now: number, without?: ReadonlySet<string>): Change[] {
  const held = new Set<string>();
  return queued.filter((change) => {
    const record = `${change.entity}/${change.record}`;
    if (!isOver(change.nextAt ?? 0, now) || without?.has(change.id)) held.add(record);
    return !held.has(record);
  });
}

/** Stamps are corrected by the clock of the phone that made them: changes of a copy go by themselves. */
function ofOneClock(changes: readonly Change[]): Change[] {
  const first = changes[0];
  if (!first) return [];
  const end = changes.findIndex((change) => madeOn(change) !== madeOn(first));
  return end === -1 ? [...changes] : changes.slice(0, end);
}

function madeOn(change: Change): string {
  return parseStamp(change.hlc)?.device ?? '';
}

function fitting(queued: readonly Change[], most: number): Change[] {
  const encoder = new TextEncoder();
  let bytes = 0;
  const fits = queued.slice(0, most).findIndex((change) => {
    bytes += encoder.encode(JSON.stringify(wireChange(change))).length + 1;
    return bytes > MAX_PUSH_BYTES;
  });
  // A single change over the limit goes alone; the server says what is wrong with it.
  return queued.slice(0, fits === -1 ? most : Math.max(1, fits));
}

export async function pushBody(store: Store, batch: readonly Change[]): Promise<PushBody> {
  const device = await store.device();
  const [first] = batch;
  const maker = first ? madeOn(first) : device;
  const now = store.clock.now();
  return {
    schema: SCHEMA,
    device,
    now: maker === device ? now : await clockOf(store.db, maker, now),
    changes: batch.map(wireChange),
  };
}

export function wireChange(change: Change): WireChange {
  return {
    id: change.id,
    entity: change.entity,
    record: change.record,
    fields: change.fields,
    hlc: change.hlc,
    ...(change.base === null ? {} : { base: change.base }),
    ...(change.deleted ? { deleted: true } : {}),
    ...(change.author ? { author: change.author } : {}),
  };
}

/** Marks each change by its result. An answer without a result for a change leaves it queued. */
export async function applyResults(
  store: Store,
  batch: readonly Change[],
  answer: PushAnswer,
): Promise<void> {
  const { db } = store;
  await loadMerger();
  const tables = [...new Set(batch.map((change) => change.entity))].map((entity) => db.table(entity));
  await db.transaction('rw', [...tables, db.outbox, db.shadow], async () => {
    for (const [index, sent] of batch.entries()) {
      const result = answer.results[index];
      if (result && (result.id === sent.id || result.id === null)) await applyResult(store, sent, result);
    }
  });
  await store.observe(answer.hlc);
}

async function applyResult(store: Store, sent: Change, result: PushResult): Promise<void> {
  const { db } = store;
  const change = await db.outbox.where('id').equals(sent.id).first();
  // It may have been discarded or repaired by its author while it was on the way.
  if (!change || change.state !== 'queued') return;
  const next = (await isLeftAlone(store, change, result)) ? null : judge(change, result);
  if (next === null) await db.outbox.delete(change.n ?? -1);
  else await db.outbox.put(next);
  await noteBirth(store, change, result);
  await refreshRecord(db, change);
}

/** What becomes of a change in the outbox; null = nothing is left to wait for. */
export function judge(change: Change, result: PushResult): Change | null {
  if (result.status === 'rejected') {
    const problem = result.problem ?? { code: 'rejected' };
    return { ...change, state: 'rejected', problem, attempts: (change.attempts ?? 0) + 1 };
  }
  if (result.seq === null) return null; // superseded: nothing of it stands, the log has it
  return { ...change, state: 'accepted', seq: result.seq, problem: null };
}

/** Another's record that this person may not hand in: it stays here as it was read, or somebody who may has given it back. */
async function isLeftAlone(store: Store, change: Change, result: PushResult): Promise<boolean> {
  if (result.status !== 'rejected' || !isResent(change.hlc)) return false;
  return ((await serverState(store.db, change))?.seq ?? 0) >= (change.base ?? 0);
}

/** A record born here has been seen at the seq of its birth, so later edits can say what they were made on. */
async function noteBirth(store: Store, change: Change, result: PushResult): Promise<void> {
  const server = await serverState(store.db, change);
  if (result.seq === null || server === null || server.seq > 0) return;
  const { entity, record, trip } = change;
  await store.db.shadow.put({ ...server, row: null, seq: result.seq, entity, record, trip });
}
