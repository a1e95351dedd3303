// A simulated phone with the real store and engine against a real server; the test owns its network and its clock.
import { Http } from '../src/api/http';
import { syncApi } from '../src/api/sync';
import { sendByTus } from '../src/api/tus';
import { SyncEngine } from '../src/sync/engine';
import type { Store } from '../src/store/store';
import type { Transfer, TransferResult } from '../src/sync/upload';
import { newDeviceStore, TestClock } from '../tests/device';

/** What the Python test that starts the server hands over; without it these tests cannot run, and say so. */
export function setting(name: string): string {
  const value: unknown = import.meta.env[name];
  if (typeof value !== 'string' || value === '')
    throw new Error(`${name} is not set: these tests are started by tests/sync/test_client_devices.py`);
  return value;
}

/** What the link does to a request. `lost` = the server hears it, its answer does not come back. */
export type Weather = 'fair' | 'down' | 'lost';

export class LiveDevice {
  readonly store: Store;
  readonly http: Http;
  readonly engine: SyncEngine;
  weather: () => Weather = () => 'fair';
  /** How each transfer of bytes ended. */
  transfers: string[] = [];
  onProgress: () => void = () => undefined;

  constructor(token: string, clock = new TestClock(Date.now())) {
    this.store = newDeviceStore(clock).store;
    this.http = new Http((input, init) => this.#send(String(input), init), setting('SUIXING_TEST_URL'));
    this.http.authorization = `Bearer ${token}`;
    this.engine = new SyncEngine({
      store: this.store,
      api: syncApi(this.http),
      uploader: (transfer) => this.#upload(transfer),
      timers: { set: () => null, clear: () => undefined },
      chance: () => 0.5,
    });
  }

  /** One whole round, and what it came to. */
  async sync() {
    this.engine.wakeNow();
    await this.engine.settled();
    return this.engine.status;
  }

  async #upload(transfer: Transfer): Promise<TransferResult> {
    const onProgress = (uploaded: number) => {
      transfer.onProgress(uploaded);
      this.onProgress();
    };
    const result = await sendByTus(this.http, { ...transfer, onProgress });
    this.transfers.push(result.ok ? 'stored' : result.kind);
    return result;
  }

  async #send(url: string, init?: RequestInit): Promise<Response> {
    const weather = this.weather();
    if (weather === 'down') throw new TypeError('no network');
    const response = await fetch(url, init);
    if (weather === 'lost') {
      await response.arrayBuffer();
      throw new TypeError('connection reset');
    }
    return response;
  }
}
