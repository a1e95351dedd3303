/** The hour as state: components that show ages or elapsed time read it and stay true. */
import { createSubscriber } from 'svelte/reactivity';

class Ticker {
  readonly #subscribe: () => void;

  constructor(everyMs: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, everyMs);
      return () => clearInterval(timer);
    });
  }

  /** Unix milliseconds now; changes with every tick while somebody looks. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const eachSecond = new Ticker(1000);
export const eachMinute = new Ticker(30_000);
/** Ten times a second, for the clock of a recording. */
export const eachTenth = new Ticker(100);
