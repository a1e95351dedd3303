// Unsent long texts over what was pulled: the screen shows at once what the server will make of both.
import { beforeEach, describe, expect, it } from 'vitest';

import { pulled, SyncedDevice } from '../../tests/synced';
import { pushBody, takeBatch } from './push';

let { store, trip, note, outbox, write, answer, pull } = new SyncedDevice();

beforeEach(() => {
  ({ store, trip, note, outbox, write, answer, pull } = new SyncedDevice());
});

describe('an unsent long text over what was pulled', () => {
  const text = async (id: string) => (await note(id))?.text;
  async function known(lines: string): Promise<string> {
    const id = store.newId();
    await pull([pulled(id, 5, lines)], 5);
    return id;
  }

  it('hides nothing that another device wrote to another paragraph, and is sent as it was written', async () => {
    const id = await known('一\n二\n三');
    await write('一\n二\n三，我加', id);
    await pull([pulled(id, 6, '一，别人改\n二\n三')], 6);
    expect(await text(id)).toBe('一，别人改\n二\n三，我加');
    const [sent] = (await pushBody(store, await takeBatch(store, trip))).changes;
    expect(sent).toMatchObject({ base: 5, fields: { text: '一\n二\n三，我加' } });
    expect(sent).not.toHaveProperty('before');
  });

  it('shows both versions of a paragraph that two changed', async () => {
    const id = await known('一\n二\n三');
    await write('一\n二甲\n三', id);
    await pull([pulled(id, 6, '一\n二乙\n三')], 6);
    expect(await text(id)).toBe('一\n二乙\n二甲\n三');
  });

  it('is merged in several steps as the server will: each over the text this device wrote before', async () => {
    const id = await known('一\n二\n三');
    await write('一\n二甲\n三', id);
    await answer([{ status: 'applied', seq: 6 }]);
    await write('一\n二甲二\n三', id);
    expect(await text(id)).toBe('一\n二甲二\n三');
    await pull([pulled(id, 7, '一，别人改\n二甲\n三')], 7);
    expect(await outbox()).toMatchObject([{ state: 'queued', fields: { text: '一\n二甲二\n三' } }]);
    expect(await text(id)).toBe('一，别人改\n二甲二\n三');
  });

  it('stays as typed while it is typed on, and where the record was born here', async () => {
    const id = await known('一');
    await write('二', id);
    await write('三', id);
    expect(await text(id)).toBe('三');
    const own = await write('草稿');
    await answer([
      { status: 'applied', seq: 6 },
      { status: 'applied', seq: 7 },
    ]);
    await write('定稿', own);
    await pull([pulled(own, 8, '草稿\n别人加')], 8);
    expect(await text(own)).toBe('定稿\n别人加');
  });

  it('stands alone where together they would be longer than a text may be', async () => {
    const id = await known('一\n二');
    await write(`一\n二${'甲'.repeat(150_000)}`, id);
    await pull([pulled(id, 6, `一${'乙'.repeat(150_000)}\n二`)], 6);
    expect((await text(id))?.startsWith('一\n二甲')).toBe(true);
  });
});
