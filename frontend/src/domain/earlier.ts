// Earlier trips to an organisation: asked of the server, shown and not kept; a pair becomes a question of this trip.
import { type EarlierAccount, type EarlierShown, readEarlier } from '../api/earlier';
import { AppError } from '../kernel/problem';
import type { Reference } from '../generated/entities';
import { http } from './network';
import { createQuestion } from './questions';
import { removeRow } from './rows';

export type { EarlierAccount, EarlierShown };

/** The pairs of two trips that differ; throws an AppError, `offline` without a network. */
export async function earlierTrips(trip: string, unit: string): Promise<EarlierShown[]> {
  const answer = await readEarlier(http(), trip, unit);
  if (!answer.ok) throw new AppError(answer.problem);
  return answer.value;
}

/** Puts the pair on the list of a day; returns what takes it off again. */
export async function askOfPair(
  trip: string,
  pair: EarlierShown,
  question: { text: string; ask_on: string },
): Promise<() => Promise<void>> {
  const here = [pair.a, pair.b].find((account) => account.trip === trip) ?? pair.b;
  const source = { entity: here.entity, record: here.record } as Reference;
  const person = here.speaker ?? null;
  const id = await createQuestion(trip, { ...question, kind: 'person', person, source });
  return () => removeRow('question', { id, trip });
}
