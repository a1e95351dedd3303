// The phone's database of every released version, in the middle of a trip, opened by today's code: every row intact,
// everything that waits still waits, and goes out once.
import { describe, expect, it } from 'vitest';

import { readBlob } from '../src/store/blobs';
import { SuixingDatabase } from '../src/store/db';
import { checkShown } from './harness/invariants';
import { MAX_CHANGES } from '../src/api/sync';
import { takeBatch } from '../src/sync/push';
import { Store } from '../src/store/store';
import { TestClock } from './device';

interface IndexDump {
  name: string;
  keyPath: string | string[];
  unique: boolean;
  multiEntry: boolean;
}

interface StoreDump {
  name: string;
  keyPath: string | string[];
  autoIncrement: boolean;
  indexes: IndexDump[];
  rows: Record<string, unknown>[];
}

interface PhoneDump {
  version: number;
  stores: StoreDump[];
}

const KEPT = import.meta.glob<string>('./phones/*.json.gz.b64', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Entities that phones no longer keep, by the version that gave them up; their rows come from the server alone. */
const GIVEN_UP = new Set(['claim']);

async function unpack(packed: string): Promise<PhoneDump> {
  const bytes = Uint8Array.from(atob(packed.replaceAll('\n', '')), (letter) => letter.charCodeAt(0));
  const text = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
  return JSON.parse(await text.text(), (_key, value: unknown) => bytesOf(value)) as PhoneDump;
}

function bytesOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
  return Uint8Array.from(atob(String(value.$bytes)), (letter) => letter.charCodeAt(0)).buffer;
}

/** The database as the released app left it, made by the browser's own means. */
async function restore(name: string, dump: PhoneDump): Promise<void> {
  const opening = indexedDB.open(name, dump.version);
  opening.onupgradeneeded = () => {
    for (const { name: store, keyPath, autoIncrement, indexes, rows } of dump.stores) {
      const made = opening.result.createObjectStore(store, { keyPath, autoIncrement });
      for (const { name: index, keyPath: path, ...how } of indexes) made.createIndex(index, path, how);
      for (const row of rows) made.add(row);
    }
  };
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(new Error(String(opening.error)));
  });
  database.close();
}

const rowsOf = (dump: PhoneDump, name: string) => dump.stores.find((one) => one.name === name)?.rows ?? [];

describe.each(Object.entries(KEPT))('the phone kept in %s', (file, packed) => {
  async function open() {
    const dump = await unpack(packed);
    const name = `${file}-${crypto.randomUUID()}`;
    await restore(name, dump);
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    const store = new Store(new SuixingDatabase(name), new TestClock(Date.now()), random);
    return { dump, store };
  }

  it('is opened with every row as it was', async () => {
    const { dump, store } = await open();
    expect(rowsOf(dump, 'outbox').length).toBeGreaterThanOrEqual(300);
    for (const { name, rows } of dump.stores) {
      if (GIVEN_UP.has(name)) continue;
      expect(await store.db.table(name).toArray(), name).toEqual(rows);
    }
  });

  it('still shows and still sends all that waits, once', async () => {
    const { dump, store } = await open();
    const waiting = rowsOf(dump, 'outbox').filter((change) => change['state'] === 'queued');
    const changes = await store.db.outbox.where('state').equals('queued').sortBy('n');
    expect(changes.map((change) => change.id)).toEqual(waiting.map((change) => change['id']));
    for (const change of changes) {
      const own = changes.filter((one) => one.record === change.record);
      checkShown(change.id, await store.db.rows(change.entity).get(change.record), own);
    }
    const trip = changes[0]?.trip ?? '';
    const sent = await takeBatch(store, trip);
    expect(sent.map((change) => change.id)).toEqual(changes.slice(0, MAX_CHANGES).map((change) => change.id));
  });

  it('goes on being written to: a new note joins the queue, an old one can be changed', async () => {
    const { dump, store } = await open();
    const [change] = await store.db.outbox.where('state').equals('queued').toArray();
    if (!change) throw new Error('nothing waits');
    const { trip } = change;
    const record = store.newId();
    const fields = { kind: 'observation' as const, text: '换了新版本以后记的' };
    await store.write([{ trip, entity: 'note', record, fields }]);
    const old = (await store.db.rows('note').toArray()).find((row) => row.local.unsent > 0);
    if (!old) throw new Error('no note waits');
    await store.write([{ trip, entity: 'note', record: old.id, fields: { text: '换了新版本以后改的' } }]);
    expect((await store.db.rows('note').get(old.id))?.text).toBe('换了新版本以后改的');
    const before = rowsOf(dump, 'outbox').map((one) => one['id']);
    const after = await store.db.outbox.orderBy('n').toArray();
    expect(after.slice(0, before.length).map((one) => one.id)).toEqual(before);
    expect(after.slice(before.length).map((one) => one.record)).toEqual([record, old.id]);
  });

  it('gives back the bytes of photos and recordings whole', async () => {
    const { dump, store } = await open();
    const blobs = await store.db.blobs.toArray();
    expect(new Set(blobs.map((blob) => blob.kind))).toEqual(new Set(['photo', 'audio']));
    for (const blob of blobs) {
      const chunks = rowsOf(dump, 'chunks').filter((chunk) => chunk['media'] === blob.media);
      const size = chunks.reduce((sum, chunk) => sum + (chunk['data'] as ArrayBuffer).byteLength, 0);
      expect(size).toBe(blob.size);
      expect((await readBlob(store.db, blob.media))?.size).toBe(size);
    }
  });

  it('keeps its name, its drafts and its settings', async () => {
    const { dump, store } = await open();
    const device = rowsOf(dump, 'settings').find((one) => one['key'] === 'device');
    expect(await store.device()).toBe(device?.['value']);
    expect(await store.db.drafts.toArray()).toEqual(rowsOf(dump, 'drafts'));
    expect(rowsOf(dump, 'drafts').length).toBeGreaterThan(0);
  });
});

it('there is one phone for every released version of the database', () => {
  expect(Object.keys(KEPT).length).toBeGreaterThan(0);
});
