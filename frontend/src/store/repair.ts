// Refused changes stay until a person repairs them: sent again with fields put right, or given up with undo.
import { ENTITIES } from '../generated/entities';
import { checkFields } from '../kernel/limits';
import { AppError } from '../kernel/problem';
import { refreshRecord } from './refresh';
import type { Change } from './rows';
import type { Store } from './store';

/** A rejection is not final: the same id is judged afresh, so the corrected change keeps it. */
export async function resendChange(
  store: Store,
  change: Change,
  fields: Record<string, unknown>,
): Promise<void> {
  const errors = checkFields(ENTITIES[change.entity], fields, false);
  if (errors.length > 0) throw new AppError({ code: 'invalid_fields', errors });
  await inOutbox(store, change, async () => {
    const kept = await store.db.outbox.where('id').equals(change.id).first();
    if (!kept) return;
    const repaired = {
      ...kept,
      fields: { ...kept.fields, ...fields },
      state: 'queued' as const,
      problem: null,
    };
    await store.db.outbox.put(repaired);
  });
}

export async function discardChange(store: Store, change: Change): Promise<void> {
  await inOutbox(store, change, () => store.db.outbox.where('id').equals(change.id).delete());
}

/** The undo of `discardChange`: it takes its old place in the order. */
export async function restoreChange(store: Store, change: Change): Promise<void> {
  await inOutbox(store, change, () => store.db.outbox.put(change));
}

async function inOutbox(store: Store, change: Change, work: () => Promise<unknown>): Promise<void> {
  const { db } = store;
  await db.transaction('rw', [db.table(change.entity), db.outbox, db.shadow], async () => {
    await work();
    await refreshRecord(db, change);
  });
}
