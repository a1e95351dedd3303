// Two accounts that differ: the list, one of them with its context, and what a person decides.
import type { Account, ContradictionState, Ruling } from '../generated/entities';
import { instant } from '../kernel/clock';
import { live, type Live } from '../store/live.svelte';
import { readSetting } from '../store/settings';
import type { Row } from '../store/rows';
import type { Write } from '../store/store';
import { store } from './context';
import { rowById, tripRows } from './rows';

/** Of a trip, newest first; the withdrawn ones only when asked for. */
export function liveContradictions(
  trip: string,
  states: readonly ContradictionState[] = ['open', 'verifying', 'ruled'],
): Live<Row<'contradiction'>[]> {
  return live(async () => {
    const rows = await tripRows('contradiction', trip);
    return rows.filter((row) => states.includes(row.state)).reverse();
  }, []);
}

export interface AccountView extends Account {
  person: Row<'person'> | null;
  /** When it was said, ISO; null when the record is not on this device. */
  saidAt: string | null;
  stop: Row<'stop'> | null;
}

export interface ContradictionView {
  row: Row<'contradiction'>;
  a: AccountView;
  b: AccountView;
}

/** One contradiction with speakers, times and places of both accounts. */
export function liveContradiction(id: string): Live<ContradictionView | null> {
  return live(async () => {
    const row = await rowById('contradiction', id);
    if (row === null) return null;
    const [a, b] = await Promise.all([viewAccount(row.a), viewAccount(row.b)]);
    return { row, a, b };
  }, null);
}

async function viewAccount(account: Account): Promise<AccountView> {
  const person = account.speaker ? await rowById('person', account.speaker) : null;
  const { at, stop } = await placeOf(account);
  return { ...account, person, saidAt: at, stop: stop === null ? null : await rowById('stop', stop) };
}

interface Place {
  at: string | null;
  stop: string | null;
}

const NOWHERE: Place = { at: null, stop: null };

async function placeOf(account: Account): Promise<Place> {
  if (account.entity === 'note') return placeOfNote(account.record);
  if (account.entity === 'segment' && account.media) return placeInSound(account.media, account.at_ms ?? 0);
  return NOWHERE;
}

async function placeOfNote(id: string): Promise<Place> {
  const note = await rowById('note', id);
  return note === null ? NOWHERE : { at: note.said_at ?? note.created_at, stop: note.stop };
}

async function placeInSound(id: string, atMs: number): Promise<Place> {
  const media = await rowById('media', id);
  if (media === null) return NOWHERE;
  const start = media.captured_at;
  return { at: start === null ? null : instant(Date.parse(start) + atMs), stop: media.stop };
}

/** Rules on a contradiction; a later ruling supersedes, the history keeps every one. */
export async function ruleContradiction(
  row: Row<'contradiction'>,
  verdict: Ruling['verdict'],
  reason: string,
): Promise<void> {
  const user = await readSetting<{ id: string } | null>(store().db, 'session.user', null);
  const ruling: Ruling = { verdict, reason, by: user?.id ?? null, at: instant(store().clock.now()) };
  await store().write([
    { trip: row.trip, entity: 'contradiction', record: row.id, fields: { state: 'ruled', ruling } },
  ]);
}

/** Opens it again: the undo of a ruling. */
export async function reopenContradiction(row: Row<'contradiction'>): Promise<void> {
  await store().write([
    { trip: row.trip, entity: 'contradiction', record: row.id, fields: { state: 'open', ruling: null } },
  ]);
}

/** Ask again: a question for a person or a stop, and the contradiction is being verified. Returns its id. */
export async function askAgain(
  row: Row<'contradiction'>,
  question: { text: string; person?: string | null; stop?: string | null },
): Promise<string> {
  const id = store().newId();
  const source = { entity: 'contradiction', record: row.id };
  const writes: Write[] = [
    { trip: row.trip, entity: 'question', record: id, fields: { ...question, source } },
    { trip: row.trip, entity: 'contradiction', record: row.id, fields: { state: 'verifying' } },
  ];
  await store().write(writes);
  return id;
}
