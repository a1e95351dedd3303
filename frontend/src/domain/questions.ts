// What is to be asked, looked at or asked for: whose day it is on, what was answered, and what proves the answer.
import type { Reference } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import type { Fields, Write } from '../store/store';
import { store } from './context';
import { rowById, tripRows } from './rows';

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

/** Keeps the answer; the draft it was typed in goes in the same transaction. */
export async function answerQuestion(row: Row<'question'>, answer: string, draftKey?: string): Promise<void> {
  const { drafts } = store().db;
  const fields = { answer, state: 'answered' } as const;
  await store().write([{ trip: row.trip, entity: 'question', record: row.id, fields }], {
    also: [drafts],
    inside: async () => {
      if (draftKey) await drafts.delete(draftKey);
    },
  });
}

export function liveQuestions(trip: string): Live<Row<'question'>[]> {
  return live(() => tripRows('question', trip), []);
}

/** What proves an answer; a row that was pulled before the field came has none. */
export function evidenceOf(row: Row<'question'>): Reference[] {
  const { evidence = [] }: Partial<Row<'question'>> = row;
  return evidence;
}

/** The change that adds one piece of evidence; nothing when it is there already or the question is gone. */
export async function evidenceWrite(question: string, proof: Reference): Promise<Write<'question'>[]> {
  const row = await rowById('question', question);
  if (row === null) return [];
  const known = evidenceOf(row);
  if (known.some((one) => one.record === proof.record)) return [];
  return [{ trip: row.trip, entity: 'question', record: question, fields: { evidence: [...known, proof] } }];
}

export async function addEvidence(question: string, proof: Reference): Promise<void> {
  await store().write(await evidenceWrite(question, proof));
}

/** Takes a piece of evidence off the question; the photo, sound or note itself stays where it is. */
export async function removeEvidence(row: Row<'question'>, record: string): Promise<void> {
  const evidence = evidenceOf(row).filter((one) => one.record !== record);
  await store().write([{ trip: row.trip, entity: 'question', record: row.id, fields: { evidence } }]);
}

export interface Proof {
  reference: Reference;
  note: Row<'note'> | null;
  media: Row<'media'> | null;
}

/** The records behind references, in their order; those not on this phone yet have neither row. */
export function liveProofs(references: readonly Reference[]): Live<Proof[]> {
  return live(
    () =>
      Promise.all(
        references.map(async (reference) => ({
          reference,
          note: reference.entity === 'note' ? await rowById('note', reference.record) : null,
          media: reference.entity === 'media' ? await rowById('media', reference.record) : null,
        })),
      ),
    [],
  );
}
