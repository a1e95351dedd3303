// Live queries are asked anew before what they note grows, and hear everything all the same.
import { expect, it, vi } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import { watch } from './watch';

it('a query over what seldom changes is asked anew now and then, and hears the change that comes', async () => {
  const { db } = newDeviceStore().store;
  let asked = 0;
  const heard: unknown[] = [];
  const query = async () => {
    asked += 1;
    return (await db.settings.get('theme'))?.value;
  };
  const stop = watch(query, { next: (value) => heard.push(value) });
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  for (let n = 0; n < 300; n += 1) await db.drafts.put({ key: `k${n}`, trip: 't', at: n, content: {} });
  await vi.waitFor(() => expect(asked).toBeGreaterThanOrEqual(4));
  expect(asked).toBeLessThanOrEqual(6);
  await db.settings.put({ key: 'theme', value: 'dark' });
  await vi.waitFor(() => expect(heard.at(-1)).toBe('dark'));
  stop();
  const before = asked;
  await db.settings.put({ key: 'theme', value: 'light' });
  for (let n = 0; n < 100; n += 1) await db.drafts.put({ key: `k${n}`, trip: 't', at: n, content: {} });
  expect(asked).toBe(before);
});
