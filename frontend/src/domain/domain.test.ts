// Commands and queries on a real store, without network and without a page.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore, TestClock } from '../../tests/device';
import { Http } from '../api/http';
import { inbox } from '../store/inbox';
import { newBlob } from '../store/blobs';
import type { Row } from '../store/rows';
import type { Store } from '../store/store';
import { askAgain, ruleContradiction } from './contradictions';
import { useStore } from './context';
import { keepDraft, loadDraft } from './drafts';
import { freeStored } from './custody';
import { useHttp } from './network';
import { saveNote } from './notes';
import { bytesReceipt, recordReceipt } from './outbox';
import { createPerson } from './people';
import { recoverRecordings } from './recovery';
import { removeRow, restoreRow } from './rows';
import { eraseDevice, hasUnsent, signIn } from './session';
import { unsentByTrip } from './unsent';
import { timeline } from './timeline';
import { chooseStop, createStop, createTrip, currentStop, currentTrip } from './trips';

const NOON = Date.parse('2026-11-23T04:00:00.000Z');
let store: Store;
let clock: TestClock;

beforeEach(() => {
  clock = new TestClock(NOON);
  store = newDeviceStore(clock).store;
  useStore(store);
});

const newTrip = (more: object = {}) => createTrip({ kind: 'research', title: '三村调研', ...more });

describe('trip and stop', () => {
  it('made offline become the current ones', async () => {
    const trip = await newTrip();
    expect((await currentTrip())?.id).toBe(trip);
    const now = await createStop(trip, {
      place: '村委会',
      starts_at: '2026-11-23T03:00:00.000Z',
      ends_at: null,
    });
    await createStop(trip, { place: '合作社', starts_at: '2026-11-23T09:00:00.000Z' });
    expect((await currentStop(trip))?.id).toBe(now);
    await chooseStop(trip, null);
    expect(await currentStop(trip)).toBeNull();
  });

  it('chosen once stay chosen while others run by the calendar', async () => {
    const old = await newTrip();
    await newTrip({ starts_on: '2026-11-22', ends_on: '2026-11-25' });
    await store.db.settings.delete('current.trip');
    expect((await currentTrip())?.starts_on).toBe('2026-11-22');
    await store.db.settings.put({ key: 'current.trip', value: old });
    expect((await currentTrip())?.id).toBe(old);
  });
});

describe('a note', () => {
  it('takes its draft with it, or leaves it when the note cannot be saved', async () => {
    const trip = await newTrip();
    await keepDraft('note', trip, { text: '水位' });
    const refused = saveNote({ trip, kind: 'observation', text: '字'.repeat(200_001), draftKey: 'note' });
    await expect(refused).rejects.toThrow('invalid_fields');
    expect((await loadDraft('note'))?.content).toEqual({ text: '水位' });
    const id = await saveNote({ trip, kind: 'observation', text: '水位', draftKey: 'note' });
    expect(await loadDraft('note')).toBeNull();
    const [item] = await timeline({ trip });
    expect(item).toMatchObject({
      id,
      note: { text: '水位', said_at: expect.stringMatching(/^2026-11-23T04:00/) },
    });
  });

  it('that is a promise makes a matter of whoever spoke', async () => {
    const trip = await newTrip();
    const person = await createPerson(trip, { name: '李书记' });
    const commitment = { due_on: '2026-11-27' };
    const note = await saveNote({ trip, kind: 'quote', text: '周五前给账目', speaker: person, commitment });
    expect(await store.db.rows('matter').toArray()).toMatchObject([
      {
        kind: 'commitment',
        due_on: '2026-11-27',
        owner: { kind: 'person', id: person },
        source: { entity: 'note', record: note },
      },
    ]);
  });

  it('removed by mistake comes back as it was', async () => {
    const trip = await newTrip();
    const id = await saveNote({ trip, kind: 'quote', text: '十二万' });
    const row = await store.db.rows('note').get(id);
    if (!row) throw new Error('no row');
    await removeRow('note', row);
    expect(await timeline({ trip })).toEqual([]);
    await restoreRow('note', row);
    expect(await timeline({ trip })).toMatchObject([{ id, note: { text: '十二万' } }]);
  });

  it('shows where it is: here, refused, on the server', () => {
    const row = (local: object) => ({ local: { seq: 0, unsent: 0, rejected: 0, ...local } }) as Row<'note'>;
    expect(recordReceipt(row({ unsent: 1 }))).toBe('phone');
    expect(recordReceipt(row({ seq: 3, rejected: 1 }))).toBe('refused');
    expect(recordReceipt(row({ seq: 3 }))).toBe('server');
    const media = { stored_at: null } as Row<'media'>;
    expect(bytesReceipt(media, null)).toBe('phone');
    expect(bytesReceipt({ ...media, stored_at: '2026-11-23T04:00:00.000Z' }, null)).toBe('server');
  });
});

describe('a contradiction', () => {
  it('is ruled on by whoever is signed in, and can be asked again', async () => {
    const trip = await newTrip();
    await store.db.settings.put({ key: 'session.user', value: { id: 'u1' } });
    const record = store.newId();
    const account = {
      entity: 'note',
      record,
      field: 'text',
      quote: '八万',
      start: 0,
      end: 2,
      value: '80000',
    } as const;
    const fields = { a: account, b: account, reason: { zh: '数不同' } };
    await store.write([{ trip, entity: 'contradiction', record, fields }]);
    const row = await store.db.rows('contradiction').get(record);
    if (!row) throw new Error('no row');
    const question = await askAgain(row, { text: '账上究竟多少？' });
    expect(await store.db.rows('question').get(question)).toMatchObject({
      source: { record },
      state: 'open',
    });
    expect((await store.db.rows('contradiction').get(record))?.state).toBe('verifying');
    await ruleContradiction(row, 'a', '以账本为准');
    expect(await store.db.rows('contradiction').get(record)).toMatchObject({
      state: 'ruled',
      ruling: { verdict: 'a', reason: '以账本为准', by: 'u1' },
    });
  });
});

describe('a recording that was cut off', () => {
  it('is kept whole with its length and told about; an empty one leaves nothing', async () => {
    const trip = await newTrip();
    const [cut, empty] = [store.newId(), store.newId()];
    for (const media of [cut, empty]) {
      const what = { kind: 'audio', mime: 'audio/webm', state: 'writing', startedAt: 1 } as const;
      await store.write([{ trip, entity: 'media', record: media, fields: { kind: 'audio' } }]);
      await store.db.blobs.add(newBlob(media, trip, what));
    }
    await store.db.blobs.update(cut, { chunks: 7, size: 28_000, durationMs: 7000 });
    await recoverRecordings();
    expect(await store.db.blobs.get(cut)).toMatchObject({
      state: 'whole',
      recovered: true,
      durationMs: 7000,
    });
    expect(await store.db.rows('media').get(cut)).toMatchObject({ duration_ms: 7000, size: 28_000 });
    expect(await store.db.blobs.get(empty)).toBeUndefined();
    expect((await store.db.rows('media').get(empty))?.local.deleted).toBe(true);
  });
});

describe('this device', () => {
  it('is not emptied while something was never sent, except when told twice', async () => {
    const trip = await newTrip();
    expect(await hasUnsent()).toBe(true);
    await expect(eraseDevice()).rejects.toThrow('unsent');
    await eraseDevice(true);
    expect(await store.db.rows('trip').get(trip)).toBeUndefined();
    expect(await hasUnsent()).toBe(false);
  });

  it('holds what another app shared until it has a place: counted, told of, erased only when told twice', async () => {
    const trip = await newTrip();
    await store.db.outbox.clear();
    const file = { name: '图.jpg', type: 'image/jpeg', lastModified: 1, text: '' };
    await inbox().items.add({ ...file, id: store.newId(), data: new ArrayBuffer(10), at: NOON - 5 });
    expect((await unsentByTrip(store.db)).get(trip)).toEqual({
      records: 0,
      files: 1,
      bytes: 10,
      oldestAt: NOON - 5,
    });
    expect(await hasUnsent()).toBe(true);
    await expect(eraseDevice()).rejects.toThrow('unsent');
    await eraseDevice(true);
    expect(await inbox().items.count()).toBe(0);
  });

  it('says offline when nobody answers a sign-in', async () => {
    useHttp(new Http(() => Promise.reject(new TypeError('no network'))));
    await expect(signIn('a@example.org', 'x')).rejects.toThrow('offline');
  });

  it('frees only what the server has had long enough', async () => {
    const what = { kind: 'photo', mime: 'image/jpeg', state: 'whole', startedAt: 1 } as const;
    for (const [media, storedAt] of [
      ['old', 100],
      ['new', 900],
      ['unsent', null],
    ] as const) {
      await store.db.blobs.add({ ...newBlob(media, 't', what), size: 10, storedAt });
    }
    expect(await freeStored(500)).toBe(10);
    const freed = await store.db.blobs.filter((blob) => blob.freedAt !== null).primaryKeys();
    expect(freed).toEqual(['old']);
  });
});
