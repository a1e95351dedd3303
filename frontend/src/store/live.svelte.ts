// A store query as a rune: reading `.value` in a component or effect keeps it up to date, in every tab.
import { createSubscriber } from 'svelte/reactivity';

import { watch } from './watch';

export class Live<T> {
  #value: T;
  #ready = false;
  #error: unknown = null;
  readonly #subscribe: () => void;

  constructor(query: () => Promise<T>, initial: T) {
    this.#value = initial;
    this.#subscribe = createSubscriber((update) => {
      return watch(query, {
        next: (value) => {
          this.#value = value;
          this.#ready = true;
          this.#error = null;
          update();
        },
        error: (error) => {
          this.#error = error;
          update();
        },
      });
    });
  }

  /** The latest answer; the initial value until the first one. */
  get value(): T {
    this.#subscribe();
    return this.#value;
  }

  /** True once the store has answered. */
  get ready(): boolean {
    this.#subscribe();
    return this.#ready;
  }

  get error(): unknown {
    this.#subscribe();
    return this.#error;
  }
}

export function live<T>(query: () => Promise<T>, initial: T): Live<T> {
  return new Live(query, initial);
}
