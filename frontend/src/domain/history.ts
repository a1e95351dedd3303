// Every value a record ever had: from the server when it can be asked, else what this phone knows.
import { ENTITIES, type EntityName } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import { changesOf } from '../store/refresh';
import type { Change } from '../store/rows';
import { instant } from '../kernel/clock';
import { fetchHistory, type PastValue } from './account';
import { store } from './context';
import { valueOf } from './settle';

export interface Past {
  key: string;
  field: string;
  value: unknown;
  /** ISO; null = known from the last sync only. */
  at: string | null;
  /** A user's id; null = whoever uses this phone. */
  by: string | null;
  device: string | null;
  where: 'server' | 'queued' | 'rejected' | 'lost';
}

/** Own changes that the server has not answered with a row, newest first, then what the last sync told of them. */
export function livePastHere(entity: EntityName, row: { id: string; trip: string }): Live<Past[]> {
  return live(async () => {
    const { db } = store();
    const device = await store().device();
    const changes = await changesOf(db, { entity, record: row.id, trip: row.trip });
    const own = changes.toReversed().flatMap((change) => pastOf(change, device));
    const told = (await db.shadow.get([entity, row.id]))?.row;
    const fields = [...new Set(own.map((one) => one.field))].filter(
      (field) => field in ENTITIES[entity].fields,
    );
    const before = told ? fields.map((field) => toldValue(field, valueOf(told, field))) : [];
    return [...own, ...before];
  }, []);
}

function pastOf(change: Change, device: string): Past[] {
  if (change.state === 'accepted') return [];
  const fields = change.deleted ? { deleted: true } : change.fields;
  return Object.entries(fields).map(([field, value]) => ({
    key: `${change.id}/${field}`,
    field,
    value,
    at: instant(change.at),
    by: null,
    device,
    where: change.state === 'rejected' ? 'rejected' : 'queued',
  }));
}

function toldValue(field: string, value: unknown): Past {
  return { key: `told/${field}`, field, value, at: null, by: null, device: null, where: 'server' };
}

/** All that the server's log has, newest first; AppError('offline') without network. */
export async function fetchPast(entity: EntityName, row: { id: string; trip: string }): Promise<Past[]> {
  const past = await fetchHistory(row, entity);
  return past.map((one) => ({
    key: `${one.change}/${one.field}`,
    field: one.field,
    value: mergedOf(one),
    at: one.at,
    by: one.by,
    device: one.device,
    where: one.stood ? 'server' : 'lost',
  }));
}

/** What stood after the change, where it was merged with others' paragraphs. */
function mergedOf(past: PastValue & { merged?: unknown }): unknown {
  return past.merged ?? past.value;
}
