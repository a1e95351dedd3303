// Edit beats delete, on the screen too: a deletion that had not seen a colleague's edit hides nothing, for the server
// will not let it count.
import { beforeEach, describe, expect, it } from 'vitest';

import { CREATED, SyncedDevice } from '../../tests/synced';
import type { PulledRow, PushResult } from '../api/sync';
import { takeBatch } from './push';

let device = new SyncedDevice();
let { store, trip } = device;
let id: string;

beforeEach(() => {
  device = new SyncedDevice();
  ({ store, trip } = device);
  id = store.newId();
});

const isShown = async () => (await store.db.rows('note').get(id))?.local.deleted === false;
const text = async () => (await store.db.rows('note').get(id))?.text;

function pull(seq: number, fields: Record<string, unknown>, more: Partial<PulledRow> = {}) {
  const told = { kind: 'quote', text: '一', created_at: CREATED, ...fields };
  const rows = [{ entity: 'note', record: id, seq, fields: told, ...more }];
  return device.pull(rows, seq);
}

const edit = (fields: Record<string, unknown>) => store.write([{ trip, entity: 'note', record: id, fields }]);
const remove = () => store.write([{ trip, entity: 'note', record: id, deleted: true }]);

const answer = (...results: Omit<PushResult, 'id'>[]) => device.answer(results);

describe('a deletion that waits', () => {
  it('gives way as soon as an edit is pulled that it had not seen', async () => {
    await pull(5, {});
    await remove();
    expect(await isShown()).toBe(false);
    await pull(6, { text: '一，别人补充' });
    expect(await isShown()).toBe(true);
    expect(await text()).toBe('一，别人补充');
    await answer({ status: 'superseded', seq: null });
    expect(await isShown()).toBe(true);
  });

  it('hides it again when its author deletes what he now sees', async () => {
    await pull(5, {});
    await remove();
    await pull(6, { text: '一，别人补充' });
    await remove();
    expect(await isShown()).toBe(false);
    await answer({ status: 'superseded', seq: null }, { status: 'applied', seq: 7 });
    expect(await isShown()).toBe(false);
  });

  it('stands over what this device wrote itself, whether or not that was pulled meanwhile', async () => {
    await pull(5, {});
    await edit({ text: '二' });
    await takeBatch(store, trip);
    await remove();
    await answer({ status: 'applied', seq: 6 });
    expect(await isShown()).toBe(false);
    await pull(6, { text: '二' });
    expect(await isShown()).toBe(false);
    await pull(7, { text: '二', certainty: 'sure' });
    expect(await isShown()).toBe(true);
  });

  it('gives way to an edit of another field that lies below the own one', async () => {
    await pull(5, {});
    await edit({ text: '二' });
    await takeBatch(store, trip);
    await remove();
    await answer({ status: 'applied', seq: 7 });
    await pull(7, { text: '二', certainty: 'doubtful' }); // the colleague's was number 6
    expect(await isShown()).toBe(true);
  });

  it('stands where the record was born here, and where a colleague deleted it too', async () => {
    await edit({ kind: 'quote', text: '一' });
    await answer({ status: 'applied', seq: 3 });
    await remove();
    await pull(3, {});
    expect(await isShown()).toBe(false);
    await store.db.outbox.clear();
    await pull(4, {}, { deleted: false });
    await remove();
    await pull(5, {}, { deleted: true });
    expect(await isShown()).toBe(false);
  });

  it('does not come back when a later edit of this device has revived the record', async () => {
    await pull(5, {});
    await remove();
    await edit({ certainty: 'sure' });
    await pull(6, { text: '一，别人补充' });
    expect(await isShown()).toBe(true);
  });
});
