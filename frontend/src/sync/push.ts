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
import { refreshRecord, serverState } from '../store/refresh';
import type { Change } from '../store/rows';
import type { Store } from '../store/store';

/** The next changes of a trip in order of making; from now on their content is fixed under their ids. */
export async function takeBatch(store: Store, trip: string): Promise<Change[]> {
  const { outbox } = store.db;
  return store.db.transaction('rw', outbox, async () => {
    const queued = await outbox.where('[trip+state]').equals([trip, 'queued']).sortBy('n');
    const batch = fitting(queued);
    await outbox.bulkPut(batch.map((change) => ({ ...change, sent: true })));
    return batch;
  });
}

function fitting(queued: readonly Change[]): Change[] {
  const encoder = new TextEncoder();
  let bytes = 0;
  const fits = queued.slice(0, MAX_CHANGES).findIndex((change) => {
    bytes += encoder.encode(JSON.stringify(wireChange(change))).length + 1;
    return bytes > MAX_PUSH_BYTES;
  });
  // A single change over the limit goes alone; the server says what is wrong with it.
  return fits === -1 ? queued.slice(0, MAX_CHANGES) : queued.slice(0, Math.max(1, fits));
}

export async function pushBody(store: Store, batch: readonly Change[]): Promise<PushBody> {
  return {
    schema: SCHEMA,
    device: await store.device(),
    now: store.clock.now(),
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
  };
}

/** Marks each change by its result. An answer without a result for a change leaves it queued. */
export async function applyResults(
  store: Store,
  batch: readonly Change[],
  answer: PushAnswer,
): Promise<void> {
  const { db } = store;
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
  const next = judge(change, result);
  if (next === null) await db.outbox.delete(change.n ?? -1);
  else await db.outbox.put(next);
  await noteBirth(store, change, result);
  await refreshRecord(db, change);
}

/** What becomes of a change in the outbox; null = nothing is left to wait for. */
export function judge(change: Change, result: PushResult): Change | null {
  if (result.status === 'rejected') {
    return { ...change, state: 'rejected', problem: result.problem ?? { code: 'rejected' } };
  }
  if (result.seq === null) return null; // superseded: nothing of it stands, the log has it
  return { ...change, state: 'accepted', seq: result.seq, problem: null };
}

/** A record born here has been seen at the seq of its birth, so later edits can say what they were made on. */
async function noteBirth(store: Store, change: Change, result: PushResult): Promise<void> {
  const server = await serverState(store.db, change);
  if (result.seq === null || server === null || server.seq > 0) return;
  const { entity, record, trip } = change;
  await store.db.shadow.put({ ...server, row: null, seq: result.seq, entity, record, trip });
}
