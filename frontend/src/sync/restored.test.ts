// What a phone does once the server was restored from a backup; the server is literal answers here.
import { beforeEach, describe, expect, it } from 'vitest';

import { all } from '../../tests/device';
import { CREATED, pulled, SyncedDevice } from '../../tests/synced';
import { newBlob } from '../store/blobs';
import { dueUploads } from './upload';

/** Of the trip's numbers the backup holds 1 and 2; a new era began after 1000. */
const RESTORED = { view: 'v1-1000', lost: [[3, 1000] as [number, number]] };
let { store, trip, note, outbox, write, answer, pull } = new SyncedDevice();

beforeEach(() => {
  ({ store, trip, note, outbox, write, answer, pull } = new SyncedDevice());
});

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

  it('hands in again what the backup lacks: records, edits, deletions, each as it stood', async () => {
    const [born, edited, deleted, same] = [store.newId(), store.newId(), store.newId(), store.newId()];
    const all = [pulled(same, 1, '照旧'), pulled(born, 4, '备份之后'), pulled(edited, 5, '后来改的')];
    await pull([...all, pulled(deleted, 6, '删了', { deleted: true })], 6);
    await pull([], 6, RESTORED);
    await pull(
      [pulled(same, 1, '照旧'), pulled(edited, 2, '原来'), pulled(deleted, 2, '删了')],
      1000,
      RESTORED,
    );
    const base = { state: 'queued', hlc: '1795420800000-0000-resent' };
    expect(await outbox()).toMatchObject([
      { ...base, record: edited, fields: { text: '后来改的' }, base: 5, deleted: false },
      { ...base, record: deleted, fields: {}, base: 6, deleted: true },
      { ...base, record: born, fields: { kind: 'quote', text: '备份之后' }, base: 4 },
    ]);
    expect(await note(born)).toMatchObject({ text: '备份之后', local: { unsent: 1 } });
    expect(await note(edited)).toMatchObject({ text: '后来改的' });
    expect(await note(deleted)).toMatchObject({ local: { deleted: true } });
    // Read again, perhaps by a change of rights: nothing waits twice.
    await pull([], 1000, { ...RESTORED, view: 'v2-1000' });
    await pull([pulled(edited, 2, '原来'), pulled(deleted, 2, '删了')], 1000, {
      ...RESTORED,
      view: 'v2-1000',
    });
    expect(await outbox()).toHaveLength(3);
  });

  it('sends the lost state before what was written over it, and a later edit as having seen it', async () => {
    const [edited, born] = [store.newId(), store.newId()];
    await pull([pulled(edited, 5, '丢过'), pulled(born, 6, '丢过的一条')], 6);
    await store.write([{ trip, entity: 'note', record: edited, fields: { certainty: 'sure' } }]);
    await store.write([{ trip, entity: 'note', record: born, fields: { certainty: 'sure' } }]);
    await answer([
      { status: 'applied', seq: 1001 },
      { status: 'rejected', seq: null, problem: { code: 'record_lost' } },
    ]);
    await pull([], 6, RESTORED);
    const row = pulled(edited, 1001, '原来');
    await pull([{ ...row, fields: { ...row.fields, certainty: 'sure' } }], 1001, RESTORED);
    await store.write([{ trip, entity: 'note', record: edited, fields: { text: '今天改的' } }]);
    expect(await outbox()).toMatchObject([
      { record: edited, fields: { text: '丢过' }, base: 5 },
      { record: born, fields: { text: '丢过的一条' }, base: 6 },
      { record: born, fields: { certainty: 'sure' }, state: 'queued', problem: null },
      { record: edited, fields: { text: '今天改的' }, base: 5 },
    ]);
    expect(await note(edited)).toMatchObject({ text: '今天改的', certainty: 'sure' });
  });

  it('leaves what it may not hand in as it was read, and says no more of it', async () => {
    const id = store.newId();
    await pull([pulled(id, 4, '别人的')], 4);
    await pull([], 4, RESTORED);
    await pull([], 1000, RESTORED);
    await answer([{ status: 'rejected', seq: null, problem: { code: 'not_allowed' } }]);
    expect(await outbox()).toEqual([]);
    expect(await note(id)).toMatchObject({ text: '别人的', local: { unsent: 0, rejected: 0, seq: 4 } });
  });

  it('opens the bytes again whose receipt was lost, and hands in no word of the server', async () => {
    const what = { kind: 'photo', mime: 'image/jpeg', state: 'whole', startedAt: 1 } as const;
    const blob = { ...newBlob(store.newId(), trip, what), sha256: 'a'.repeat(64), size: 10, storedAt: 5 };
    await store.db.blobs.add(blob);
    const fields = { kind: 'photo', processing: 'ready', stored_at: '2026-11-23T08:00:00.000Z', width: 640 };
    const row = {
      entity: 'media',
      record: blob.media,
      seq: 4,
      fields: { ...fields, created_at: '2026-11-23T08:00:00.000Z' },
    };
    await pull([row], 4);
    await pull([], 4, RESTORED);
    await pull([], 1000, RESTORED);
    expect(await outbox()).toMatchObject([{ record: blob.media, fields: { kind: 'photo' } }]);
    expect((await outbox())[0]?.fields).not.toHaveProperty('stored_at');
    expect(await store.db.blobs.get(blob.media)).toMatchObject({ storedAt: null });
    expect(await all(dueUploads(store))).toEqual([]);
    await answer([{ status: 'applied', seq: 1001 }]);
    expect(await all(dueUploads(store))).toMatchObject([{ media: blob.media }]);
  });

  it('keeps corrections and rulings for what the server makes anew, and hands them in once it has', async () => {
    const [segment, flag] = [store.newId(), store.newId()];
    const heard = {
      media: store.newId(),
      start_ms: 0,
      end_ms: 900,
      machine_text: '水区',
      created_at: CREATED,
    };
    const ruling = { verdict: 'a', reason: '', by: store.newId(), at: CREATED };
    const made = { a: {}, b: {}, reason: '', created_at: CREATED };
    const rows = (seq: number, text: string, ruled: object) => [
      { entity: 'segment', record: segment, seq, fields: { ...heard, text } },
      { entity: 'contradiction', record: flag, seq: seq + 1, fields: { ...made, ...ruled } },
    ];
    await pull(rows(4, '水渠', { state: 'ruled', ruling }), 5);
    await pull([], 5, RESTORED);
    await pull([], 1000, RESTORED);
    expect(await outbox()).toEqual([]);
    // Corrected further, before the server has it again.
    await store.write([{ trip, entity: 'segment', record: segment, fields: { speaker: ruling.by } }]);
    await answer([{ status: 'rejected', seq: null, problem: { code: 'record_lost' } }]);
    expect(await store.db.rows('segment').get(segment)).toMatchObject({ text: '水渠' });
    await pull(rows(1001, '水区', { state: 'open', ruling: null }), 1002, RESTORED);
    expect(await outbox()).toMatchObject([
      { record: segment, fields: { text: '水渠' }, base: 4 },
      { record: segment, fields: { speaker: ruling.by }, base: 4, state: 'queued', problem: null },
      { record: flag, fields: { state: 'ruled', ruling }, base: 5, author: ruling.by },
    ]);
    expect(await store.db.rows('segment').get(segment)).toMatchObject({ text: '水渠' });
    expect(await store.db.rows('contradiction').get(flag)).toMatchObject({ state: 'ruled' });
  });
});
