// What this device holds without a receipt, trip by trip, and telling the server so: the team sees it in custody.
import { tellUnsent, tellUnsentLast, type UnsentReport } from '../api/custody';
import type { SuixingDatabase } from '../store/db';
import { inboxFigures } from '../store/inbox';
import { store } from './context';
import { http } from './network';
import { isUnsent } from './outbox';
import { currentTrip } from './trips';

/** The same figures are told again only after this long. */
const REPEAT_MS = 600_000;

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
  const blobs = await db.blobs.filter((one) => one.storedAt === null).toArray();
  const files = new Set(blobs.map(({ media }) => media));
  for (const change of await db.outbox.filter(isUnsent).toArray()) {
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

function reportOf(figures: UnsentFigures, now: number): UnsentReport {
  const { records, files, bytes, oldestAt } = figures;
  const age = oldestAt === null ? null : Math.max(0, Math.round(now - oldestAt));
  return { records, files, bytes, oldest_age_ms: age };
}

/** Tells what changed since it last told; one per syncing tab. */
export class UnsentTeller {
  readonly #told = new Map<string, { figures: string; at: number }>();
  #telling = false;

  /** Fails in silence: the next round tells again. */
  async tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (const due of await this.#due()) {
        const answer = await tellUnsent(http(), due.trip, due.device, due.report);
        if (answer.ok) this.#told.set(due.trip, due.told);
        else if (answer.kind !== 'refused') return;
      }
    } finally {
      this.#telling = false;
    }
  }

  /** The page goes away: what is not told yet is sent without waiting. */
  async tellLast(): Promise<void> {
    if (http().csrf === null) return;
    for (const due of await this.#due()) {
      tellUnsentLast(http(), due.trip, due.device, due.report);
      this.#told.set(due.trip, due.told);
    }
  }

  async #due() {
    const { db, clock } = store();
    const [device, figures, now] = [await store().device(), await unsentByTrip(db), clock.now()];
    const due = [...figures].map(([trip, one]) => ({
      trip,
      device,
      report: reportOf(one, now),
      told: { figures: JSON.stringify([one.records, one.files, one.bytes]), at: now },
    }));
    return due.filter(({ trip, told }) => {
      const before = this.#told.get(trip);
      return before?.figures !== told.figures || now - before.at > REPEAT_MS;
    });
  }
}
