// Questions and matters that captures turn into.
import type { Fields } from '../store/store';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import { store } from './context';
import { tripRows } from './rows';

/** 待问: something to ask of a person or at a stop. `draftKey` is dropped in the same transaction. */
export async function createQuestion(
  trip: string,
  fields: Fields<'question'> & { text: string },
  draftKey?: string,
): Promise<string> {
  const id = store().newId();
  const { drafts } = store().db;
  await store().write([{ trip, entity: 'question', record: id, fields }], {
    also: [drafts],
    inside: async () => {
      if (draftKey) await drafts.delete(draftKey);
    },
  });
  return id;
}

export async function answerQuestion(row: Row<'question'>, answer: string): Promise<void> {
  await store().write([
    { trip: row.trip, entity: 'question', record: row.id, fields: { answer, state: 'answered' } },
  ]);
}

export function liveQuestions(trip: string): Live<Row<'question'>[]> {
  return live(() => tripRows('question', trip), []);
}

export async function createMatter(
  trip: string,
  fields: Fields<'matter'> & { text: string },
): Promise<string> {
  const id = store().newId();
  await store().write([{ trip, entity: 'matter', record: id, fields }]);
  return id;
}

export function liveMatters(trip: string): Live<Row<'matter'>[]> {
  return live(() => tripRows('matter', trip), []);
}
