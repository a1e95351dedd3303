// The one loop that brings this device and the server together: push, pull, upload, then wait.
// Clock, chance, timers and network are arguments; it knows no page.
import type { Problem } from '../kernel/problem';
import { writeSetting } from '../store/settings';
import type { Store } from '../store/store';
import { type EngineStatus, IDLE_STATUS, STATUS_KEY } from '../store/sync-state';
import { backoffMs, waitMs } from './backoff';
import type { EngineParts } from './parts';
import { type RoundOutcome, runRound, type Wanted } from './round';
import { nextChangeAt } from './sending';
import { nextUploadAt } from './upload';

/** A full round even when nothing calls for one: a lost notice is made good by it. */
const REST_MS = 120_000;

/** Above this the server, or the gate before it, is in trouble as a whole. */
const SERVER_TROUBLE = 501;

type Failed = Exclude<RoundOutcome, { kind: 'done' }>;

export class SyncEngine {
  readonly #parts: EngineParts;
  #status: EngineStatus = IDLE_STATUS;
  #wanted: Wanted = { full: false, trips: new Set() };
  #asked = false;
  /** "At once" was said while a round ran: should that round fail, the next does not wait. */
  #urged = false;
  #running: Promise<void> | null = null;
  #stopped = false;
  #tries = 0;
  #notBefore = 0;
  /** The last round heard nothing, or a server in trouble: the next begins with a cheap question. */
  #probing = false;
  #timer: unknown = null;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** Everything anew, at once: start, network back, page visible, "send now". */
  wakeNow(): void {
    this.#notBefore = 0;
    this.#tries = 0;
    this.#probing = false;
    this.#wanted.full = true;
    this.#urged = this.#running !== null;
    this.#go();
  }

  /** After a save: soon, but not against a wait that the server or the network imposed. */
  wake(): void {
    this.#go();
  }

  /** The server says that a trip has moved on. */
  notice(trip: string): void {
    this.#wanted.trips.add(trip);
    this.#go();
  }

  /** Resolves when no round is running. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#clearTimer();
    await this.settled();
  }

  #go(): void {
    this.#asked = true;
    if (this.#stopped || this.#running) return;
    const wait = this.#notBefore - this.#parts.store.clock.now();
    if (wait > 0) return; // the timer of that wait is set
    this.#clearTimer();
    this.#running = this.#rounds().finally(() => {
      this.#running = null;
      if (this.#asked) this.#go();
    });
  }

  async #rounds(): Promise<void> {
    while (this.#asked && !this.#stopped) {
      this.#asked = false;
      this.#urged = false;
      const wanted = this.#wanted;
      this.#wanted = { full: false, trips: new Set() };
      const outcome = (await this.#stillDown()) ?? (await this.#round(wanted));
      if (outcome.kind !== 'done') {
        this.#wanted = { full: true, trips: new Set() };
        await this.#rest(outcome);
        if (this.#urged) this.wakeNow(); // the network came back after this round's request had failed
        return;
      }
    }
    this.#tries = 0;
    await this.#restIdle();
    this.#parts.onRound?.();
  }

  /** Asks before a whole round is sent into the void; null = the server is there. */
  async #stillDown(): Promise<Failed | null> {
    if (!this.#probing || !this.#parts.api.probe) return null;
    if (await this.#parts.api.probe()) {
      this.#probing = false;
      return null;
    }
    const problem = this.#status.problem ?? { code: 'offline' };
    return { kind: 'offline', problem, retryAfterMs: null };
  }

  async #round(wanted: Wanted): Promise<RoundOutcome> {
    try {
      return await runRound(this.#parts, wanted, {
        tell: (step) => this.#tell({ ...step, problem: null, nextTry: null }),
        isInterrupted: () => this.#asked || this.#stopped,
        // A line that fails now and then is no server that is down: the wait begins anew.
        progressed: () => {
          this.#tries = 0;
        },
      });
    } catch (error) {
      // The store failed (closed by a newer app, out of room): nothing is lost, it is tried again.
      return { kind: 'busy', problem: { code: 'store_failed', detail: String(error) }, retryAfterMs: null };
    }
  }

  /** After a failure: wait with back-off, or stay blocked until somebody does something. */
  async #rest(outcome: Failed): Promise<void> {
    this.#asked = false;
    const now = this.#parts.store.clock.now();
    const failingSince = this.#status.failingSince ?? now;
    if (outcome.kind === 'blocked') {
      this.#notBefore = 0;
      await this.#tell({
        state: 'blocked',
        trip: null,
        media: null,
        problem: outcome.problem,
        nextTry: null,
        failingSince,
      });
      this.#parts.onBlocked?.(outcome.problem);
      this.#schedule(REST_MS);
      return;
    }
    const own = backoffMs(this.#tries, outcome.kind, this.#parts.chance());
    this.#tries += 1;
    const wait = waitMs(own, outcome.retryAfterMs, outcome.problem.status);
    this.#probing = outcome.kind === 'offline' || (outcome.problem.status ?? 0) > SERVER_TROUBLE;
    this.#notBefore = now + wait;
    await this.#tell({
      state: 'waiting',
      trip: null,
      media: null,
      problem: outcome.problem,
      nextTry: now + wait,
      failingSince,
      tries: this.#tries,
    });
    this.#schedule(wait);
  }

  async #restIdle(): Promise<void> {
    const { store } = this.#parts;
    const now = store.clock.now();
    const dueAt = await nextDueAt(store);
    const wait = dueAt === null ? REST_MS : Math.min(REST_MS, Math.max(1000, dueAt - now));
    const state = dueAt === null ? 'idle' : 'waiting';
    const nextTry = dueAt === null ? null : now + wait;
    const through = { problem: null, failingSince: null, tries: 0, allSentAt: now };
    await this.#tell({ state, trip: null, media: null, nextTry, ...through });
    this.#schedule(wait);
  }

  #schedule(ms: number): void {
    this.#clearTimer();
    if (this.#stopped) return;
    this.#timer = this.#parts.timers.set(() => {
      this.#notBefore = 0;
      this.#wanted.full = true;
      this.#go();
    }, ms);
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#parts.timers.clear(this.#timer);
    this.#timer = null;
  }

  async #tell(change: Partial<EngineStatus> & { problem: Problem | null }): Promise<void> {
    const { store } = this.#parts;
    const same = change.state === this.#status.state && change.media === this.#status.media;
    this.#status = { ...this.#status, ...change, since: same ? this.#status.since : store.clock.now() };
    await writeSetting(store.db, STATUS_KEY, this.#status).catch(() => undefined);
  }
}

/** Unix milliseconds at which something that waits by itself becomes due; null = nothing does. */
async function nextDueAt(store: Store): Promise<number | null> {
  const due = [await nextUploadAt(store), await nextChangeAt(store)].filter((at) => at !== null);
  return due.length > 0 ? Math.min(...due) : null;
}
