// What a person decides about two accounts, and its way back: a ruling is superseded, never lost.
import { beforeEach, describe, expect, it } from 'vitest';

import { newDeviceStore, TestClock } from '../../tests/device';
import type { Account } from '../generated/entities';
import type { Row } from '../store/rows';
import type { Fields, Store } from '../store/store';
import { addPhotos, openCamera, placeOfCamera } from './camera';
import {
  askAgain,
  byGravity,
  isExplained,
  natureOf,
  reopenContradiction,
  ruleContradiction,
  takeBack,
  takeBackAsking,
} from './contradictions';
import { useStore } from './context';
import { keepDraft, loadDraft } from './drafts';
import { addEvidence, answerQuestion, createQuestion, evidenceOf, removeEvidence } from './questions';
import { createTrip } from './trips';

const NOON = Date.parse('2026-11-23T04:00:00.000Z');
let store: Store;
let clock: TestClock;
let trip: string;

beforeEach(async () => {
  clock = new TestClock(NOON);
  store = newDeviceStore(clock).store;
  useStore(store);
  trip = await createTrip({ kind: 'research', title: '三村调研' });
  await store.db.settings.put({ key: 'session.user', value: { id: 'u1' } });
});

async function flag(fields: Fields<'contradiction'> = {}): Promise<Row<'contradiction'>> {
  const record = store.newId();
  const text = { entity: 'note', record, field: 'text', quote: '八万', start: 0, end: 2 } as const;
  const a: Account = { ...text, value: '80000' };
  const told = { a, b: a, reason: { zh: '数不同' }, ...fields };
  await store.write([{ trip, entity: 'contradiction', record, fields: told }]);
  return read(record);
}

async function read(id: string): Promise<Row<'contradiction'>> {
  const row = await store.db.rows('contradiction').get(id);
  if (!row) throw new Error('no row');
  return row;
}

async function question(id: string): Promise<Row<'question'>> {
  const row = await store.db.rows('question').get(id);
  if (!row) throw new Error('no row');
  return row;
}

describe('the way back', () => {
  it('of asking again leaves a standing ruling, and the question goes', async () => {
    const row = await flag();
    await ruleContradiction(row, 'a', '以账本为准');
    const was = await read(row.id);
    const asked = await askAgain(was, { text: '账上究竟多少？' });
    expect((await read(row.id)).state).toBe('verifying');
    await takeBackAsking(was, asked);
    expect(await read(row.id)).toMatchObject({ state: 'ruled', ruling: was.ruling });
    expect((await question(asked)).local.deleted).toBe(true);
  });

  it('of asking says nothing of the ruling, so that one made meanwhile elsewhere stands', async () => {
    const was = await flag();
    const asked = await askAgain(was, { text: '账上究竟多少？' });
    await takeBackAsking(was, asked);
    const changes = await store.db.outbox.where('entity').equals('contradiction').toArray();
    expect(changes.some((change) => 'ruling' in change.fields)).toBe(false);
    expect((await read(was.id)).state).toBe('open');
  });

  it('of a new ruling is the ruling before it', async () => {
    const row = await flag();
    await ruleContradiction(row, 'a', '');
    const was = await read(row.id);
    await ruleContradiction(was, 'both', '口径不同');
    await takeBack(was);
    expect((await read(row.id)).ruling).toEqual(was.ruling);
  });

  it('opened again, a ruling still stands until somebody rules anew', async () => {
    const row = await flag();
    await ruleContradiction(row, 'b', '');
    await reopenContradiction(await read(row.id));
    expect(await read(row.id)).toMatchObject({ state: 'open', ruling: { verdict: 'b' } });
  });
});

describe('the order of the list', () => {
  it('is what hangs on it, then how sure the comparison is', async () => {
    const rows = [
      await flag({ consequence: 'none', confidence: 0.99 }),
      await flag({ consequence: 'money', confidence: 0.6 }),
      await flag({ consequence: 'safety', confidence: 0.5 }),
      await flag({ consequence: 'money', confidence: 0.9 }),
    ];
    const places = byGravity(rows).map((row) => rows.findIndex(({ id }) => id === row.id));
    expect(places).toEqual([2, 3, 1, 0]);
  });

  it('takes a row of an older version for what it meant then', async () => {
    const { difference: _, consequence: __, ...old } = await flag();
    expect(natureOf(old as Row<'contradiction'>)).toEqual({ difference: 'differ', consequence: 'none' });
    expect(isExplained(await flag({ difference: 'changed' }))).toBe(true);
    expect(isExplained(await flag({ difference: 'unit' }))).toBe(false);
  });
});

describe('the evidence of an answer', () => {
  it('is said in the transaction that keeps the photo, and once', async () => {
    const id = await createQuestion(trip, { text: '看名册', kind: 'paper' });
    const key = await openCamera({ trip, stop: null, question: id });
    const draft = await loadDraft(key);
    if (!draft) throw new Error('no draft');
    expect(placeOfCamera(draft)).toMatchObject({ trip, question: id });
    const photo = new File(['not really a picture'], '名册.jpg', { type: 'image/jpeg' });
    await addPhotos([photo], placeOfCamera(draft), key);
    const [media] = await store.db.rows('media').toArray();
    const proof = { entity: 'media', record: media?.id ?? '' };
    expect(evidenceOf(await question(id))).toEqual([proof]);
    await addEvidence(id, proof);
    expect(evidenceOf(await question(id))).toHaveLength(1);
    await removeEvidence(await question(id), proof.record);
    expect(evidenceOf(await question(id))).toEqual([]);
    expect(await store.db.rows('media').count()).toBe(1);
  });

  it('comes with an answer that takes its draft with it', async () => {
    const id = await createQuestion(trip, { text: '几户？' });
    await keepDraft(`answer:${id}`, trip, { answer: '三百五' });
    await answerQuestion(await question(id), '三百五十户', `answer:${id}`);
    expect(await question(id)).toMatchObject({ state: 'answered', answer: '三百五十户' });
    expect(await loadDraft(`answer:${id}`)).toBeNull();
  });
});
