// Files on their way into the store: one transaction, once, with the place and the second they belong to.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore, TestClock } from '../../tests/device';
import { inbox } from '../store/inbox';
import type { Store } from '../store/store';
import { addPhotos, closeCamera, lostCameras, openCamera, placeOfCamera } from './camera';
import { useStore } from './context';
import { imports, waitingInbox } from './importing.svelte';
import { addFile } from './media';
import { createTrip } from './trips';
import { maySendWhileRecording } from './upload-when';

let store: Store;
let clock: TestClock;
let trip: string;

beforeEach(async () => {
  clock = new TestClock();
  store = newDeviceStore(clock).store;
  useStore(store);
  trip = await createTrip({ kind: 'research', title: '三村调研' });
  await inbox().items.clear();
  imports.clear();
});

const photo = (name = 'a.jpg') => new File([new Uint8Array(2_500_000)], name, { type: 'image/jpeg' });

describe('a file', () => {
  it('is on this phone whole: row, bytes in chunks, outbox; or not at all', async () => {
    const id = await addFile(photo(), { trip });
    expect(await store.db.blobs.get(id)).toMatchObject({ state: 'whole', size: 2_500_000, chunks: 3 });
    expect(await store.db.chunks.count()).toBe(3);
    expect(await store.db.outbox.where('[entity+record]').equals(['media', id]).count()).toBe(1);
    const refused = addFile(photo(), { trip, at_ms: -1 });
    await expect(refused).rejects.toThrow('invalid_fields');
    expect(await store.db.blobs.count()).toBe(1);
    expect(await store.db.chunks.count()).toBe(3);
  });

  it('given twice under one id is taken in once', async () => {
    const id = store.newId();
    await addFile(photo(), { trip }, { id });
    await addFile(photo(), { trip }, { id });
    expect(await store.db.rows('media').count()).toBe(1);
    expect(await store.db.chunks.count()).toBe(3);
  });
});

describe('a camera', () => {
  it('is remembered with its place before it opens, and forgotten with its photo', async () => {
    const stop = store.newId();
    const key = await openCamera({ trip, stop });
    expect(await lostCameras()).toEqual([]); // the page that opened it lives
    const draft = await store.db.drafts.get(key);
    if (draft === undefined) throw new Error('not remembered');
    expect(placeOfCamera(draft)).toMatchObject({ trip, stop });
    await addPhotos([photo('1.jpg'), photo('2.jpg')], placeOfCamera(draft), key);
    expect(await store.db.drafts.get(key)).toBeUndefined();
    const taken = await store.db.rows('media').toArray();
    expect(taken.map((row) => row.stop)).toEqual([stop, stop]);
  });

  it('whose page is gone counts as lost', async () => {
    const draft = { key: 'camera:gone', trip, content: {}, at: 1 };
    await store.db.drafts.add(draft);
    expect(await lostCameras()).toEqual([draft]);
  });

  it('closed without a photo leaves nothing', async () => {
    await closeCamera(await openCamera({ trip }));
    expect(await store.db.drafts.count()).toBe(0);
  });
});

describe('what another app handed over', () => {
  const item = (more: object) => ({
    id: store.newId(),
    name: '图.jpg',
    type: 'image/jpeg',
    lastModified: 1,
    data: new ArrayBuffer(10),
    text: '',
    at: 1,
    ...more,
  });

  it('leaves the inbox only as a record, once, even when a kill came between', async () => {
    const [picture, words] = [item({}), item({ data: null, text: '每吨三元', at: 2 })];
    await inbox().items.bulkAdd([picture, words]);
    await imports.place(await waitingInbox(), { trip });
    await imports.place([picture, words], { trip }); // the app died before it cleared the inbox
    expect(await waitingInbox()).toEqual([]);
    expect(await store.db.rows('media').toArray()).toMatchObject([
      { id: picture.id, kind: 'photo', lat: null },
    ]);
    expect(await store.db.rows('note').toArray()).toMatchObject([{ id: words.id, text: '每吨三元' }]);
  });

  it('stays there when it could not be taken in', async () => {
    const picture = item({});
    await inbox().items.add(picture);
    await imports.place([picture], { trip, at_ms: -1 });
    expect(imports.items).toMatchObject([{ media: null, problem: 'invalid_fields' }]);
    expect(await waitingInbox()).toHaveLength(1);
  });
});

describe('sending while recording', () => {
  it('follows the wish, spares data when asked, and needs a known Wi-Fi only if that is the wish', () => {
    const on = { saveData: false, wifi: null };
    expect(maySendWhileRecording('recording', on)).toBe(true);
    expect(maySendWhileRecording('after', { ...on, wifi: true })).toBe(false);
    expect(maySendWhileRecording('recording', { ...on, saveData: true })).toBe(false);
    expect([true, false, null].map((wifi) => maySendWhileRecording('wifi', { ...on, wifi }))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
