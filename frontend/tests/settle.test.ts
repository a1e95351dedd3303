// Settling on a real store: gone at once here, told to the server once nobody wants it undone.
import { beforeEach, expect, it } from 'vitest';

import { newDeviceStore } from './device';
import { showRecord } from '../src/store/refresh';
import type { Store } from '../src/store/store';
import { takeBatch } from '../src/sync/push';
import { useStore } from '../src/domain/context';
import { readContest, writeField } from '../src/domain/settle';

let store: Store;
let id: string;
let trip: string;
const told = (value: string, device: string) => ({ value, by: 'u1', at: '2026-11-23T08:00:00.000Z', device });

beforeEach(async () => {
  store = newDeviceStore().store;
  useStore(store);
  [trip, id] = [store.newId(), store.newId()];
  await store.write([{ trip, entity: 'note', record: id, fields: { kind: 'quote', text: '原话' } }]);
  await store.db.outbox.clear();
  const row = { ...(await store.db.rows('note').get(id)), certainty: 'hearsay' } as never;
  const contested = { certainty: [told('sure', 'tablet_0001'), told('hearsay', 'phone_0001')] };
  const server = { row, seq: 7, deleted: false, contested, sweep: 0 };
  await store.db.transaction('rw', store.db.tables, () =>
    showRecord(store.db, { entity: 'note', record: id, trip }, server),
  );
});

async function settle(value: string) {
  const row = await store.db.rows('note').get(id);
  if (!row) throw new Error('no row');
  return writeField('note', row, 'certainty', value);
}

it('shows both versions until one is taken, and nothing of it afterwards', async () => {
  const [open] = await readContest('note', id);
  expect(open?.spots[0]?.versions.map(({ value }) => value)).toEqual(['sure', 'hearsay']);
  await settle('sure');
  expect(await readContest('note', id)).toEqual([]);
  expect((await store.db.rows('note').get(id))?.certainty).toBe('sure');
});

it('undone is as if it had never been, the choice is open again', async () => {
  const undo = await settle('sure');
  expect(await takeBatch(store, trip)).toEqual([]);
  await undo();
  expect(await store.db.outbox.count()).toBe(0);
  expect(await readContest('note', id)).toHaveLength(1);
  expect((await store.db.rows('note').get(id))?.certainty).toBe('hearsay');
});

it('goes to the server, as one that has seen both, when undo is no longer offered', async () => {
  await settle('sure');
  expect(await takeBatch(store, trip)).toEqual([]);
  (store.clock as unknown as { ms: number }).ms += 11_000;
  expect(await takeBatch(store, trip)).toMatchObject([{ base: 7, fields: { certainty: 'sure' } }]);
});
