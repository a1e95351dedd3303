// What this device holds without a receipt, trip by trip.
import type { SuixingDatabase } from '../store/db';
import { inboxFigures } from '../store/inbox';
import { isUnsent } from './outbox';
import { currentTrip } from './trips';

export interface UnsentFigures {
  records: number;
  files: number;
  bytes: number;
  /** Unix milliseconds of the oldest. */
  oldestAt: number | null;
}

/** Per trip that this device knows; zeros included. A file and its description are one thing: the file. */
export async function unsentByTrip(db: SuixingDatabase): Promise<Map<string, UnsentFigures>> {
  const figures = new Map<string, UnsentFigures>();
  const records = new Map<string, Set<string>>();
  const of = (trip: string) => {
    const known = figures.get(trip) ?? { records: 0, files: 0, bytes: 0, oldestAt: null };
    figures.set(trip, known);
    return known;
  };
  for (const feed of await db.feed.toArray()) of(feed.trip);
  const blobs = (await db.blobs.toArray()).filter((one) => one.storedAt === null);
  const files = new Set(blobs.map(({ media }) => media));
  for (const change of (await db.outbox.toArray()).filter(isUnsent)) {
    const figure = of(change.trip);
    figure.oldestAt = Math.min(figure.oldestAt ?? Infinity, change.at);
    if (files.has(change.record)) continue;
    const seen = records.get(change.trip) ?? new Set();
    records.set(change.trip, seen.add(`${change.entity}/${change.record}`));
    figure.records = seen.size;
  }
  for (const blob of blobs) {
    const figure = of(blob.trip);
    figure.oldestAt = Math.min(figure.oldestAt ?? Infinity, blob.startedAt);
    figure.files += 1;
    figure.bytes += blob.size;
  }
  await addInbox(of);
  return figures;
}

/** What other apps handed over has no trip yet: it is told of with the one that it would go to. */
async function addInbox(of: (trip: string) => UnsentFigures): Promise<void> {
  const { files, texts, bytes, oldestAt } = await inboxFigures();
  const trip = oldestAt === null ? null : await currentTrip();
  if (trip === null || oldestAt === null) return;
  const figure = of(trip.id);
  figure.records += texts;
  figure.files += files;
  figure.bytes += bytes;
  figure.oldestAt = Math.min(figure.oldestAt ?? Infinity, oldestAt);
}
