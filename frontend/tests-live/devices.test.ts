// Several phones and one real server: everything arrives once, all replicas end equal, refusals stay visible.
import { describe, expect, it } from 'vitest';

import { addChunk, newBlob } from '../src/store/blobs';
import { ENTITY_NAMES } from '../src/store/db';
import type { Store } from '../src/store/store';
import { TestClock } from '../tests/device';
import { LiveDevice, setting } from './live-device';

const aide = () => setting('SUIXING_TEST_TOKEN');

/** All visible rows of a trip, without what only the device knows. */
async function replica(store: Store, trip: string): Promise<unknown[]> {
  const all = await Promise.all(ENTITY_NAMES.map((name) => store.db.rows(name).toArray()));
  const rows = all.flat().filter((row) => row.trip === trip && !row.local.deleted);
  return rows.map(({ local, ...row }) => ({ ...row, seq: local.seq })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function makeTrip(device: LiveDevice): Promise<string> {
  const trip = device.store.newId();
  const fields = { kind: 'research' as const, title: '三村调研' };
  await device.store.write([{ trip, entity: 'trip', record: trip, fields }]);
  return trip;
}

async function addNote(device: LiveDevice, trip: string, text: string): Promise<string> {
  const id = device.store.newId();
  await device.store.write([{ trip, entity: 'note', record: id, fields: { kind: 'observation', text } }]);
  return id;
}

const unsent = (store: Store) => store.db.outbox.count();

describe('two phones of one user', () => {
  it('have the same trip after each has synced, made offline on the first', async () => {
    const [first, second] = [new LiveDevice(aide()), new LiveDevice(aide())];
    first.weather = () => 'down';
    const trip = await makeTrip(first);
    await addNote(first, trip, '村口老井水位下降约两米');
    expect((await first.sync()).problem).toMatchObject({ code: 'offline' });
    expect(await unsent(first.store)).toBe(2);
    first.weather = () => 'fair';
    expect(await first.sync()).toMatchObject({ state: 'idle', problem: null });
    await second.sync();
    expect(await unsent(first.store)).toBe(0);
    const rows = await replica(second.store, trip);
    expect(rows).toEqual(await replica(first.store, trip));
    expect(rows.map((row) => (row as { text?: string }).text)).toContain('村口老井水位下降约两米');
  });

  it('keep edits of different fields both, and agree on one value where they edited the same', async () => {
    const [first, second] = [new LiveDevice(aide()), new LiveDevice(aide())];
    const trip = await makeTrip(first);
    const id = await addNote(first, trip, '原文');
    await first.sync();
    await second.sync();
    const edit = (device: LiveDevice, fields: object) =>
      device.store.write([{ trip, entity: 'note', record: id, fields }]);
    await edit(first, { certainty: 'sure' });
    await edit(second, { sensitivity: 'normal', lat: 30.5 });
    await edit(first, { text: '第一人' });
    await edit(second, { text: '第二人' });
    for (const device of [first, second, first, second]) await device.sync();
    const [here, there] = [
      await first.store.db.rows('note').get(id),
      await second.store.db.rows('note').get(id),
    ];
    expect(here).toMatchObject({ certainty: 'sure', lat: 30.5 });
    expect(await replica(first.store, trip)).toEqual(await replica(second.store, trip));
    expect(here?.local.contested).toHaveProperty('text');
    expect(there?.local.contested).toEqual(here?.local.contested);
  });

  it('lose and double nothing when answers get lost, and when one phone has a wrong clock', async () => {
    const wrong = new TestClock(Date.now() - 40 * 86_400_000);
    const [first, second] = [new LiveDevice(aide()), new LiveDevice(aide(), wrong)];
    const trip = await makeTrip(first);
    await first.sync();
    await second.sync();
    let turn = 0;
    const shaky = () => (['fair', 'lost', 'down', 'fair', 'lost', 'fair'] as const)[turn++ % 6] ?? 'fair';
    for (const device of [first, second]) device.weather = shaky;
    // Letters, for the server compares numbers, and its flags would arrive in the midst of it.
    for (const letter of 'abcdefghijkl') {
      await addNote(first, trip, `甲 ${letter}`);
      await addNote(second, trip, `乙 ${letter}`);
      await first.sync();
      await second.sync();
    }
    for (const device of [first, second]) device.weather = () => 'fair';
    for (const device of [first, second, first]) await device.sync();
    expect(await unsent(first.store)).toBe(0);
    expect(await unsent(second.store)).toBe(0);
    const rows = await replica(first.store, trip);
    expect(rows).toEqual(await replica(second.store, trip));
    const texts = rows
      .map((row) => (row as { text?: string }).text)
      .filter((text) => text?.match(/^[甲乙] /));
    expect(new Set(texts).size).toBe(24);
    expect(texts).toHaveLength(24);
  });
});

describe('a refusal', () => {
  it('of one change leaves the others through and stays on the phone with its code', async () => {
    const device = new LiveDevice(aide());
    const trip = await makeTrip(device);
    await addNote(device, trip, '前');
    const member = { user: device.store.newId(), role: 'viewer' as const, name: '不速之客' };
    const record = device.store.newId();
    await device.store.write([{ trip, entity: 'member', record, fields: member }]);
    await addNote(device, trip, '后');
    expect(await device.sync()).toMatchObject({ state: 'idle' });
    const left = await device.store.db.outbox.toArray();
    expect(left).toMatchObject([{ entity: 'member', state: 'rejected' }]);
    expect(left[0]?.problem?.code).toBeTruthy();
    expect(await device.store.db.rows('member').get(record)).toMatchObject({ local: { rejected: 1 } });
  });

  it('of the whole session blocks sending, not saving', async () => {
    const device = new LiveDevice('not-a-token');
    const trip = await makeTrip(device);
    expect(await device.sync()).toMatchObject({ state: 'blocked', problem: { status: 401 } });
    await addNote(device, trip, '照样记');
    expect(await unsent(device.store)).toBe(2);
    expect((await device.store.db.settings.get('session.expired'))?.value).toBe(true);
    device.http.authorization = `Bearer ${aide()}`;
    expect(await device.sync()).toMatchObject({ state: 'idle' });
    expect(await unsent(device.store)).toBe(0);
    expect((await device.store.db.settings.get('session.expired'))?.value).toBe(false);
  });

  it('of a stranger gives away no trip of others', async () => {
    const [member, stranger] = [new LiveDevice(aide()), new LiveDevice(setting('SUIXING_TEST_STRANGER'))];
    const trip = await makeTrip(member);
    await member.sync();
    await addNote(stranger, trip, '混入');
    await stranger.sync();
    expect(await replica(member.store, trip)).toEqual(
      (await member.sync(), await replica(member.store, trip)),
    );
    expect((await stranger.store.db.feed.get(trip))?.problem?.status).toBeGreaterThanOrEqual(403);
    expect(await unsent(stranger.store)).toBe(1);
  });
});

describe('bytes', () => {
  const pieces = [
    new Uint8Array(1_300_000).fill(7),
    new Uint8Array(1_300_000).fill(9),
    new Uint8Array(77).fill(3),
  ];

  async function hashOf(parts: Uint8Array<ArrayBuffer>[]): Promise<string> {
    const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  async function keep(device: LiveDevice, trip: string, sha256?: string): Promise<string> {
    const { store } = device;
    const media = store.newId();
    const what = { kind: 'file', mime: 'application/octet-stream', state: 'writing', startedAt: 1 } as const;
    await store.db.blobs.add(newBlob(media, trip, what));
    for (const piece of pieces) await addChunk(store.db, media, piece.slice().buffer, null);
    const sha = sha256 ?? (await hashOf(pieces));
    await store.db.blobs.update(media, { state: 'whole', sha256: sha });
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const fields = {
      kind: 'file' as const,
      mime: 'application/octet-stream',
      name: '附件',
      size,
      sha256: sha,
    };
    await store.write([{ trip, entity: 'media', record: media, fields }]);
    return media;
  }

  it('get their second receipt after a pause in the middle, sent on from where they were', async () => {
    const device = new LiveDevice(aide());
    const trip = await makeTrip(device);
    const media = await keep(device, trip);
    const { store } = device;
    device.onProgress = () => {
      device.onProgress = () => undefined;
      device.engine.wake(); // as a save would: it goes before the next piece
    };
    await device.sync();
    expect(device.transfers).toEqual(['paused', 'stored']);
    expect(await store.db.blobs.get(media)).toMatchObject({ uploaded: 2_600_077, problem: null });
    expect((await store.db.blobs.get(media))?.storedAt).toBeGreaterThan(0);
    expect((await store.db.rows('media').get(media))?.stored_at).toBeTruthy();
  });

  it('whose hash is not what was announced stay on the phone and say why', async () => {
    const device = new LiveDevice(aide());
    const trip = await makeTrip(device);
    const media = await keep(device, trip, 'f'.repeat(64));
    await device.sync();
    const blob = await device.store.db.blobs.get(media);
    expect(blob).toMatchObject({ storedAt: null, problem: { code: 'hash_mismatch' } });
    expect(await device.store.db.chunks.count()).toBe(3);
  });
});
