// What in the store wakes the engine.
import { expect, it, vi } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import { newBlob } from '../store/blobs';
import { wakeOnStore } from './triggers';

it('a save, a file that is whole and "send now" each wake the engine, a receipt does not', async () => {
  const { store } = newDeviceStore();
  const engine = { wake: vi.fn(), wakeNow: vi.fn() };
  const stop = wakeOnStore(store.db, engine);
  const trip = store.newId();
  await store.write([{ trip, entity: 'note', record: store.newId(), fields: { kind: 'quote', text: '一' } }]);
  await vi.waitFor(() => expect(engine.wake).toHaveBeenCalledTimes(1));
  const what = { kind: 'audio', mime: 'audio/webm', state: 'whole', startedAt: 1 } as const;
  await store.db.blobs.add(newBlob('media', trip, what));
  await vi.waitFor(() => expect(engine.wake).toHaveBeenCalledTimes(2));
  await store.db.blobs.update('media', { storedAt: 5 });
  await store.db.settings.put({ key: 'sync.wanted', value: 9 });
  await vi.waitFor(() => expect(engine.wakeNow).toHaveBeenCalledTimes(1));
  expect(engine.wake).toHaveBeenCalledTimes(2);
  stop();
});
