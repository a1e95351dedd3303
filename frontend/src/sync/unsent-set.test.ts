// Unsent proofs over what was pulled: nothing that another device added is hidden, nothing is sent that was not written.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore } from '../../tests/device';
import type { Reference } from '../generated/entities';
import type { Store } from '../store/store';
import { applyPage } from './pull';
import { applyResults, pushBody, takeBatch } from './push';

const HLC = '1795420800000-0000-server00';
let store: Store;
let trip: string;
let id: string;

const proof = (record: string): Reference => ({ entity: 'note', record });

beforeEach(async () => {
  store = newDeviceStore().store;
  [trip, id] = [store.newId(), store.newId()];
  await pull(5, ['old']);
});

async function pull(seq: number, proofs: string[]): Promise<void> {
  // as another server or library may write it: the keys in another order
  const evidence = proofs.map((record) => ({ record, entity: 'note' }));
  const fields = { text: '多少户？', evidence, created_at: '2026-11-23T08:00:00.000Z' };
  const rows = [{ entity: 'question' as const, record: id, seq, fields }];
  await applyPage(store, trip, { rows, next: seq, more: false, view: 'v1', server_now: 1, hlc: HLC });
}

async function write(...proofs: string[]): Promise<void> {
  const fields = { evidence: proofs.map(proof) };
  await store.write([{ trip, entity: 'question', record: id, fields }]);
}

async function shown(): Promise<string[]> {
  const row = await store.db.rows('question').get(id);
  return (row?.evidence ?? []).map(({ record }) => record);
}

describe('an unsent set over what was pulled', () => {
  it('shows what another device added meanwhile, and is sent as it was written', async () => {
    await write('old', 'mine');
    await pull(6, ['old', 'theirs']);
    expect(await shown()).toEqual(['old', 'theirs', 'mine']);
    const [sent] = (await pushBody(store, await takeBatch(store, trip))).changes;
    expect(sent).toMatchObject({ base: 5, fields: { evidence: [proof('old'), proof('mine')] } });
    expect(sent).not.toHaveProperty('before');
  });

  it('leaves out what either took out', async () => {
    await write();
    await pull(6, ['old', 'theirs']);
    expect(await shown()).toEqual(['theirs']);
  });

  it('lays what is written later over what was accepted and not yet pulled', async () => {
    await write('old', 'mine');
    const batch = await takeBatch(store, trip);
    const result = { id: batch[0]?.id ?? null, status: 'applied' as const, seq: 6 };
    await applyResults(store, batch, { server_now: 1, hlc: HLC, results: [result] });
    await write('old', 'mine', 'next');
    await pull(7, ['old', 'mine', 'theirs']);
    expect(await shown()).toEqual(['old', 'mine', 'theirs', 'next']);
  });
});
