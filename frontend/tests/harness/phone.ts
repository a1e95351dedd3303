// A simulated phone: the app's own store and engine in one or two tabs on one database, a link that fails as told,
// a clock that may be hours off, and a life that can end at any write.
import type { DBCore, DBCoreTable } from 'dexie';

import type { Answer } from '../../src/api/http';
import type { PullAnswer, PushAnswer, PushBody, SyncApi } from '../../src/api/sync';
import { SuixingDatabase } from '../../src/store/db';
import type { Change } from '../../src/store/rows';
import { Store } from '../../src/store/store';
import { SyncEngine } from '../../src/sync/engine';
import type { ModelServer } from './model-server';

/**
 * What happens to one request. `down`: never arrives. `lost`: its answer does not come back. `twice`: arrives two
 * times. `late`: the phone gives up, the request arrives afterwards. `slow`: others get in between. `busy`: refused
 * for the moment, as while the server restarts. `breaks`: the server fails over this very request.
 */
export const WEATHERS = ['fair', 'down', 'lost', 'twice', 'late', 'slow', 'busy', 'breaks'] as const;
export type Weather = (typeof WEATHERS)[number];

const OFFLINE = { ok: false, kind: 'offline', problem: { code: 'offline' }, retryAfterMs: null } as const;
const busy = (status: number) =>
  ({ ok: false, kind: 'busy', problem: { code: 'busy', status }, retryAfterMs: 1000 }) as const;

/** Ends the tab at its n-th write: that write and everything after it fails, its transaction is undone. */
class Life {
  left = Infinity;

  spend(): void {
    this.left -= 1;
    this.check();
  }

  check(): void {
    if (this.left < 0) throw new Error('killed');
  }
}

export interface Ground {
  server: ModelServer;
  /** Real time, Unix milliseconds; every look at it takes one. */
  now(): number;
  /** Requests that arrive long after the phone gave up on them. */
  late: (() => void)[];
  random: (length: number) => Uint8Array;
}

export class Tab {
  readonly life = new Life();
  readonly store: Store;
  readonly engine: SyncEngine;

  constructor(phone: Phone) {
    const db = new SuixingDatabase(phone.database);
    db.use({ stack: 'dbcore', name: 'life', create: (core) => mortal(core, this.life) });
    const clock = { now: () => phone.ground.now() + phone.skewMs };
    this.store = new Store(db, clock, phone.ground.random);
    this.engine = new SyncEngine({
      store: this.store,
      api: phone.api(),
      uploader: () => Promise.reject(new Error('this harness sends no bytes')),
      timers: { set: () => null, clear: () => undefined },
      chance: () => 0.5,
    });
  }

  get dead(): boolean {
    return this.life.left < 0;
  }

  async sync(): Promise<void> {
    this.engine.wakeNow();
    await this.engine.settled();
  }
}

export class Phone {
  readonly ground: Ground;
  readonly user: string;
  readonly name: string;
  skewMs = 0;
  weather: Weather[] = [];
  tabs: Tab[] = [];
  /** Every change ever kept by this phone, by id, as it was last seen waiting. */
  readonly written = new Map<string, Change>();
  /** Those of them that were written since the app was installed. */
  readonly here = new Set<string>();
  /** Every record it ever wrote to; a late request may still bring what a reinstall has removed. */
  readonly made = new Set<string>();
  #installs = 0;

  constructor(ground: Ground, user: string, name: string) {
    this.ground = ground;
    this.user = user;
    this.name = name;
    this.tabs = [new Tab(this)];
  }

  get database(): string {
    return `${this.name}-${this.#installs}`;
  }

  /** The tab that a person works in; a dead one has been opened again. */
  tab(which = 0): Tab {
    this.tabs = this.tabs.map((tab) => (tab.dead ? new Tab(this) : tab));
    while (this.tabs.length <= which) this.tabs.push(new Tab(this));
    return this.tabs[which] as Tab;
  }

  /** Takes down what waits: from now on it may not get lost. */
  async remember(): Promise<void> {
    for (const change of await this.tab().store.db.outbox.toArray()) {
      if (change.state !== 'accepted') this.written.set(change.id, change);
      this.here.add(change.id);
      this.made.add(change.record);
    }
  }

  /** The app is removed and installed anew: another device, and what was never sent is gone with the old one. */
  reinstall(): void {
    for (const id of this.written.keys()) if (!this.ground.server.log.has(id)) this.written.delete(id);
    this.here.clear();
    for (const tab of this.tabs) tab.store.db.close();
    this.#installs += 1;
    this.tabs = [new Tab(this)];
  }

  api(): SyncApi {
    const { server } = this.ground;
    return {
      prepare: () => Promise.resolve({ ok: true, value: null }),
      trips: () => this.#carry(() => ({ ok: true, value: server.trips(this.user) })),
      push: (_trip, body) => this.#carry<PushAnswer>(() => server.push(this.user, copy<PushBody>(body))),
      pull: (_trip, after) => this.#carry<PullAnswer>(() => server.pull(this.user, after)),
    };
  }

  async #carry<T>(arrive: () => Answer<T>): Promise<Answer<T>> {
    const weather = this.weather.shift() ?? 'fair';
    if (weather === 'down') return OFFLINE;
    if (weather === 'busy' || weather === 'breaks') return busy(weather === 'busy' ? 503 : 500);
    if (weather === 'late') {
      this.ground.late.push(arrive);
      return OFFLINE;
    }
    const first = copy(arrive());
    if (weather === 'lost') return OFFLINE;
    if (weather === 'slow') await turns(8);
    return weather === 'twice' ? copy(arrive()) : first;
  }
}

function copy<T>(value: T): T {
  return structuredClone(value);
}

/** Lets everything else that is ready go first, this many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

function mortal(core: DBCore, life: Life): DBCore {
  return {
    ...core,
    transaction: (...given) => (life.check(), core.transaction(...given)),
    table: (name) => mortalTable(core.table(name), life),
  };
}

function mortalTable(table: DBCoreTable, life: Life): DBCoreTable {
  return {
    ...table,
    mutate: (request) => (life.spend(), table.mutate(request)),
    get: (request) => (life.check(), table.get(request)),
    getMany: (request) => (life.check(), table.getMany(request)),
    query: (request) => (life.check(), table.query(request)),
    openCursor: (request) => (life.check(), table.openCursor(request)),
    count: (request) => (life.check(), table.count(request)),
  };
}
