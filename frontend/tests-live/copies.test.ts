// A spare copy of one phone, taken in on another, while both talk to one real server: exactly one of everything.
import { describe, expect, it } from 'vitest';

import { makeCopy } from '../src/domain/copy/write';
import { openCopy, takeIn } from '../src/domain/copy/read';
import { useStore } from '../src/domain/context';
import { newBlob } from '../src/store/blobs';
import { sha256 } from 'hash-wasm';
import { TestClock } from '../tests/device';
import { LiveDevice, setting } from './live-device';

/** Runs as time does, `ahead` of it, so that two phones and the server can be compared. */
class RunningClock extends TestClock {
  constructor(private ahead = 0) {
    super();
  }

  override now(): number {
    return Date.now() + this.ahead;
  }
}

const PASSPHRASE = 'spare copy 2026';
const HOURS = 3_600_000;
const aide = () => setting('SUIXING_TEST_TOKEN');

async function fill(device: LiveDevice): Promise<{ trip: string; notes: string[]; media: string }> {
  const { store } = device;
  const trip = store.newId();
  const fields = { kind: 'research' as const, title: '备份' };
  await store.write([{ trip, entity: 'trip', record: trip, fields }]);
  const notes = Array.from({ length: 20 }, () => store.newId());
  for (const [n, record] of notes.entries()) {
    const text = `第 ${n} 条`;
    await store.write([{ trip, entity: 'note', record, fields: { kind: 'observation', text } }]);
  }
  const media = store.newId();
  const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 253);
  const row = { kind: 'file' as const, mime: 'text/plain', sha256: await sha256(bytes), size: bytes.length };
  const blob = newBlob(media, trip, { kind: 'file', mime: 'text/plain', state: 'whole', startedAt: 1 });
  await store.write([{ trip, entity: 'media', record: media, fields: row }], {
    also: [store.db.blobs, store.db.chunks],
    inside: async () => {
      await store.db.chunks.add({ media, start: 0, data: bytes.buffer });
      await store.db.blobs.add({ ...blob, size: bytes.length, chunks: 1, sha256: row.sha256 });
    },
  });
  return { trip, notes, media };
}

async function carry(from: LiveDevice, to: LiveDevice) {
  useStore(from.store);
  const { file } = await makeCopy('unsent', PASSPHRASE);
  useStore(to.store);
  return takeIn(await openCopy(file, PASSPHRASE));
}

const unsent = async ({ store }: LiveDevice) =>
  (await store.db.outbox.count()) + (await store.db.blobs.filter((blob) => blob.storedAt === null).count());

/** Sequence numbers that the server has given out for this trip. */
async function lastSeq(device: LiveDevice, trip: string): Promise<number> {
  return (await device.store.db.feed.get(trip))?.cursor ?? -1;
}

/** The same once the server's own work on the file has ended, which takes numbers too. */
async function settledSeq(device: LiveDevice, trip: string, media: string): Promise<number> {
  await expect
    .poll(
      async () => {
        await device.sync();
        return (await device.store.db.rows('media').get(media))?.processing;
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe('ready');
  return lastSeq(device, trip);
}

describe('a spare copy on a real server', () => {
  it('from a phone that never had a network is sent whole by another', async () => {
    const [old, fresh] = [new LiveDevice(aide()), new LiveDevice(aide())];
    const { trip, notes, media } = await fill(old);
    await carry(old, fresh);
    expect(await fresh.sync()).toMatchObject({ state: 'idle', problem: null });
    expect(await unsent(fresh)).toBe(0);
    // other tests' trips of the same aide come with the pull, in whatever order the tests ran
    const rows = await fresh.store.db.rows('note').where({ trip }).toArray();
    expect(rows.map((row) => row.id).sort()).toEqual([...notes].sort());
    expect((await fresh.store.db.rows('media').get(media))?.stored_at).not.toBeNull();
  });

  it('sent by both phones leaves one of everything, whoever comes first', async () => {
    const [old, fresh] = [new LiveDevice(aide()), new LiveDevice(aide())];
    const { trip, media } = await fill(old);
    await carry(old, fresh);
    await Promise.all([old.sync(), fresh.sync()]);
    for (const device of [old, fresh, old, fresh]) await device.sync();
    // both sent the file at once: one had to wait for the other's request
    for (const { store } of [old, fresh]) await store.db.blobs.toCollection().modify({ nextAt: 0 });
    for (const device of [old, fresh]) await device.sync();
    const before = await settledSeq(old, trip, media);
    await carry(old, fresh);
    for (const device of [old, fresh, old]) await device.sync();
    expect([await unsent(old), await unsent(fresh)]).toEqual([0, 0]);
    expect(await lastSeq(old, trip)).toBe(before); // not one change was taken twice
    expect(await lastSeq(fresh, trip)).toBe(before);
    const answers = await fresh.http.send<{ change: string }[]>('GET', `/trips/${trip}/history/trip/${trip}`);
    expect(answers.ok && new Set(answers.value.map((past) => past.change)).size).toBe(1);
  });

  it('and edits made on both afterwards are all kept', async () => {
    const [old, fresh] = [new LiveDevice(aide()), new LiveDevice(aide())];
    const { trip, notes } = await fill(old);
    await carry(old, fresh);
    const [one = '', two = ''] = notes;
    await old.store.write([{ trip, entity: 'note', record: one, fields: { text: '旧手机上改的' } }]);
    await fresh.store.write([{ trip, entity: 'note', record: two, fields: { text: '新手机上改的' } }]);
    for (const device of [fresh, old, fresh, old]) await device.sync();
    for (const { store } of [old, fresh]) {
      expect((await store.db.rows('note').get(one))?.text).toBe('旧手机上改的');
      expect((await store.db.rows('note').get(two))?.text).toBe('新手机上改的');
      expect((await store.db.rows('note').get(one))?.local).toMatchObject({ unsent: 0, rejected: 0 });
    }
  });

  it('from a phone whose clock is hours off keeps the order of what was written', async () => {
    const wrong = new RunningClock(5 * HOURS);
    const old = new LiveDevice(aide(), wrong);
    const [fresh, third] = [0, 0].map(() => new LiveDevice(aide(), new RunningClock()));
    if (!fresh || !third) throw new Error('two phones');
    const { trip, notes } = await fill(old);
    await old.sync();
    const [id = ''] = notes;
    await old.store.write([{ trip, entity: 'note', record: id, fields: { text: '钟快五小时写的' } }]);
    await carry(old, fresh);
    await third.sync();
    await third.store.write([
      { trip, entity: 'note', record: id, fields: { certainty: 'sure', text: '后来写的' } },
    ]);
    for (const device of [fresh, third, fresh]) await device.sync();
    const row = await fresh.store.db.rows('note').get(id);
    expect(row).toMatchObject({ certainty: 'sure' });
    expect(row?.text).toContain('后来写的');
    const past = await fresh.http.send<{ value: unknown }[]>('GET', `/trips/${trip}/history/note/${id}`);
    expect(past.ok && past.value.map(({ value }) => value)).toContain('钟快五小时写的');
  });

  it('under the name of a colleague is sent with their rights, and the phone it came from learns of it', async () => {
    const [old, other] = [new LiveDevice(aide()), new LiveDevice(setting('SUIXING_TEST_STRANGER'))];
    const { trip } = await fill(old);
    await carry(old, other);
    expect(await other.sync()).toMatchObject({ problem: null });
    expect(await unsent(other)).toBe(0);
    await old.sync();
    expect((await old.store.db.feed.get(trip))?.problem).toMatchObject({ code: 'trip_unknown' });
    expect(await unsent(old)).toBeGreaterThan(0); // kept, and it says why, until its owner is invited
  });
});
