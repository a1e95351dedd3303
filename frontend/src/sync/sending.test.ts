// One bad change holds nothing else up: what the device does when the server refuses, breaks, or is away.
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import type { Answer, Failure } from '../api/http';
import type { PullAnswer, PushAnswer, PushBody, SyncApi } from '../api/sync';
import type { Store } from '../store/store';
import { SyncEngine } from './engine';
import { takeBatch } from './push';
import { nextChangeAt, sendTrip } from './sending';

const HLC = '1795420800000-0000-server00';
let store: Store;
let trip: string;

beforeEach(() => {
  store = newDeviceStore().store;
  trip = store.newId();
});

const outbox = () => store.db.outbox.orderBy('n').toArray();
const failure = (status: number, kind: Failure['kind'] = 'refused', code = `http_${status}`): Failure => ({
  ok: false,
  kind,
  problem: { code, status },
  retryAfterMs: null,
});

async function write(text: string, id = store.newId(), into = trip): Promise<string> {
  await store.write([{ trip: into, entity: 'note', record: id, fields: { kind: 'quote', text } }]);
  return id;
}

/** A server that takes all but what `judge` refuses; `bodies` is what it was asked. */
function serverWith(judge: (body: PushBody, trip: string) => Failure | null) {
  const bodies: PushBody[] = [];
  let seq = 0;
  const api: SyncApi = {
    prepare: () => Promise.resolve({ ok: true, value: null }),
    trips: () => Promise.resolve({ ok: true, value: [] }),
    push: (into, body): Promise<Answer<PushAnswer>> => {
      bodies.push(body);
      const refused = judge(body, into);
      if (refused) return Promise.resolve(refused);
      const results = body.changes.map(({ id }) => ({ id, status: 'applied' as const, seq: ++seq }));
      return Promise.resolve({
        ok: true,
        value: { server_now: store.clock.now() - 60_000, hlc: HLC, results },
      });
    },
    pull: (_trip, after): Promise<Answer<PullAnswer>> => {
      const value = { rows: [], next: Math.max(after, seq), more: false, view: 'v', server_now: 1, hlc: HLC };
      return Promise.resolve({ ok: true, value });
    },
  };
  return { api, bodies };
}

const holds = (text: string) => (body: PushBody) => body.changes.some((one) => one.fields['text'] === text);

describe('a batch that is too much', () => {
  it('is halved until it passes, and everything goes', async () => {
    for (let n = 0; n < 20; n += 1) await write(`第${n}条`);
    const { api, bodies } = serverWith(({ changes }) => (changes.length > 3 ? failure(413) : null));
    expect(await sendTrip({ api, store }, trip)).toBeNull();
    expect((await outbox()).map((change) => change.state)).toEqual(Array(20).fill('accepted'));
    expect(bodies[0]?.changes).toHaveLength(20);
  });

  it('leaves behind the one change that is too large by itself, with its reason, and sends the rest', async () => {
    for (const text of ['一', '太大', '三']) await write(text);
    const { api } = serverWith((body) => (holds('太大')(body) ? failure(413) : null));
    expect(await sendTrip({ api, store }, trip)).toBeNull();
    expect(await outbox()).toMatchObject([
      { state: 'accepted' },
      { state: 'rejected', problem: { code: 'change_too_large' } },
      { state: 'accepted' },
    ]);
  });

  it('is not to blame for the first refusals of a gateway, only when they do not end', async () => {
    await write('好');
    const { api } = serverWith(() => failure(413));
    for (const state of ['queued', 'queued', 'rejected']) {
      await sendTrip({ api, store }, trip);
      expect(await outbox()).toMatchObject([{ state }]);
    }
  });

  it('is refused at the first word of our own server', async () => {
    await write('坏');
    const { api } = serverWith(() => failure(413, 'refused', 'push_too_large'));
    await sendTrip({ api, store }, trip);
    expect(await outbox()).toMatchObject([{ state: 'rejected', problem: { code: 'change_too_large' } }]);
  });

  it('is not taken apart when the request as a whole is refused', async () => {
    await write('一');
    await write('二');
    const { api, bodies } = serverWith(() => failure(400, 'refused', 'device_malformed'));
    expect(await sendTrip({ api, store }, trip)).toMatchObject({ problem: { code: 'device_malformed' } });
    expect(bodies).toHaveLength(1);
    expect(await outbox()).toMatchObject([{ state: 'queued', attempts: 1 }, { state: 'queued' }]);
  });
});

describe('somebody who writes faster than it goes', () => {
  it('holds no file back: what is written while a round sends goes with the next round, after a piece of a file', async () => {
    await write('第一条');
    let more = 5;
    const { api, bodies } = serverWith(() => null);
    const push: SyncApi['push'] = async (into, body) => {
      if (more-- > 0) await write(`又一条 ${more}`);
      return api.push(into, body);
    };
    expect(await sendTrip({ api: { ...api, push }, store }, trip)).toBeNull();
    expect(bodies).toHaveLength(1);
    expect((await outbox()).map((change) => change.state)).toEqual(['accepted', 'queued']);
    await sendTrip({ api: { ...api, push }, store }, trip);
    expect(bodies).toHaveLength(2);
  });
});

describe('a change that the server breaks on', () => {
  it('waits alone, with what was written later to its record; all others go', async () => {
    const bad = await write('坏');
    await write('好');
    await store.db.outbox.toCollection().modify({ sent: true });
    await write('坏的又一改', bad);
    const { api } = serverWith((body) => (holds('坏')(body) ? failure(500, 'busy') : null));
    expect(await sendTrip({ api, store }, trip)).toBeNull();
    const [first, good, later] = await outbox();
    expect(good).toMatchObject({ state: 'accepted' });
    expect(later).toMatchObject({ state: 'queued' });
    expect(first).toMatchObject({ state: 'queued', failure: { status: 500 } });
    expect(first?.nextAt).toBeGreaterThan(store.clock.now());
    expect(await sendTrip({ api, store }, trip)).toBeNull(); // held back until it is due
    expect((await outbox()).map((change) => change.state)).toEqual(['queued', 'accepted', 'queued']);
  });

  it('is no suspect while nothing passes: then the server is down, and nothing gets a wait of its own', async () => {
    for (let n = 0; n < 8; n += 1) await write(`第${n}条`);
    const { api, bodies } = serverWith(() => failure(500, 'busy'));
    expect(await sendTrip({ api, store }, trip)).toMatchObject({ kind: 'busy' });
    expect((await outbox()).every((change) => !change.nextAt)).toBe(true);
    expect(bodies.length).toBeLessThan(10);
  });
});

describe('the engine', () => {
  function engineOf(api: SyncApi) {
    const timers: { work: () => void; ms: number }[] = [];
    const engine = new SyncEngine({
      store,
      api,
      uploader: () => Promise.resolve({ ok: true }),
      timers: { set: (work, ms) => timers.push({ work, ms }), clear: () => undefined },
      chance: () => 1,
    });
    const round = async () => {
      timers.at(-1)?.work();
      await engine.settled();
    };
    return { engine, timers, round };
  }

  it('begins its waits anew whenever something has arrived: a line that fails now and then is not down', async () => {
    await write('坏');
    const other = store.newId();
    const { api } = serverWith((_body, into) => (into === trip ? failure(500, 'busy') : null));
    const { engine, timers, round } = engineOf(api);
    engine.wakeNow();
    await engine.settled();
    const waits: number[] = [];
    for (const text of ['一', '二', null, null]) {
      if (text !== null) await write(text, store.newId(), other);
      await round();
      waits.push(timers.at(-1)?.ms ?? 0);
    }
    expect(waits).toEqual([1000, 1000, 2000, 4000]);
  });

  it('sends the other trips when one breaks the server', async () => {
    await write('坏');
    const other = store.newId();
    await write('好', store.newId(), other);
    const { api } = serverWith((_body, into) => (into === trip ? failure(500, 'busy') : null));
    const { engine } = engineOf(api);
    engine.wakeNow();
    await engine.settled();
    expect(await store.db.outbox.where('trip').equals(other).count()).toBe(0);
    expect(engine.status).toMatchObject({ state: 'waiting', problem: { status: 500 } });
  });

  it('asks cheaply while the server is away, never waits more than a minute, and sends all once it is back', async () => {
    await write('一');
    let down = true;
    const { api, bodies } = serverWith(() => (down ? failure(503, 'busy') : null));
    const probe = vi.fn(() => Promise.resolve(!down));
    const { engine, timers, round } = engineOf({ ...api, probe });
    engine.wakeNow();
    await engine.settled();
    for (let n = 0; n < 12; n += 1) await round();
    expect(bodies).toHaveLength(1); // the batch itself went out once, into the void
    expect(probe).toHaveBeenCalledTimes(12);
    expect(Math.max(...timers.map((timer) => timer.ms))).toBeLessThanOrEqual(60_000);
    expect(engine.status).toMatchObject({ state: 'waiting', problem: { status: 503 }, tries: 13 });
    expect(engine.status.failingSince).not.toBeNull();
    down = false;
    await round();
    expect(await outbox()).toEqual([]);
    expect(engine.status).toMatchObject({ state: 'idle', problem: null, failingSince: null, tries: 0 });
  });

  it('goes again at once when the network came back while a round was failing, once for each such word', async () => {
    await write('一');
    let down = true;
    let heard = (): void => undefined;
    const { api, bodies } = serverWith(() => {
      heard();
      return down ? { ...failure(503, 'busy'), retryAfterMs: 3_600_000 } : null;
    });
    const { engine, timers } = engineOf(api);
    heard = () => {
      if (bodies.length === 1) engine.wakeNow(); // "online", in the midst of the request that fails
    };
    engine.wakeNow();
    await engine.settled();
    expect(bodies).toHaveLength(2);
    expect(engine.status.state).toBe('waiting');
    expect(timers.at(-1)?.ms).toBe(60_000); // nobody said anything during the second: it waits
    down = false;
    engine.wakeNow();
    await engine.settled();
    expect(await outbox()).toEqual([]);
  });

  it('looks again at once when somebody signed in while a round was refused for it', async () => {
    await write('一');
    const { api, bodies } = serverWith(() => (bodies.length === 1 ? failure(401) : null));
    const { engine } = engineOf({
      ...api,
      push: (into, body) => {
        if (bodies.length === 0) engine.wakeNow();
        return api.push(into, body);
      },
    });
    engine.wakeNow();
    await engine.settled();
    expect(await outbox()).toEqual([]);
    expect(engine.status).toMatchObject({ state: 'idle', problem: null });
  });

  it('keeps to the wait that a limit asks for', async () => {
    await write('一');
    const limit: Failure = { ...failure(429, 'busy'), retryAfterMs: 300_000 };
    const { api } = serverWith(() => limit);
    const { engine, timers } = engineOf(api);
    engine.wakeNow();
    await engine.settled();
    expect(timers.at(-1)?.ms).toBe(300_000);
  });
});

describe('changes of a copy', () => {
  it('go by themselves, and are dated by the clock of the phone that made them', async () => {
    await write('这部手机的');
    await write('那部手机的');
    const [, copied] = await outbox();
    await store.db.outbox.update(copied?.n ?? 0, { hlc: '1795420800000-0000-OtherPhone1' });
    await store.db.settings.bulkPut([
      { key: 'clock.skew', value: 60_000 },
      { key: 'clock.copied', value: { OtherPhone1: -7_200_000 } },
    ]);
    const { api, bodies } = serverWith(() => null);
    await sendTrip({ api, store }, trip);
    expect(bodies.map((body) => body.changes.length)).toEqual([1, 1]);
    const device = await store.device();
    expect(bodies.map((body) => body.device)).toEqual([device, device]);
    const apart = (bodies[1]?.now ?? 0) - (bodies[0]?.now ?? 0);
    expect(Math.round(apart / 60_000)).toBe(-121); // 2 h behind the server, not 1 min ahead of it
  });
});

describe('a wait that was set before the clock was put back', () => {
  it('is over: the change is offered at once, not hours later', async () => {
    await write('一');
    const now = store.clock.now();
    await store.db.outbox.toCollection().modify({ nextAt: now + 30_000 });
    expect(await takeBatch(store, trip)).toHaveLength(0);
    expect(await nextChangeAt(store)).toBe(now + 30_000);
    await store.db.outbox.toCollection().modify({ nextAt: now + 4 * 3_600_000 });
    expect(await nextChangeAt(store)).toBeLessThanOrEqual(store.clock.now());
    expect(await takeBatch(store, trip)).toHaveLength(1);
  });
});
