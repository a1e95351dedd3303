// What a phone does once the server was restored from a backup; the server is literal answers here.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import type { PulledRow, PushResult } from '../api/sync';
import type { Change } from '../store/rows';
import type { Store } from '../store/store';
import { applyPage } from './pull';
import { applyResults, takeBatch } from './push';

const HLC = '1795420800000-0000-server00';
/** Of the trip's numbers the backup holds 1 and 2; a new era began after 1000. */
const RESTORED = { view: 'v1-1000', lost: [[3, 1000] as [number, number]] };
let store: Store;
let trip: string;

beforeEach(() => {
  store = newDeviceStore().store;
  trip = store.newId();
});

const note = (id: string) => store.db.rows('note').get(id);
const outbox = () => store.db.outbox.orderBy('n').toArray();

async function write(text: string, id = store.newId()): Promise<string> {
  await store.write([{ trip, entity: 'note', record: id, fields: { kind: 'quote', text } }]);
  return id;
}

async function answer(results: Omit<PushResult, 'id'>[]): Promise<Change[]> {
  const batch = await takeBatch(store, trip);
  const named = results.map((result, index) => ({ id: batch[index]?.id ?? null, ...result }));
  await applyResults(store, batch, { server_now: 1, hlc: HLC, results: named });
  return batch;
}

function pulled(record: string, seq: number, text: string, more: Partial<PulledRow> = {}): PulledRow {
  const fields = { kind: 'quote', text, created_at: '2026-11-23T08:00:00.000Z' };
  return { entity: 'note', record, seq, fields, ...more };
}

async function pull(rows: PulledRow[], next: number, more: Partial<typeof RESTORED> = {}) {
  return applyPage(store, trip, { rows, next, more: false, view: 'v1', server_now: 1, hlc: HLC, ...more });
}

describe('after the server was restored from a backup a phone', () => {
  it('keeps what a restored server lost, and drops what else is not listed', async () => {
    const [stays, lost, gone] = [store.newId(), store.newId(), store.newId()];
    await pull([pulled(stays, 1, '留'), pulled(gone, 2, '走'), pulled(lost, 7, '唯一一份')], 7);
    expect(await pull([], 1000, RESTORED)).toBe(true);
    expect(await pull([pulled(stays, 1, '留')], 1000, RESTORED)).toBe(false);
    expect(await note(lost)).toMatchObject({ text: '唯一一份' });
    expect(await note(stays)).toBeDefined();
    expect(await note(gone)).toBeUndefined();
  });

  it('offers again what a restored server had accepted and lost, under the same id', async () => {
    const id = store.newId();
    await pull([pulled(id, 2, '备份里的')], 2);
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '收下又丢了' } }]);
    const fresh = await write('没来得及读回');
    const [edit, birth] = await answer([
      { status: 'applied', seq: 5 },
      { status: 'applied', seq: 6 },
    ]);
    expect(await pull([], 6, RESTORED)).toBe(true);
    // Somebody wrote meanwhile: the record's number is beyond that of the change, which it does not hold.
    expect(await pull([pulled(id, 1001, '恢复后')], 1001, RESTORED)).toBe(false);
    expect(await outbox()).toMatchObject([
      { id: edit?.id, state: 'queued', seq: null, hlc: edit?.hlc, sent: true },
      { id: birth?.id, state: 'queued', seq: null, record: fresh },
    ]);
    expect(await note(id)).toMatchObject({ local: { unsent: 1 } });
    expect((await note(id))?.text).toContain('收下又丢了');
    expect(await note(fresh)).toMatchObject({ text: '没来得及读回', local: { unsent: 1 } });
  });
});
