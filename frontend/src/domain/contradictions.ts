// Two accounts that differ: the list, one of them with its context, and what a person decides.
import type {
  Account,
  ContradictionConsequence,
  ContradictionDifference,
  ContradictionState,
  Ruling,
} from '../generated/entities';
import { instant } from '../kernel/clock';
import { live, type Live } from '../store/live.svelte';
import { readSetting } from '../store/settings';
import type { Row } from '../store/rows';
import type { Fields, Write } from '../store/store';
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

/** Pairs that another scope or time explains: the server keeps them withdrawn, and a person may open them. */
export function liveExplained(trip: string): Live<Row<'contradiction'>[]> {
  return live(async () => {
    const rows = await tripRows('contradiction', trip);
    return rows.filter((row) => row.state === 'withdrawn' && isExplained(row)).reverse();
  }, []);
}

export interface Nature {
  difference: ContradictionDifference;
  consequence: ContradictionConsequence;
}

/** How two accounts differ and what hangs on it; a row that was pulled before these fields came says neither. */
export function natureOf(row: Row<'contradiction'>): Nature {
  const { difference = 'differ', consequence = 'none' }: Partial<Nature> = row;
  return { difference, consequence };
}

/** Another scope or time explains it: no conflict, and nothing to be red about. */
export function isExplained(row: Row<'contradiction'>): boolean {
  const { difference } = natureOf(row);
  return difference === 'scope' || difference === 'changed';
}

const GRAVEST: readonly ContradictionConsequence[] = ['safety', 'people', 'money', 'deadline', 'none'];

/** The gravest first, then those the comparison is surest of; equals stay in their order. */
export function byGravity(rows: readonly Row<'contradiction'>[]): Row<'contradiction'>[] {
  const place = (row: Row<'contradiction'>) => GRAVEST.indexOf(natureOf(row).consequence);
  return [...rows].sort((a, b) => place(a) - place(b) || (b.confidence ?? 0) - (a.confidence ?? 0));
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

/** Opens it again. What was ruled stands until somebody rules anew. */
export async function reopenContradiction(row: Row<'contradiction'>): Promise<void> {
  await store().write([
    { trip: row.trip, entity: 'contradiction', record: row.id, fields: { state: 'open' } },
  ]);
}

/** The way back of anything decided: what stood before, and of the ruling only what has changed since. */
export async function takeBack(was: Row<'contradiction'>): Promise<void> {
  await store().write(await standingBefore(was));
}

async function standingBefore(was: Row<'contradiction'>): Promise<Write<'contradiction'>[]> {
  const now = await rowById('contradiction', was.id);
  const sameRuling = JSON.stringify(now?.ruling ?? null) === JSON.stringify(was.ruling);
  const fields: Fields<'contradiction'> = {
    ...(now?.state === was.state ? {} : { state: was.state }),
    ...(sameRuling ? {} : { ruling: was.ruling }),
  };
  if (Object.keys(fields).length === 0) return [];
  return [{ trip: was.trip, entity: 'contradiction', record: was.id, fields }];
}

/** Ask again: a question for a person, a place or a paper, and the pair is being verified. Returns its id. */
export async function askAgain(
  row: Row<'contradiction'>,
  question: Fields<'question'> & { text: string },
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

/** The way back of asking: the question goes, and the pair stands as it stood; a ruling is not touched. */
export async function takeBackAsking(was: Row<'contradiction'>, question: string): Promise<void> {
  await store().write([
    { trip: was.trip, entity: 'question', record: question, deleted: true },
    ...(await standingBefore(was)),
  ]);
}
