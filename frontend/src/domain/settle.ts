// What two people wrote without having seen each other, and settling it.
import type { EntityName } from '../generated/entities';
import { openSpots, type Spot } from '../kernel/contest';
import { live, type Live } from '../store/live.svelte';
import { discardChange } from '../store/repair';
import { changesOf, type RecordKey } from '../store/refresh';
import type { Change, Row } from '../store/rows';
import type { Write } from '../store/store';
import { store } from './context';
import { rowById } from './rows';

export type { Spot, Version } from '../kernel/contest';

export interface ContestedField {
  field: string;
  spots: Spot[];
}

interface Known {
  id: string;
  trip: string;
}

/** What is left to settle of a record: gone at once where it was settled here, on all devices after the next sync. */
export function liveContest(entity: EntityName, id: string): Live<ContestedField[]> {
  return live(() => readContest(entity, id), []);
}

export async function readContest(entity: EntityName, id: string): Promise<ContestedField[]> {
  const row = await rowById(entity, id);
  if (!row?.local.contested) return [];
  const { db } = store();
  const told = (await db.shadow.get([entity, id]))?.row ?? row;
  const changes = await changesOf(db, { entity, record: id, trip: row.trip });
  return Object.entries(row.local.contested).flatMap(([field, accounts]) => {
    const own = changes.filter((change) => change.state !== 'rejected' && field in change.fields);
    const present = {
      told: valueOf(told, field),
      shown: valueOf(row, field),
      written: own.some((change) => (change.base ?? 0) >= row.local.seq),
    };
    const spots = openSpots(accounts, present);
    return spots.length > 0 ? [{ field, spots }] : [];
  });
}

export function valueOf(row: object, field: string): unknown {
  return (row as Record<string, unknown>)[field];
}

/** As long as undo is offered the server is not told: what it was told settles a contest for good. */
const UNDO_MS = 10_000;

/** Writes one field; what it returns undoes that: as if never written while it waits here, else by writing back. */
export async function writeField<E extends EntityName>(
  entity: E,
  row: Row<E>,
  field: string,
  value: unknown,
): Promise<() => Promise<void>> {
  const key: RecordKey = { entity, record: row.id, trip: row.trip };
  const before = new Set((await changesOf(store().db, key)).map((change) => change.id));
  const was = valueOf(row, field);
  await store().write([writing(entity, row, field, value)], { inside: () => holdBack(key, before) });
  return async () => {
    const fresh = (await changesOf(store().db, key)).filter((change) => !before.has(change.id));
    const [change, ...more] = fresh.filter((one) => field in one.fields);
    if (change && more.length === 0 && isUntold(change)) await discardChange(store(), change);
    else await store().write([writing(entity, row, field, was)]);
  };
}

function isUntold(change: Change): boolean {
  return change.state === 'queued' && !change.sent && Object.keys(change.fields).length === 1;
}

function writing(entity: EntityName, row: Known, field: string, value: unknown): Write {
  return { trip: row.trip, entity, record: row.id, fields: { [field]: value } } as Write;
}

async function holdBack(key: RecordKey, before: ReadonlySet<string>): Promise<void> {
  const { db, clock } = store();
  const last = (await changesOf(db, key)).at(-1);
  if (last?.n === undefined || before.has(last.id)) return;
  await db.outbox.update(last.n, { nextAt: clock.now() + UNDO_MS });
}
