// A device for tests: a real store in an in-memory IndexedDB, with its own clock that the test moves.
import { SuixingDatabase } from '../src/store/db';
import { Store } from '../src/store/store';

let count = 0;

export class TestClock {
  ms: number;

  constructor(ms = 1_795_420_800_000) {
    this.ms = ms;
  }

  now(): number {
    this.ms += 1;
    return this.ms;
  }
}

export interface Device {
  store: Store;
  clock: TestClock;
}

export function newDeviceStore(clock = new TestClock()): Device {
  count += 1;
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return { store: new Store(new SuixingDatabase(`device-${count}`), clock, random), clock };
}

/** All of what is given one by one. */
export async function all<T>(given: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of given) taken.push(one);
  return taken;
}
