// Unsent proofs over what was pulled: nothing that another device added is hidden, nothing is sent that was not written.
import { beforeEach, describe, expect, it } from 'vitest';

import { CREATED, SyncedDevice } from '../../tests/synced';
import type { Reference } from '../generated/entities';
import { pushBody, takeBatch } from './push';

let { store, trip, answer, pull: pullRows } = new SyncedDevice();
let id: string;

const proof = (record: string): Reference => ({ entity: 'note', record });

beforeEach(async () => {
  ({ store, trip, answer, pull: pullRows } = new SyncedDevice());
  id = store.newId();
  await pull(5, ['old']);
});

async function pull(seq: number, proofs: string[]): Promise<void> {
  // as another server or library may write it: the keys in another order
  const evidence = proofs.map((record) => ({ record, entity: 'note' }));
  const fields = { text: '多少户？', evidence, created_at: CREATED };
  const rows = [{ entity: 'question' as const, record: id, seq, fields }];
  await pullRows(rows, seq);
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
    await answer([{ status: 'applied', seq: 6 }]);
    await write('old', 'mine', 'next');
    await pull(7, ['old', 'mine', 'theirs']);
    expect(await shown()).toEqual(['old', 'mine', 'theirs', 'next']);
  });
});
