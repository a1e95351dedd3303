// The write path on a real store: row and outbox together, edits joined while unsent, refusals kept and repaired.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import { AppError } from '../kernel/problem';
import { addChunk, freeBlob, newBlob, readBlob, readChunks, readSlice } from './blobs';
import { discardChange, resendChange, restoreChange } from './repair';
import { showRecord } from './refresh';
import type { Store } from './store';

let store: Store;
let trip: string;

beforeEach(() => {
  store = newDeviceStore().store;
  trip = store.newId();
});

async function saveNote(text: string, record = store.newId()): Promise<string> {
  await store.write([{ trip, entity: 'note', record, fields: { kind: 'observation', text } }]);
  return record;
}

const outbox = () => store.db.outbox.orderBy('n').toArray();
const note = (id: string) => store.db.rows('note').get(id);

describe('a write', () => {
  it('shows the row with every field and queues the change', async () => {
    const id = await saveNote('村口老井水位下降');
    const row = await note(id);
    expect(row).toMatchObject({ id, trip, text: '村口老井水位下降', speaker: null, sensitivity: 'normal' });
    expect(row?.local).toMatchObject({ seq: 0, unsent: 1, rejected: 0 });
    expect(await outbox()).toMatchObject([{ record: id, state: 'queued', base: null, sent: false }]);
  });

  it('refused for a limit leaves neither row nor change', async () => {
    const record = store.newId();
    const long = { kind: 'observation' as const, text: '字'.repeat(200_001) };
    const refused = store.write([{ trip, entity: 'note', record, fields: long }]);
    await expect(refused).rejects.toThrow(AppError);
    expect(await note(record)).toBeUndefined();
    expect(await outbox()).toEqual([]);
  });

  it('that fails half way leaves nothing of the other half', async () => {
    const [first, second] = [store.newId(), store.newId()];
    const failing = store.write([
      { trip, entity: 'note', record: first, fields: { kind: 'quote', text: '一' } },
      { trip, entity: 'person', record: second, fields: { name: '' } },
    ]);
    await expect(failing).rejects.toThrow(AppError);
    expect(await note(first)).toBeUndefined();
    expect(await outbox()).toEqual([]);
  });

  it('joins the unsent change of the same record, but never one that was offered to the server', async () => {
    const id = await saveNote('初稿');
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '二稿' } }]);
    expect(await outbox()).toMatchObject([{ fields: { kind: 'observation', text: '二稿' } }]);
    await store.db.outbox.toCollection().modify({ sent: true });
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '三稿' } }]);
    const changes = await outbox();
    expect(changes.map((change) => change.fields)).toEqual([
      { kind: 'observation', text: '二稿' },
      { text: '三稿' },
    ]);
    expect((changes[1]?.hlc ?? '') > (changes[0]?.hlc ?? '')).toBe(true);
    expect((await note(id))?.text).toBe('三稿');
  });

  it('says which state it was made on once the server has told one', async () => {
    const id = store.newId();
    const row = { id, trip, created_by: null, created_at: '2026-11-23T08:00:00.000Z', sensitivity: 'normal' };
    const server = {
      row: { ...row, kind: 'quote', text: '甲' } as never,
      seq: 7,
      deleted: false,
      contested: null,
      sweep: 0,
    };
    await store.db.transaction('rw', store.db.tables, () =>
      showRecord(store.db, { entity: 'note', record: id, trip }, server),
    );
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '乙' } }]);
    expect(await outbox()).toMatchObject([{ base: 7, fields: { text: '乙' } }]);
  });

  it('to what only this device has made says so, once it was offered', async () => {
    const id = await saveNote('初稿');
    await store.db.outbox.toCollection().modify({ sent: true });
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '二稿' } }]);
    expect(await outbox()).toMatchObject([{ base: null }, { base: 0 }]);
  });

  it('claims to have seen of a field no more than the unsent edit over it had', async () => {
    const id = await saveNote('初稿');
    const told = async (seq: number) => {
      const row = { ...(await note(id)), text: `第${seq}稿` } as never;
      await store.db.outbox.where('state').equals('accepted').delete();
      const key = { entity: 'note' as const, record: id, trip };
      await showRecord(store.db, key, { row, seq, deleted: false, contested: null, sweep: 0 });
    };
    await store.db.outbox.toCollection().modify({ state: 'accepted' });
    await told(5);
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '我的稿' } }]);
    await told(9);
    await store.write([{ trip, entity: 'note', record: id, fields: { certainty: 'sure' } }]);
    await store.write([{ trip, entity: 'note', record: id, fields: { text: '我的二稿' } }]);
    const made = await outbox();
    expect(made.map((change) => [Object.keys(change.fields), change.base])).toEqual([
      [['text'], 5],
      [['certainty'], 9],
      [['text'], 5],
    ]);
  });

  it('of a deletion hides the row and can be followed by bringing it back', async () => {
    const id = await saveNote('误删');
    await store.write([{ trip, entity: 'note', record: id, deleted: true }]);
    expect((await note(id))?.local.deleted).toBe(true);
    await store.write([{ trip, entity: 'note', record: id, fields: { kind: 'observation', text: '误删' } }]);
    expect((await note(id))?.local.deleted).toBe(false);
  });

  it('takes only stamps above all that the device has seen', async () => {
    const seen = '1999999999999-0000-server00';
    await store.observe(seen);
    await saveNote('后');
    expect((await outbox())[0]?.hlc.startsWith('1999999999999-0001-')).toBe(true);
  });
});

describe('a refused change', () => {
  async function refused(): Promise<string> {
    const id = await saveNote('写在离线时');
    await store.db.outbox
      .toCollection()
      .modify({ state: 'rejected', sent: true, problem: { code: 'forbidden' } });
    return id;
  }

  it('is sent again under its own id with the fields put right', async () => {
    await refused();
    const [change] = await outbox();
    if (!change) throw new Error('no change');
    await resendChange(store, change, { text: '改正后' });
    expect(await outbox()).toMatchObject([
      { id: change.id, state: 'queued', problem: null, fields: { text: '改正后', kind: 'observation' } },
    ]);
    expect((await note(change.record))?.text).toBe('改正后');
  });

  it('given up takes its new row with it, and undo brings both back', async () => {
    const id = await refused();
    const [change] = await outbox();
    if (!change) throw new Error('no change');
    await discardChange(store, change);
    expect(await note(id)).toBeUndefined();
    await restoreChange(store, change);
    expect((await note(id))?.text).toBe('写在离线时');
    expect(await outbox()).toHaveLength(1);
  });
});

describe('bytes', () => {
  const media = '018f0000-0000-7000-8000-000000000001';
  const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

  beforeEach(async () => {
    const what = { kind: 'audio', mime: 'audio/webm', state: 'writing', startedAt: 1 } as const;
    await store.db.blobs.add(newBlob(media, trip, what));
    await addChunk(store.db, media, bytes(0, 1, 2), 1000);
    await addChunk(store.db, media, bytes(3), 2000);
    await addChunk(store.db, media, bytes(4, 5), 3000);
  });

  it('come back in order, whole and in any slice', async () => {
    expect(await store.db.blobs.get(media)).toMatchObject({ size: 6, chunks: 3, durationMs: 3000 });
    const whole: number[] = [];
    for await (const part of readChunks(store.db, media)) whole.push(...new Uint8Array(part));
    expect(whole).toEqual([0, 1, 2, 3, 4, 5]);
    for (let start = 0; start < 6; start += 1) {
      for (let end = start; end <= 6; end += 1) {
        expect([...(await readSlice(store.db, media, start, end))]).toEqual(whole.slice(start, end));
      }
    }
    expect((await readBlob(store.db, media))?.size).toBe(6);
  });

  it('come to an end also for a reader that gives the buffers away', async () => {
    let read = 0;
    for await (const part of readChunks(store.db, media)) {
      structuredClone(part, { transfer: [part] });
      read += 1;
      if (read > 3) break;
    }
    expect(read).toBe(3);
  });

  it('are freed only after the second receipt, and the receipt stays', async () => {
    expect(await freeBlob(store.db, media, 9)).toBe(false);
    expect(await store.db.chunks.count()).toBe(3);
    await store.db.blobs.update(media, { storedAt: 5 });
    expect(await freeBlob(store.db, media, 9)).toBe(true);
    expect(await store.db.chunks.count()).toBe(0);
    expect(await store.db.blobs.get(media)).toMatchObject({ storedAt: 5, freedAt: 9 });
    expect(await readBlob(store.db, media)).toBeNull();
  });
});
