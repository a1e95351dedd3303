// What is due to a server that was restored from a backup: it has lost what bears a number of its lost spans.
import type { PullAnswer } from '../api/sync';
import { ENTITIES, type EntityName } from '../generated/entities';
import { isResent, resentStamp } from '../kernel/hlc';
import { initialFields, type ServerState } from '../store/overlay';
import { changesOf, type RecordKey, refreshRecord, serverState } from '../store/refresh';
import type { Change } from '../store/rows';
import type { Store } from '../store/store';
import { reopenBlobs } from './reopen';

export type LostSpans = NonNullable<PullAnswer['lost']>;
type Values = Readonly<Record<string, unknown>>;

export function isWithin(spans: LostSpans, seq: number): boolean {
  return spans.some(([first, last]) => first <= seq && seq <= last);
}

/** Accepted by the server as it was, not read back, and lost with it: it waits again, the same under the same id. */
export async function offerAgain(store: Store, trip: string, lost: LostSpans): Promise<void> {
  const { db } = store;
  if (lost.length === 0) return;
  const accepted = await db.outbox.where('[trip+state]').equals([trip, 'accepted']).toArray();
  for (const change of accepted.filter(({ seq }) => isWithin(lost, seq ?? 0))) {
    await db.outbox.put({ ...change, state: 'queued', seq: null });
    await judgeAgain(store, await changesOf(db, change));
    await refreshRecord(db, change);
  }
}

/** Edits that were refused only because the record was not there yet. */
const TOO_EARLY = new Set(['record_lost', 'missing_fields', 'unknown_record']);

async function judgeAgain({ db }: Store, changes: readonly Change[]): Promise<void> {
  const early = changes.filter(
    ({ state, problem }) => state === 'rejected' && TOO_EARLY.has(problem?.code ?? ''),
  );
  await db.outbox.bulkPut(early.map((change) => ({ ...change, state: 'queued', problem: null })));
}

/** A lost state that was refused here for want of rights; the record has moved on without it. */
export function isGivenBack(change: Change, seq: number): boolean {
  return change.state === 'rejected' && isResent(change.hlc) && seq > (change.base ?? 0);
}

/** What the server makes by itself, and what people write of it. */
const SERVER_FILLED: Partial<Record<EntityName, readonly string[] | null>> = {
  member: null,
  transcript: null,
  media: ['processing', 'problem', 'stored_at', 'width', 'height'],
};
const ONLY: Partial<Record<EntityName, readonly string[]>> = {
  segment: ['text', 'speaker'],
  contradiction: ['state', 'ruling'],
};

/**
 * Queues what this device had read of a record and the restored server lacks: `known` is the lost state, `pulled`
 * what the server has instead (null = nothing). Called inside the transaction of the pull.
 */
export async function handInAgain(
  store: Store,
  key: RecordKey,
  known: ServerState,
  pulled: ServerState | null,
): Promise<void> {
  const mine = await changesOf(store.db, key);
  const changes = lostChanges(store, key, known, pulled && withoutOwn(pulled, known, mine));
  if (mine.some((one) => isResent(one.hlc) && one.base === known.seq)) return;
  if (pulled !== null || changes.length > 0) await judgeAgain(store, mine);
  await queueBefore(store, changes, mine[0]?.n);
  if (key.entity === 'media' && changes.length > 0) await reopenBlobs(store.db, [key.record]);
}

async function queueBefore({ db }: Store, changes: readonly Change[], before?: number): Promise<void> {
  for (const change of changes) {
    if (before === undefined) await db.outbox.add(change);
    else await db.outbox.add({ ...change, n: await placeBefore(db, before) });
  }
}

/** What this device itself wrote over the lost state, and the restored server has taken, is no loss. */
function withoutOwn(pulled: ServerState, known: ServerState, mine: readonly Change[]): ServerState {
  const own = mine.filter(({ state }) => state === 'accepted').flatMap(({ fields }) => Object.keys(fields));
  if (!pulled.row || !known.row) return pulled;
  const row: Values = { ...known.row };
  const kept = Object.fromEntries(own.map((name) => [name, row[name]]));
  return { ...pulled, row: { ...pulled.row, ...kept } };
}

/** What lies over the lost state was made on it and goes after it; the order of making has room between its numbers. */
async function placeBefore(db: Store['db'], n: number): Promise<number> {
  const last = await db.outbox.where('n').below(n).last();
  return ((last?.n ?? n - 2) + n) / 2;
}

function lostChanges(store: Store, key: RecordKey, known: ServerState, pulled: ServerState | null): Change[] {
  if (known.row === null || !isOurs(key.entity, pulled)) return [];
  const fields = lostFields(key.entity, { ...known.row }, pulled);
  const author = pulled === null ? known.row.created_by : rulerOf(fields);
  const make = (what: Pick<Change, 'fields' | 'deleted'>) => lostChange(store, key, known, what, author);
  const edit = { fields, deleted: false };
  const deletion = { fields: {}, deleted: true };
  return [
    ...(Object.keys(fields).length > 0 || isRevived(known, pulled) ? [make(edit)] : []),
    ...(known.deleted && pulled?.deleted !== true ? [make(deletion)] : []),
  ];
}

/** What the server makes by itself, it makes anew. */
function isOurs(entity: EntityName, pulled: ServerState | null): boolean {
  return SERVER_FILLED[entity] !== null && (pulled !== null || ONLY[entity] === undefined);
}

/** A ruling is signed; it stays that of whoever gave it. */
function rulerOf(fields: Values): string | null {
  return (fields['ruling'] as { by?: string } | undefined)?.by ?? null;
}

/** Not in the backup at all, or deleted in it and brought back later; a deletion after the restore is news. */
function isRevived(known: ServerState, pulled: ServerState | null): boolean {
  if (pulled === null) return true;
  return pulled.deleted && !known.deleted && pulled.seq <= known.seq;
}

function lostFields(entity: EntityName, row: Values, pulled: ServerState | null): Record<string, unknown> {
  const under: Values = pulled?.row ? { ...pulled.row } : { ...initialFields(entity), sensitivity: 'normal' };
  const filled = SERVER_FILLED[entity] ?? [];
  const names = ONLY[entity] ?? [...Object.keys(ENTITIES[entity].fields), 'sensitivity'];
  const lost = names.filter((name) => {
    if (filled.includes(name) || isMachines(entity, name, row)) return false;
    return !isSame(row[name], under[name]);
  });
  return Object.fromEntries(lost.map((name) => [name, row[name] ?? null]));
}

/** A text that nobody corrected, and the state of a flag that nobody ruled on, follow from the server's own work. */
function isMachines(entity: EntityName, name: string, row: Values): boolean {
  if (entity === 'segment') return name === 'text' && row['text'] === row['machine_text'];
  return entity === 'contradiction' && (row['ruling'] ?? null) === null;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function lostChange(
  store: Store,
  key: RecordKey,
  known: ServerState,
  what: Pick<Change, 'fields' | 'deleted'>,
  author: string | null,
): Change {
  const now = store.clock.now();
  const born = Date.parse(known.row?.created_at ?? '');
  const { entity, record, trip } = key;
  return {
    id: store.newId(),
    ...{ entity, record, trip },
    ...what,
    hlc: resentStamp(Number.isNaN(born) ? now : born),
    base: known.seq,
    ...(author ? { author } : {}),
    // Its content is fixed: an edit of today is a change of its own.
    sent: true,
    ...{ state: 'queued', seq: null, problem: null, at: now },
  };
}

/** What makes the trip known again to a server that began after it; null = it is not known here either. */
export async function tripBirth(store: Store, trip: string): Promise<Change | null> {
  const key: RecordKey = { entity: 'trip', record: trip, trip };
  const known = await serverState(store.db, key);
  return known?.row ? (lostChanges(store, key, known, null)[0] ?? null) : null;
}
