// How long to wait before the next try.

const FIRST_MS = 1000;
/** A server that is back must have everything within 90 s without a touch, so no wait is longer than this. */
const LONGEST_MS = 60_000;
/** Without network nothing is burdened by asking often, and the user waits for it. */
const LONGEST_OFFLINE_MS = 20_000;
/** A maintenance page may ask for an hour; what counts is when the server is back. */
const LONGEST_SAID_MS = 60_000;
/** Too many requests: here the server's word is the limit itself. */
const LONGEST_LIMIT_MS = 900_000;
const TOO_MANY = 429;
/** One change that breaks the server while the others pass: tried again ever more rarely. */
const FIRST_SUSPECT_MS = 30_000;
const LONGEST_SUSPECT_MS = 3_600_000;

/** Doubles with each failed try, with jitter so that a fleet of phones does not return at once. */
export function backoffMs(tries: number, kind: 'offline' | 'busy', chance: number): number {
  const longest = kind === 'offline' ? LONGEST_OFFLINE_MS : LONGEST_MS;
  const full = Math.min(longest, FIRST_MS * 2 ** Math.min(tries, 20));
  return Math.round(full * (0.5 + chance / 2));
}

/** The server's own word counts if it is longer, within reason. */
export function waitMs(own: number, retryAfterMs: number | null, status?: number): number {
  const most = status === TOO_MANY ? LONGEST_LIMIT_MS : LONGEST_SAID_MS;
  return Math.max(own, Math.min(retryAfterMs ?? 0, most));
}

/** The wait of one change that the server breaks on. */
export function suspectMs(attempts: number): number {
  return Math.min(LONGEST_SUSPECT_MS, FIRST_SUSPECT_MS * 2 ** Math.min(attempts, 10));
}

/** True when a wait is over; also one longer than any that is ever set: then the clock was put back meanwhile. */
export function isOver(until: number, now: number): boolean {
  return until <= now || until > now + LONGEST_SUSPECT_MS;
}
