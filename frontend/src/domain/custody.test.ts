// What this device counts and tells of itself, on a real store with a stand-in for the network's wire only.
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { newDeviceStore, TestClock } from '../../tests/device';
import { Http } from '../api/http';
import { newBlob } from '../store/blobs';
import type { Store } from '../store/store';
import { useStore } from './context';
import { useHttp } from './network';
import { shorten } from './safe-counts';
import { UnsentTeller } from './telling';
import { unsentByTrip } from './unsent';

const NOON = Date.parse('2026-11-23T04:00:00.000Z');
let store: Store;
let trip: string;
let asked: { path: string; body: Record<string, unknown>; last: boolean }[];
let status: number;

beforeEach(() => {
  store = newDeviceStore(new TestClock(NOON)).store;
  useStore(store);
  trip = store.newId();
  asked = [];
  status = 200;
  const http = new Http((path, init) => {
    const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
    asked.push({ path: String(path), body, last: init?.keepalive === true });
    return Promise.resolve(new Response('{}', { status }));
  });
  http.csrf = 'value';
  useHttp(http);
});

async function write(text: string, id = store.newId()): Promise<string> {
  await store.write([{ trip, entity: 'note', record: id, fields: { kind: 'quote', text } }]);
  return id;
}

async function addBlob(size: number): Promise<string> {
  const media = store.newId();
  const what = { kind: 'photo', mime: 'image/jpeg', state: 'whole', startedAt: NOON - 60_000 } as const;
  await store.db.blobs.add({ ...newBlob(media, trip, what), size });
  return media;
}

describe('what is unsent', () => {
  it('counts a file that waits with its description as the file alone, as the queue does', async () => {
    const media = await addBlob(300);
    const fields = {
      kind: 'photo',
      mime: 'image/jpeg',
      captured_at: '2026-11-18T04:00:00.000Z',
      name: '',
    } as const;
    await store.write([{ trip, entity: 'media', record: media, fields }]);
    expect((await unsentByTrip(store.db)).get(trip)).toMatchObject({ records: 0, files: 1 });
    await store.db.blobs.update(media, { storedAt: NOON });
    expect((await unsentByTrip(store.db)).get(trip)).toMatchObject({ records: 1, files: 0 });
  });

  it('is counted by record, however often one was edited, with its files and the oldest moment', async () => {
    const id = await write('一');
    await store.db.outbox.toCollection().modify({ sent: true });
    await write('一改', id);
    await write('二');
    await addBlob(300);
    expect((await unsentByTrip(store.db)).get(trip)).toEqual({
      records: 2,
      files: 1,
      bytes: 300,
      oldestAt: NOON - 60_000,
    });
  });

  it('holds neither what was accepted nor what waits for people in quarantine', async () => {
    await write('收下的');
    await store.db.outbox.toCollection().modify({ state: 'accepted' });
    await write('另存的');
    await store.db.outbox
      .where('state')
      .equals('queued')
      .modify({
        state: 'rejected',
        problem: { code: 'quarantined' },
      });
    expect((await unsentByTrip(store.db)).get(trip)).toMatchObject({ records: 0, files: 0, oldestAt: null });
  });
});

describe('telling the server', () => {
  it('says the figures once, again when they change, and zero at the end', async () => {
    const teller = new UnsentTeller();
    await write('一');
    await teller.tell();
    await teller.tell();
    await store.db.outbox.clear();
    await teller.tell();
    expect(asked.map(({ body }) => body['records'])).toEqual([1, 0]);
    expect(asked[0]?.path).toBe(`/api/v1/trips/${trip}/devices/${await store.device()}/unsent`);
    expect(asked[0]?.body['oldest_age_ms']).toBeLessThan(1000);
    expect(asked[1]?.body['oldest_age_ms']).toBeNull();
  });

  it('does not tell of every file of a queue that empties itself, but of the first, what came in, and the end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const teller = new UnsentTeller();
    const ids = [await write('一'), await write('二'), await write('三')];
    await teller.tell();
    expect(vi.getTimerCount()).toBe(0);
    for (const id of ids.slice(0, 2)) {
      await store.db.outbox.filter(({ record }) => record === id).delete();
      await teller.tell();
    }
    expect(asked.map(({ body }) => body['records'])).toEqual([3]);
    expect(vi.getTimerCount()).toBe(1);
    await write('四');
    await write('五');
    await write('六');
    await teller.tell();
    await store.db.outbox.clear();
    await teller.tell();
    expect(asked.map(({ body }) => body['records'])).toEqual([3, 4, 0]);
    vi.useRealTimers();
  });

  it('says them again when they were not heard', async () => {
    const teller = new UnsentTeller();
    await write('一');
    status = 503;
    await teller.tell();
    status = 200;
    await teller.tell();
    expect(asked).toHaveLength(2);
  });

  it('says the last word while the page goes away, by a request that outlives it', async () => {
    const teller = new UnsentTeller();
    await write('一');
    await teller.tellLast();
    expect(asked).toMatchObject([{ last: true, body: { records: 1 } }]);
  });
});

it("keeps the server's word without the long lists of what is there", () => {
  const blob = { media: 'm', kind: 'photo' } as never;
  const device = { device: 'd', expected: [blob], stored: [], missing: Array(60).fill(blob) as never[] };
  const word = shorten({ kinds: [], devices: [device as never] }, NOON);
  expect(word.at).toBe(NOON);
  expect(word.devices[0]).not.toHaveProperty('expected');
  expect(word.devices[0]?.missing).toHaveLength(50);
});
