// Phones that hold what a backup lacks, the server lost and restored from it: what they had is there again, once.
import { sha256 } from 'hash-wasm';
import { expect, it } from 'vitest';

import { ENTITIES, type EntityName } from '../../src/generated/entities';
import { newBlob } from '../../src/store/blobs';
import type { AnyRow } from '../../src/store/rows';
import { LiveDevice, setting } from '../live-device';

const PEOPLE_MAKE: EntityName[] = ['trip', 'note', 'stop', 'media', 'member'];
const aide = () => phone('SUIXING_TEST_TOKEN');
const companion = () => phone('SUIXING_TEST_STRANGER');

async function phone(token: string): Promise<LiveDevice> {
  const device = new LiveDevice(setting(token));
  const session = await device.http.readSession();
  if (!session.ok) throw new Error('signed in');
  await device.store.db.settings.put({ key: 'session.user', value: session.value.user });
  return device;
}

/** Asks the test that started the server: `backup`, or `restore` = the server is lost and begun from the backup. */
async function ask(what: 'backup' | 'restore'): Promise<void> {
  const answer = await fetch(`${setting('SUIXING_TEST_CONTROL')}/${what}`, { method: 'POST' });
  expect(answer.status, await answer.text()).toBe(200);
}

const ids = (device: LiveDevice, count: number) => Array.from({ length: count }, () => device.store.newId());

async function begin(device: LiveDevice, title: string): Promise<string> {
  const trip = device.store.newId();
  await device.store.write([{ trip, entity: 'trip', record: trip, fields: { kind: 'research', title } }]);
  return trip;
}

async function note(device: LiveDevice, trip: string, record: string, text: string): Promise<void> {
  await device.store.write([{ trip, entity: 'note', record, fields: { kind: 'observation', text } }]);
}

async function file({ store }: LiveDevice, trip: string, seed: number): Promise<string> {
  const media = store.newId();
  const bytes = Uint8Array.from({ length: 60_000 }, (_, n) => (n * seed) % 251);
  const row = { kind: 'file' as const, mime: 'text/plain', sha256: await sha256(bytes), size: bytes.length };
  const blob = newBlob(media, trip, { kind: 'file', mime: 'text/plain', state: 'whole', startedAt: seed });
  await store.write([{ trip, entity: 'media', record: media, fields: row }], {
    also: [store.db.blobs, store.db.chunks],
    inside: async () => {
      await store.db.chunks.add({ media, start: 0, data: bytes.buffer });
      await store.db.blobs.add({ ...blob, size: bytes.length, chunks: 1, sha256: row.sha256 });
    },
  });
  return media;
}

async function join(device: LiveDevice, trip: string, member: LiveDevice): Promise<void> {
  const session = await member.http.readSession();
  const user = session.ok ? session.value.user?.id : '';
  const answer = await device.http.send('POST', `/trips/${trip}/members`, { user, role: 'companion' });
  expect(answer.ok).toBe(true);
}

async function syncAll(devices: readonly LiveDevice[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) for (const device of devices) await device.sync();
}

/** What of a row people see and wrote: without what the server tells of its own work on a file. */
function told(entity: EntityName, row: AnyRow): Record<string, unknown> {
  const values = { ...row } as unknown as Record<string, unknown>;
  const own = entity === 'media' ? ['kind', 'sha256', 'size', 'mime'] : Object.keys(ENTITIES[entity].fields);
  const fields = Object.fromEntries(own.map((name) => [name, values[name] ?? null]));
  // A membership that was given anew is of a new day.
  const born = entity === 'member' ? null : [row.created_by, row.created_at];
  return { entity, id: row.id, born, deleted: row.local.deleted, ...fields };
}

async function picture({ store }: LiveDevice, trips: readonly string[]) {
  const found: Record<string, unknown>[] = [];
  for (const entity of PEOPLE_MAKE) {
    const rows = await store.db.rows(entity).toArray();
    found.push(...rows.filter(({ trip }) => trips.includes(trip)).map((row) => told(entity, row)));
  }
  return found.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
}

async function owed({ store }: LiveDevice): Promise<unknown[]> {
  const blobs = await store.db.blobs.filter((blob) => blob.storedAt === null).toArray();
  return [...(await store.db.outbox.toArray()), ...blobs];
}

async function contested({ store }: LiveDevice): Promise<string[]> {
  const rows = await store.db.rows('note').toArray();
  return rows.filter((row) => row.local.contested !== null).map((row) => row.id);
}

async function assertBytes(device: LiveDevice, media: readonly string[]): Promise<void> {
  for (const id of media) {
    const row = await device.store.db.rows('media').get(id);
    const url = `${setting('SUIXING_TEST_URL')}/api/v1/media/${id}/content`;
    const answer = await fetch(url, { headers: { Authorization: device.http.authorization ?? '' } });
    expect(answer.status).toBe(200);
    expect(await sha256(new Uint8Array(await answer.arrayBuffer()))).toBe(row?.sha256);
  }
}

it('all that three phones had given to the lost server is on the restored one, once and unmarked', async () => {
  const [one, two, other] = [await aide(), await aide(), await companion()];
  const trip = await begin(one, '备份之前建的');
  const [edited = '', both = '', removed = '', ...rest] = ids(one, 8);
  for (const id of [edited, both, removed, ...rest]) await note(one, trip, id, `备份里的 ${id}`);
  const media = [await file(one, trip, 3)];
  await one.sync();
  await join(one, trip, other);
  await syncAll([one, two, other], 2);
  await ask('backup');

  for (const id of ids(one, 10)) await note(one, trip, id, `备份之后 ${id}`);
  for (const id of ids(other, 5)) await note(other, trip, id, `同行者的 ${id}`);
  await note(one, trip, edited, '备份之后改的');
  await syncAll([one, two, other], 1);
  await two.store.write([{ trip, entity: 'note', record: both, fields: { certainty: 'sure' } }]);
  await one.store.write([{ trip, entity: 'note', record: removed, deleted: true }]);
  media.push(await file(one, trip, 5), await file(other, trip, 7));
  const later = await begin(one, '备份之后建的');
  for (const id of ids(one, 4)) await note(one, later, id, `新行程 ${id}`);
  media.push(await file(one, later, 11));
  await one.sync();
  await join(one, later, other);
  await other.sync();
  for (const id of ids(other, 3)) await note(other, later, id, `新行程里同行者的 ${id}`);
  await syncAll([other, one, two], 2);
  const before = await picture(one, [trip, later]);
  expect(await picture(two, [trip, later])).toEqual(before);
  expect([await owed(one), await owed(two), await owed(other)]).toEqual([[], [], []]);
  // Without network, after the server's last day: an edit made on a state that the backup does not hold.
  await two.store.write([{ trip, entity: 'note', record: edited, fields: { text: '断网时改的' } }]);

  await ask('restore');
  await syncAll([other, two, one, other, two], 2);
  const due = before.map((row) => (row['id'] === edited ? { ...row, text: '断网时改的' } : row));
  const fresh = await aide();
  await syncAll([one, two, fresh], 2);
  for (const device of [one, two, fresh]) expect(await picture(device, [trip, later])).toEqual(due);
  expect(await picture(other, [trip, later])).toEqual(due);
  expect([await owed(one), await owed(two), await owed(other)]).toEqual([[], [], []]);
  expect(await contested(fresh)).toEqual([]);
  await assertBytes(fresh, media);
}, 240_000);
