// Telling the server what this device holds without a receipt: the team sees it in custody.
import { tellUnsent, tellUnsentLast, type UnsentReport } from '../api/custody';
import { store } from './context';
import { http } from './network';
import { unsentByTrip, type UnsentFigures } from './unsent';

/** The same figures are told again only after this long. */
const REPEAT_MS = 600_000;
/** So long a number that only went down may stand: a queue that empties itself would be told of after every file. */
const FEWER_MS = 15_000;

function reportOf(figures: UnsentFigures, now: number): UnsentReport {
  const { records, files, bytes, oldestAt } = figures;
  const age = oldestAt === null ? null : Math.max(0, Math.round(now - oldestAt));
  return { records, files, bytes, oldest_age_ms: age };
}

/** Tells what changed since it last told; one per syncing tab. */
export class UnsentTeller {
  readonly #told = new Map<string, Told>();
  #telling = false;
  #waits = false;

  /** Fails in silence: the next round tells again. */
  async tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    try {
      const [due, soon] = await this.#due();
      if (soon.length > 0) this.#wait();
      for (const one of due) {
        const answer = await tellUnsent(http(), one.trip, one.device, one.report);
        if (answer.ok) this.#told.set(one.trip, one.told);
        else if (answer.kind !== 'refused') return;
      }
    } finally {
      this.#telling = false;
    }
  }

  /** The page goes away: what is not told yet is sent without waiting. */
  async tellLast(): Promise<void> {
    if (http().csrf === null) return;
    for (const one of (await this.#due()).flat()) {
      tellUnsentLast(http(), one.trip, one.device, one.report);
      this.#told.set(one.trip, one.told);
    }
  }

  #wait(): void {
    if (this.#waits) return;
    this.#waits = true;
    setTimeout(() => {
      this.#waits = false;
      void this.tell();
    }, FEWER_MS);
  }

  /** What is to be told now, and what soon. */
  async #due(): Promise<[Due[], Due[]]> {
    const { db, clock } = store();
    const [device, figures, now] = [await store().device(), await unsentByTrip(db), clock.now()];
    const all = [...figures].map(([trip, one]) => ({
      trip,
      device,
      report: reportOf(one, now),
      told: { figures: one, at: now },
    }));
    const changed = all.filter(({ trip, told }) => isNews(told, this.#told.get(trip)));
    const waits = ({ trip, told }: Due) => isOnlyFewer(told, this.#told.get(trip));
    return [changed.filter((one) => !waits(one)), changed.filter(waits)];
  }
}

interface Told {
  figures: UnsentFigures;
  at: number;
}

interface Due {
  trip: string;
  device: string;
  report: UnsentReport;
  told: Told;
}

const COUNTED = ['records', 'files', 'bytes'] as const;

function isNews(now: Told, before: Told | undefined): boolean {
  if (!before || now.at - before.at > REPEAT_MS) return true;
  return COUNTED.some((name) => now.figures[name] !== before.figures[name]);
}

/** Some of it was sent since it was last told, a moment ago, and some is left. */
function isOnlyFewer(now: Told, before: Told | undefined): boolean {
  if (!before || now.at - before.at >= FEWER_MS || now.figures.records + now.figures.files === 0)
    return false;
  return COUNTED.every((name) => now.figures[name] <= before.figures[name]);
}
