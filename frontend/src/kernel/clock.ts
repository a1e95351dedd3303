// Time as an argument: everything that needs the hour is handed a clock.

export interface Clock {
  /** Unix milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** `2026-11-23T08:01:02.345Z`, as the server writes instants. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
