// What the device makes of literal protocol answers; the server itself is met in tests-live and in the browser tests.
import { beforeEach, describe, expect, it } from 'vitest';

import { all } from '../../tests/device';
import { CREATED, HLC, pulled, SyncedDevice } from '../../tests/synced';
import { newBlob } from '../store/blobs';
import type { BlobRow } from '../store/rows';
import { backoffMs, waitMs } from './backoff';
import { applyPage } from './pull';
import { applyResults, pushBody, takeBatch } from './push';
import { noticeHandlers, readNotice } from './stream';
import { afterTransfer, dueUploads } from './upload';

let { store, trip, note, outbox, write, answer, pull } = new SyncedDevice();

beforeEach(() => {
  ({ store, trip, note, outbox, write, answer, pull } = new SyncedDevice());
});

describe('a push', () => {
  it('carries the changes in order of making, with base and deletion only where there are any', async () => {
    const id = await write('一');
    await takeBatch(store, trip);
    await store.write([{ trip, entity: 'note', record: id, deleted: true }]);
    const body = await pushBody(store, await takeBatch(store, trip));
    expect(body).toMatchObject({ schema: 1, device: await store.device() });
    expect(body.changes).toHaveLength(2);
    expect(body.changes[0]).not.toHaveProperty('base');
    expect(body.changes[1]).toMatchObject({ record: id, deleted: true });
  });

  it('stays under five hundred changes and one megabyte, and lets a change too large go alone', async () => {
    await Promise.all(Array.from({ length: 501 }, () => write('短')));
    expect(await takeBatch(store, trip)).toHaveLength(500);
    await store.db.outbox.clear();
    await Promise.all(Array.from({ length: 3 }, () => write('长'.repeat(150_000))));
    expect(await takeBatch(store, trip)).toHaveLength(2);
    await store.db.outbox.toCollection().modify((change) => {
      change.fields['text'] = '长'.repeat(400_000);
    });
    expect(await takeBatch(store, trip)).toHaveLength(1);
  }, 30_000);

  it('leaves an accepted change in place until a pull has brought what the server made of it', async () => {
    const id = await write('本机');
    await answer([{ status: 'applied', seq: 4 }]);
    expect(await outbox()).toMatchObject([{ state: 'accepted', seq: 4 }]);
    expect((await note(id))?.local).toMatchObject({ unsent: 0, seq: 4 });
    await pull([pulled(id, 4, '合并后')], 4);
    expect(await outbox()).toEqual([]);
    expect((await note(id))?.text).toBe('合并后');
  });

  it('judges each change alone: one refused stays visible with its reason, the others go', async () => {
    const [good, bad] = [await write('好'), await write('坏')];
    await answer([
      { status: 'applied', seq: 1 },
      { status: 'rejected', seq: null, problem: { code: 'forbidden' } },
    ]);
    expect((await note(good))?.local).toMatchObject({ unsent: 0, rejected: 0 });
    expect(await note(bad)).toMatchObject({ text: '坏', local: { unsent: 0, rejected: 1 } });
    const refused = (await outbox()).find((change) => change.state === 'rejected');
    expect(refused).toMatchObject({ record: bad, problem: { code: 'forbidden' } });
  });

  it('forgets a superseded change and keeps queued what got no answer', async () => {
    await write('旧');
    await write('没有回答');
    await answer([{ status: 'superseded', seq: null }]);
    expect(await outbox()).toMatchObject([{ fields: { text: '没有回答' }, state: 'queued' }]);
  });

  it('answered for a change that was given up meanwhile changes nothing', async () => {
    const id = await write('放弃');
    const batch = await takeBatch(store, trip);
    await store.db.outbox.clear();
    await store.db.rows('note').delete(id);
    const results = [{ id: batch[0]?.id ?? null, status: 'applied' as const, seq: 3 }];
    await applyResults(store, batch, { server_now: 1, hlc: HLC, results });
    expect(await outbox()).toEqual([]);
    expect(await note(id)).toBeUndefined();
  });
});

describe('a pull', () => {
  it('lays unsent changes over what it brings, field by field', async () => {
    const id = store.newId();
    await pull([pulled(id, 2, '服务器')], 2);
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '未传' } }]);
    const row = pulled(id, 5, '别人改的');
    await pull([{ ...row, fields: { ...row.fields, certainty: 'sure' } }], 5);
    expect(await note(id)).toMatchObject({
      text: '别人改的\n未传',
      certainty: 'sure',
      local: { seq: 5, unsent: 1 },
    });
    await store.db.outbox.toCollection().modify({ state: 'accepted', seq: 6 });
    await pull([pulled(id, 6, '未传')], 6);
    expect((await note(id))?.local.unsent).toBe(0);
    expect(await store.db.shadow.count()).toBe(0);
  });

  it('fills in what an older server does not send and skips an entity that this app does not know', async () => {
    const id = store.newId();
    await pull([pulled(id, 1, '短'), { entity: 'omen', record: store.newId(), seq: 2, fields: {} }], 2);
    expect(await note(id)).toMatchObject({ speaker: null, sensitivity: 'normal', text: '短' });
  });

  it('hides a deleted row and keeps it to be brought back, but not one that was edited here meanwhile', async () => {
    const [plain, edited] = [store.newId(), store.newId()];
    await pull([pulled(plain, 1, '甲'), pulled(edited, 2, '乙')], 2);
    await store.write([{ trip, entity: 'note', record: edited, fields: { text: '乙改' } }]);
    await pull([pulled(plain, 3, '甲', { deleted: true }), pulled(edited, 4, '乙', { deleted: true })], 4);
    expect(await note(plain)).toMatchObject({ text: '甲', local: { deleted: true, seq: 3 } });
    expect(await note(edited)).toMatchObject({ text: '乙改', local: { deleted: false, unsent: 1 } });
  });

  it('drops what was withdrawn and keeps the own unsent change of it', async () => {
    const [seen, mine] = [store.newId(), store.newId()];
    await pull([pulled(seen, 1, '秘'), pulled(mine, 2, '密')], 2);
    await store.write([{ trip, entity: 'note', record: mine, fields: { text: '我写的' } }]);
    const withdrawn = { entity: 'note', seq: 3, withdrawn: true };
    await pull(
      [
        { ...withdrawn, record: seen },
        { ...withdrawn, record: mine, seq: 4 },
      ],
      4,
    );
    expect(await note(seen)).toBeUndefined();
    expect(await note(mine)).toMatchObject({ text: '我写的', local: { unsent: 1 } });
    expect(await outbox()).toHaveLength(1);
  });

  it('begins anew when the rights changed, over several pages, and then drops what is not listed', async () => {
    const [stays, goes, mine] = [store.newId(), store.newId(), await write('未传')];
    await pull([pulled(stays, 1, '留'), pulled(goes, 2, '走')], 2);
    expect(await pull([], 2, { view: 'v2' })).toBe(true);
    expect(await store.db.feed.get(trip)).toMatchObject({ cursor: 0, view: 'v2', sweeping: true });
    expect(await pull([pulled(stays, 1, '留')], 1, { view: 'v2', more: true })).toBe(true);
    expect(await note(goes)).toBeDefined();
    expect(await pull([], 9, { view: 'v2' })).toBe(false);
    expect(await note(goes)).toBeUndefined();
    expect(await note(stays)).toBeDefined();
    expect(await note(mine)).toMatchObject({ text: '未传' });
    expect(await store.db.feed.get(trip)).toMatchObject({ cursor: 9, sweeping: false });
  });

  it('takes no page that was asked with a cursor which another tab has moved: it is not the end of a full pull', async () => {
    await pull([pulled('n1', 1, '一'), pulled('n2', 2, '二')], 2);
    const late = { rows: [], next: 2, more: false, view: 'v2', server_now: 1, hlc: HLC };
    expect(await applyPage(store, trip, late, 2)).toBe(true);
    expect(await applyPage(store, trip, late, 2)).toBe(true);
    expect(await store.db.rows('note').count()).toBe(2);
    expect(await store.db.feed.get(trip)).toMatchObject({ cursor: 0, sweeping: true });
    const whole = { ...late, rows: [pulled('n1', 1, '一'), pulled('n2', 2, '二')] };
    expect(await applyPage(store, trip, whole, 0)).toBe(false);
    expect(await store.db.rows('note').count()).toBe(2);
  });

  it('shows a contest until it is settled', async () => {
    const id = store.newId();
    const contested = { text: [{ value: '甲', by: 'u1', at: '2026-11-23T08:00:00.000Z' }] };
    await pull([pulled(id, 1, '乙', { contested })], 1);
    expect((await note(id))?.local.contested).toEqual(contested);
    await pull([pulled(id, 2, '乙')], 2);
    expect((await note(id))?.local.contested).toBeNull();
  });

  it('shows a refused value no longer once the server took a later one of this device, but keeps its refusal', async () => {
    const id = store.newId();
    await pull([pulled(id, 1, '一')], 1);
    const set = (certainty: 'sure' | 'doubtful') =>
      store.write([{ trip, entity: 'note', record: id, fields: { certainty } }]);
    await set('sure');
    await answer([{ status: 'rejected', seq: null, problem: { code: 'not_allowed' } }]);
    expect(await note(id)).toMatchObject({ certainty: 'sure', local: { rejected: 1 } });
    await set('doubtful');
    await answer([{ status: 'applied', seq: 2 }]);
    const fields = { kind: 'quote', text: '一', certainty: 'doubtful', created_at: CREATED };
    await pull([{ entity: 'note', record: id, seq: 2, fields }], 2);
    expect(await note(id)).toMatchObject({ certainty: 'doubtful', local: { rejected: 1 } });
    expect(await outbox()).toMatchObject([{ state: 'rejected', fields: { certainty: 'sure' } }]);
  });

  it('at its end answers accepted changes that never come as rows', async () => {
    const id = await write('看不见');
    await answer([{ status: 'applied', seq: 3 }]);
    await pull([], 3);
    expect(await outbox()).toEqual([]);
    expect(await note(id)).toBeUndefined();
  });
});

describe('waiting', () => {
  it('doubles with jitter, has an end, and is short without network', () => {
    expect(backoffMs(0, 'busy', 1)).toBe(1000);
    expect(backoffMs(3, 'busy', 0)).toBe(4000);
    expect(backoffMs(60, 'busy', 1)).toBe(60_000);
    expect(backoffMs(60, 'offline', 1)).toBe(20_000);
    expect(waitMs(1000, 7000)).toBe(7000);
    expect(waitMs(9000, null)).toBe(9000);
    expect(waitMs(1000, 3_600_000, 503)).toBe(60_000);
    expect(waitMs(1000, 300_000, 429)).toBe(300_000);
  });
});

describe('an upload', () => {
  const blob = (): BlobRow => {
    const what = { kind: 'audio', mime: 'audio/webm', state: 'whole', startedAt: 1 } as const;
    return { ...newBlob(store.newId(), trip, what), sha256: 'a'.repeat(64), size: 10 };
  };
  const refusal = (status: number) =>
    ({ ok: false, kind: 'refused', problem: { code: 'x', status }, retryAfterMs: null }) as const;

  it('gives the second receipt only for success', () => {
    expect(afterTransfer(blob(), { ok: true }, 77, 0)).toMatchObject({ storedAt: 77, problem: null });
    expect(afterTransfer(blob(), refusal(460), 77, 0)).not.toHaveProperty('storedAt');
  });

  it('is tried again when its media row is not there yet, or its own earlier request still holds it', () => {
    for (const status of [409, 423]) {
      const next = afterTransfer(blob(), refusal(status), 1000, 1);
      expect(next.problem).toBeUndefined();
      expect(next.nextAt).toBeGreaterThan(1000);
    }
  });

  it('is tried again when a gateway refused it, for that is no word of the server', () => {
    const page = { code: 'http_413', status: 413 };
    const next = afterTransfer(blob(), { ...refusal(413), problem: page }, 1000, 1);
    expect(next.problem).toBeUndefined();
    expect(next).toMatchObject({ attempts: 1, failure: page });
    expect(next.nextAt).toBeGreaterThan(1000);
    const ours = { code: 'upload_too_large', status: 413 };
    expect(afterTransfer(blob(), { ...refusal(413), problem: ours }, 1000, 1)).toMatchObject({
      problem: ours,
    });
  });

  it('with a wrong hash keeps the bytes, says so, and does not go on by itself', () => {
    expect(afterTransfer(blob(), refusal(460), 1000, 1)).toMatchObject({
      problem: { status: 460 },
      uploadUrl: null,
    });
  });

  it('is made again when the server has lost what it had given a receipt for', async () => {
    const kept = { ...blob(), storedAt: 5 };
    const freed = { ...blob(), storedAt: 5, freedAt: 6 };
    await store.db.blobs.bulkAdd([kept, freed]);
    const fields = { kind: 'audio', processing: 'expected', problem: 'object_missing' };
    const row = (record: string, seq: number) => ({ entity: 'media', record, seq, fields });
    await pull([row(kept.media, 1), row(freed.media, 2)], 2);
    expect(await all(dueUploads(store))).toMatchObject([{ media: kept.media, storedAt: null }]);
    expect((await store.db.blobs.get(freed.media))?.storedAt).toBe(5);
  });

  it('waits for its row: unsent or refused rows hold their bytes back', async () => {
    const waiting = blob();
    await store.db.blobs.add(waiting);
    expect(await all(dueUploads(store))).toEqual([]);
    const fields = { kind: 'audio' as const };
    await store.write([{ trip, entity: 'media', record: waiting.media, fields }]);
    expect(await all(dueUploads(store))).toEqual([]);
    await answer([{ status: 'applied', seq: 1 }]);
    expect(await all(dueUploads(store))).toMatchObject([{ media: waiting.media }]);
    await store.db.blobs.update(waiting.media, { nextAt: store.clock.now() + 60_000 });
    expect(await all(dueUploads(store))).toEqual([]);
  });
});

describe('a notice', () => {
  it('asks for what it missed whenever the stream opens, the first time too', () => {
    const heard: string[] = [];
    const handlers = noticeHandlers({ wakeNow: () => heard.push('all'), notice: (trip) => heard.push(trip) });
    handlers.opened();
    handlers.said('{"trip":"t","seq":4}');
    handlers.opened();
    expect(heard).toEqual(['all', 't', 'all']);
  });

  it('names a trip, or is passed over', () => {
    expect(readNotice('{"trip":"t","seq":4}')).toBe('t');
    for (const odd of ['', 'x', '[]', '{"seq":1}', 'null', 7]) expect(readNotice(odd)).toBeNull();
  });
});
