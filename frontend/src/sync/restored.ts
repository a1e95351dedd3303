// What is due to a server that was restored from a backup: it has lost what bears a number of its lost spans.
import type { PullAnswer } from '../api/sync';
import type { SuixingDatabase } from '../store/db';
import { refreshRecord } from '../store/refresh';

export type LostSpans = NonNullable<PullAnswer['lost']>;

export function isWithin(spans: LostSpans, seq: number): boolean {
  return spans.some(([first, last]) => first <= seq && seq <= last);
}

/** Accepted by the server as it was, not read back, and lost with it: it waits again, the same under the same id. */
export async function offerAgain(db: SuixingDatabase, trip: string, lost: LostSpans): Promise<void> {
  if (lost.length === 0) return;
  const accepted = await db.outbox.where('[trip+state]').equals([trip, 'accepted']).toArray();
  for (const change of accepted.filter(({ seq }) => isWithin(lost, seq ?? 0))) {
    await db.outbox.put({ ...change, state: 'queued', seq: null });
    await refreshRecord(db, change);
  }
}
