// How long to wait before the next try.

const FIRST_MS = 1000;
const LONGEST_MS = 300_000;
/** Without network nothing is burdened by asking often, and the user waits for it. */
const LONGEST_OFFLINE_MS = 20_000;

/** Doubles with each failed try, with jitter so that a fleet of phones does not return at once. */
export function backoffMs(tries: number, kind: 'offline' | 'busy', chance: number): number {
  const longest = kind === 'offline' ? LONGEST_OFFLINE_MS : LONGEST_MS;
  const full = Math.min(longest, FIRST_MS * 2 ** Math.min(tries, 20));
  return Math.round(full * (0.5 + chance / 2));
}

/** The server's own word counts, if it is longer. */
export function waitMs(own: number, retryAfterMs: number | null): number {
  return Math.max(own, retryAfterMs ?? 0);
}
