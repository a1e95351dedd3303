// A spare copy made on one device and taken in on another; and what becomes of a copy that was cut, changed or mistaken.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore, TestClock } from '../../../tests/device';
import { newBlob } from '../../store/blobs';
import { inbox, type InboxItem } from '../../store/inbox';
import type { Store } from '../../store/store';
import { useStore } from '../context';
import { keepDraft } from '../drafts';
import { lastCopy } from './last';
import { mergeDrafts, openCopy, takeIn } from './read';
import { makeCopy, planCopy } from './write';

const PASSPHRASE = '石渡村 口令 2026';
let old: Store;
let fresh: Store;
let trip: string;

beforeEach(async () => {
  await inbox().items.clear();
  old = newDeviceStore(new TestClock()).store;
  fresh = newDeviceStore(new TestClock()).store;
  trip = old.newId();
  useStore(old);
});

async function write(store: Store, text: string, id = store.newId()): Promise<string> {
  await store.write([{ trip, entity: 'note', record: id, fields: { kind: 'quote', text } }]);
  return id;
}

async function addBytes(store: Store, sizes: number[]): Promise<string> {
  const media = store.newId();
  const what = { kind: 'audio', mime: 'audio/webm', state: 'whole', startedAt: 1 } as const;
  let start = 0;
  for (const size of sizes) {
    const data = Uint8Array.from({ length: size }, (_, n) => (start + n) % 251).buffer;
    await store.db.chunks.add({ media, start, data });
    start += size;
  }
  const blob = { ...newBlob(media, trip, what), size: start, chunks: sizes.length, sha256: 'a'.repeat(64) };
  await store.db.blobs.add({ ...blob, attempts: 7, uploadUrl: '/old' });
  return media;
}

async function carry(scope: 'unsent' | 'all' = 'unsent') {
  useStore(old);
  const { file } = await makeCopy(scope, PASSPHRASE);
  useStore(fresh);
  return takeIn(await openCopy(file, PASSPHRASE));
}

const outbox = (store: Store) => store.db.outbox.orderBy('n').toArray();

async function everything(store: Store): Promise<unknown> {
  const tables = store.db.tables.filter((table) => table.name !== 'settings');
  return Promise.all(tables.map((table) => table.toArray()));
}

describe('a copy taken in on a fresh device', () => {
  it('brings the same changes in order, the drafts, and every byte', async () => {
    const id = await write(old, '一');
    await old.db.outbox.toCollection().modify({ sent: true });
    await write(old, '一改', id);
    const media = await addBytes(old, [700_000, 1_048_576, 5]);
    await keepDraft(`note:${trip}`, trip, { text: '写到一半' });
    expect(await carry()).toEqual({ records: 1, files: 1, drafts: 1 });
    const [here, there] = [await outbox(old), await outbox(fresh)];
    const told = ({ id: change, hlc, fields, base }: (typeof here)[number]) => ({
      change,
      hlc,
      fields,
      base,
    });
    expect(there.map(told)).toEqual(here.map(told));
    expect(await fresh.db.rows('note').get(id)).toMatchObject({ text: '一改', local: { unsent: 2 } });
    expect(await fresh.db.chunks.toArray()).toEqual(await old.db.chunks.toArray());
    expect(await fresh.db.blobs.get(media)).toMatchObject({ size: 1_748_581, attempts: 0, uploadUrl: null });
    expect(await fresh.db.drafts.toArray()).toMatchObject([{ content: { text: '写到一半' } }]);
  });

  it('taken in twice changes nothing more', async () => {
    await write(old, '一');
    await addBytes(old, [10]);
    await carry();
    const before = await everything(fresh);
    expect(await carry()).toEqual({ records: 0, files: 0, drafts: 0 });
    expect(await everything(fresh)).toEqual(before);
  });

  it('settles what it holds: a later edit on the old phone is a change of its own', async () => {
    const id = await write(old, '进了备份');
    await carry();
    await write(old, '备份以后改的', id);
    const [first, second] = await outbox(old);
    expect(first?.fields['text']).toBe('进了备份');
    expect(second?.fields['text']).toBe('备份以后改的');
    expect((await outbox(fresh)).map((change) => change.id)).toEqual([first?.id]);
  });

  it('dates its changes by the clock of the old phone, and later edits come after them', async () => {
    await old.db.settings.put({ key: 'clock.skew', value: 7_200_000 });
    (old.clock as TestClock).ms += 7_200_000;
    const id = await write(old, '钟快两小时');
    await carry();
    expect((await fresh.db.settings.get('clock.copied'))?.value).toEqual({ [await old.device()]: 7_200_000 });
    await write(fresh, '新手机上改的', id);
    const [copied, own] = await outbox(fresh);
    expect((own?.hlc ?? '') > (copied?.hlc ?? '')).toBe(true);
  });

  it('of all can be read at once, and is compared with the server at the first chance', async () => {
    const fields = { kind: 'quote', text: '服务器已有', created_at: '2026-11-23T08:00:00.000Z' };
    const row = { ...fields, id: old.newId(), trip, created_by: null, sensitivity: 'normal' };
    const local = { seq: 4, deleted: false, unsent: 0, rejected: 0, contested: null, sweep: 0 };
    await old.db.table('note').add({ ...row, local });
    expect((await carry('all')).records).toBe(0);
    expect(await fresh.db.rows('note').get(row.id)).toMatchObject({ text: '服务器已有', local: { seq: 4 } });
    expect(await fresh.db.feed.get(trip)).toMatchObject({ cursor: 0, sweeping: true, sweep: 1 });
  });

  it('holds neither what the server has nor what was freed, and is noted down', async () => {
    await write(old, '收下的');
    await old.db.outbox.toCollection().modify({ state: 'accepted' });
    await old.db.blobs.update(await addBytes(old, [10]), { storedAt: 5 });
    expect(await planCopy('unsent')).toMatchObject({ records: 0, bytes: 0, live: false });
    expect(await carry()).toEqual({ records: 0, files: 0, drafts: 0 });
    expect(await lastCopy(old.db)).toMatchObject({ records: 0, files: 0 });
  });
});

describe('what another app shared and nobody has given a place yet', () => {
  const item = (more: Partial<InboxItem>): InboxItem => ({
    ...{ id: old.newId(), name: '', type: 'text/plain', lastModified: 1, data: null, text: '', at: 5 },
    ...more,
  });

  /** The inbox is one database in this test: the other phone's is empty. */
  async function toOther(): Promise<void> {
    await inbox().items.clear();
  }

  it('goes into the copy and waits on the other phone, once', async () => {
    const data = Uint8Array.from({ length: 2_300_000 }, (_, n) => n % 249).buffer;
    const shared = [
      item({ name: '录音.m4a', type: 'audio/mp4', data }),
      item({ text: '微信里的一段话' }),
      item({ name: '空.txt', data: new ArrayBuffer(0) }),
    ];
    await inbox().items.bulkPut(shared);
    expect(await planCopy('unsent')).toMatchObject({ records: 1, files: 2, bytes: 2_300_000 });
    const { file } = await makeCopy('unsent', PASSPHRASE);
    await toOther();
    useStore(fresh);
    expect(await takeIn(await openCopy(file, PASSPHRASE))).toEqual({ records: 1, files: 2, drafts: 0 });
    const sorted = (items: InboxItem[]) => items.sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(sorted(await inbox().items.toArray())).toEqual(sorted(shared));
    expect(await takeIn(await openCopy(file, PASSPHRASE))).toEqual({ records: 0, files: 0, drafts: 0 });
  });

  it('does not come back where it has its place already', async () => {
    const words = item({ text: '已经放好了' });
    await inbox().items.put(words);
    const { file } = await makeCopy('unsent', PASSPHRASE);
    await toOther();
    await write(fresh, words.text, words.id);
    useStore(fresh);
    expect(await takeIn(await openCopy(file, PASSPHRASE))).toEqual({ records: 0, files: 0, drafts: 0 });
    expect(await inbox().items.count()).toBe(0);
  });
});

describe('a copy that cannot be used', () => {
  const small = async () => {
    await write(old, '机密');
    await addBytes(old, [1_500_000]);
    return (await makeCopy('unsent', PASSPHRASE)).file;
  };

  async function refused(file: Blob, passphrase = PASSPHRASE): Promise<string> {
    useStore(fresh);
    const before = await everything(fresh);
    const code = await openCopy(file, passphrase).then(
      () => 'opened',
      (error: { problem: { code: string } }) => error.problem.code,
    );
    expect(await everything(fresh)).toEqual(before);
    return code;
  }

  it('says what is wrong and touches nothing', async () => {
    const file = await small();
    const bytes = new Uint8Array(await file.arrayBuffer());
    const changed = (at: number) => {
      const other = bytes.slice();
      other[at] = (other[at] ?? 0) ^ 1;
      return new Blob([other]);
    };
    expect(await refused(file, '别的口令')).toBe('copy_passphrase');
    expect(await refused(new Blob([bytes.slice(0, 5)]))).toBe('copy_not_ours');
    expect(await refused(new Blob(['not a copy at all, but long enough']))).toBe('copy_not_ours');
    expect(await refused(changed(7))).toBe('copy_too_new');
    expect(await refused(file.slice(0, file.size - 1))).toBe('copy_truncated');
    expect(await refused(file.slice(0, 1_000_000))).toBe('copy_truncated');
    expect(await refused(changed(file.size - 1))).toBe('copy_damaged');
    expect(await refused(changed(700_000))).toBe('copy_damaged');
    expect(await refused(new Blob([bytes, 'more']))).toBe('copy_damaged');
  }, 60_000);

  it('is also one whose end was cut off at a frame, or whose frames changed places', async () => {
    const bytes = new Uint8Array(await (await small()).arrayBuffer());
    const start = 12 + new DataView(bytes.buffer, 8, 4).getUint32(0);
    const first = start + 5 + new DataView(bytes.buffer, start + 1, 4).getUint32(0);
    expect(await refused(new Blob([bytes.slice(0, first)]))).toBe('copy_truncated');
    const flagged = bytes.slice(0, first);
    flagged[start] = 1; // the end is part of what is authenticated
    expect(await refused(new Blob([flagged]))).toBe('copy_damaged');
    const swapped = [bytes.slice(0, start), bytes.slice(first), bytes.slice(start, first)];
    expect(await refused(new Blob(swapped))).toBe('copy_damaged');
  }, 60_000);

  it('never shows in clear what it holds', async () => {
    const text = new TextDecoder().decode(await (await small()).arrayBuffer());
    expect(text).not.toContain('机密');
    expect(text).not.toContain(await old.device());
  });
});

describe('two drafts of one place', () => {
  const draft = (text: string, at = 1) => ({ key: 'k', trip: 't', at, content: { text, chip: 'seen' } });

  it('become one text, and nothing twice', () => {
    expect(mergeDrafts(draft('这里'), draft('那里')).content['text']).toBe('这里\n那里');
    expect(mergeDrafts(draft('这里和那里'), draft('那里')).content['text']).toBe('这里和那里');
    expect(mergeDrafts(draft(''), draft('那里')).content['text']).toBe('那里');
    expect(mergeDrafts(draft('这里'), draft('')).content['text']).toBe('这里');
  });
});
