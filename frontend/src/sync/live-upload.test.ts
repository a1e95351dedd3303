// A recording that is sent while it runs: when it may, how far it goes, how it ends.
import { beforeEach, describe, expect, it } from 'vitest';

import { all, newDeviceStore, TestClock } from '../../tests/device';
import { addChunk, newBlob } from '../store/blobs';
import type { Store } from '../store/store';
import { type EngineStatus, IDLE_STATUS } from '../store/sync-state';
import { LiveUpload } from './live-upload';
import {
  afterTransfer,
  dueUploads,
  growingUploads,
  type Transfer,
  type TransferResult,
  uploadOne,
} from './upload';

let store: Store;
let clock: TestClock;
let media: string;
let sent: Transfer[];
let engine: EngineStatus;
let allowed: boolean;
let answer: TransferResult;

beforeEach(async () => {
  clock = new TestClock();
  store = newDeviceStore(clock).store;
  [sent, engine, allowed, answer] = [[], IDLE_STATUS, true, { ok: false, kind: 'paused' }];
  const trip = store.newId();
  media = store.newId();
  await store.write([{ trip, entity: 'media', record: media, fields: { kind: 'audio' } }]);
  const what = { kind: 'audio', mime: 'audio/webm', state: 'writing', startedAt: 1 } as const;
  await store.db.blobs.add(newBlob(media, trip, what));
});

/** The server has told of the row: it knows it. */
const makeKnown = () => store.db.rows('media').toCollection().modify({ 'local.seq': 3 });

async function record(seconds: number): Promise<void> {
  for (let n = 0; n < seconds; n += 1) await addChunk(store.db, media, new ArrayBuffer(4000), (n + 1) * 1000);
}

function liveUpload(): LiveUpload {
  return new LiveUpload({
    store,
    uploader: (transfer) => {
      sent.push(transfer);
      transfer.onUrl('/uploads/1');
      transfer.onProgress(transfer.size);
      return Promise.resolve(answer);
    },
    timers: { set: () => null, clear: () => undefined },
    engine: () => engine,
    allowed: () => Promise.resolve(allowed),
  });
}

describe('a running recording', () => {
  it('waits until the server knows its row and there is enough to send', async () => {
    await record(20);
    await liveUpload().step();
    expect(sent).toEqual([]);
    await makeKnown();
    expect(await growingUploads(store, 100_000)).toEqual([]);
    await liveUpload().step();
    expect(sent).toMatchObject([{ media, length: 'growing', size: 80_000, sha256: '', url: null }]);
  });

  it('goes on from where it was, and its last piece brings length and hash', async () => {
    await makeKnown();
    await record(10);
    const live = liveUpload();
    await live.step();
    await live.step();
    expect(sent).toHaveLength(1);
    await record(10);
    await live.step();
    expect(sent[1]).toMatchObject({ url: '/uploads/1', size: 80_000 });
    await store.db.blobs.update(media, { state: 'whole', sha256: 'ab'.repeat(32) });
    await store.db.outbox.clear();
    await store.db.rows('media').toCollection().modify({ 'local.unsent': 0 });
    const [due] = await all(dueUploads(store));
    if (due === undefined) throw new Error('nothing is due');
    const last: Transfer[] = [];
    await uploadOne(store, async (transfer) => (last.push(transfer), { ok: true }), due, {
      chance: 0,
      pause: () => false,
    });
    expect(last).toMatchObject([{ length: 'deferred', url: '/uploads/1', sha256: 'ab'.repeat(32) }]);
    expect((await store.db.blobs.get(media))?.storedAt).not.toBeNull();
  });

  it('never disturbs the engine, nor a network that the user spares', async () => {
    await makeKnown();
    await record(20);
    for (const state of ['pushing', 'pulling', 'uploading', 'blocked'] as const) {
      engine = { ...IDLE_STATUS, state };
      await liveUpload().step();
    }
    engine = { ...IDLE_STATUS, state: 'waiting', problem: { code: 'offline' } };
    await liveUpload().step();
    [engine, allowed] = [IDLE_STATUS, false];
    await liveUpload().step();
    expect(sent).toEqual([]);
  });

  it('rests after a failure, and asks to stop as soon as the engine has work', async () => {
    await makeKnown();
    await record(20);
    answer = { ok: false, kind: 'busy', problem: { code: 'locked' }, retryAfterMs: null };
    const live = liveUpload();
    await live.step();
    expect(sent[0]?.pause()).toBe(false);
    engine = { ...IDLE_STATUS, state: 'pushing' };
    expect(sent[0]?.pause()).toBe(true);
    engine = IDLE_STATUS;
    await record(20);
    await live.step();
    expect(sent).toHaveLength(1);
    clock.ms += 31_000;
    await live.step();
    expect(sent).toHaveLength(2);
    expect(await store.db.blobs.get(media)).toMatchObject({ attempts: 0, problem: null });
  });

  it('of which the server has more than this phone kept is sent anew', async () => {
    const blob = { ...(await store.db.blobs.get(media)), deferred: true } as Parameters<
      typeof afterTransfer
    >[0];
    const refused = { ok: false, kind: 'refused', problem: { code: 'upload_length', status: 400 } } as const;
    expect(afterTransfer(blob, { ...refused, retryAfterMs: null }, 1000, 0)).toMatchObject({
      deferred: false,
      uploadUrl: null,
      uploaded: 0,
    });
  });

  it('has chunks that no later write can change', async () => {
    await record(2);
    const again = store.db.chunks.add({ media, start: 4000, data: new ArrayBuffer(9) });
    await expect(again).rejects.toThrow();
    expect((await store.db.chunks.get([media, 4000]))?.data.byteLength).toBe(4000);
  });
});
