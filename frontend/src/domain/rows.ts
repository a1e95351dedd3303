// Reading synced rows for queries, and the changes every kind of record knows: edit, remove, bring back.
import type { EntityName } from '../generated/entities';
import { Dexie } from 'dexie';
import { live, type Live } from '../store/live.svelte';
import type { Row } from '../store/rows';
import type { Fields, Write } from '../store/store';
import { store } from './context';

/** The row if it is there and not deleted. */
export async function rowById<E extends EntityName>(entity: E, id: string): Promise<Row<E> | null> {
  const row = await store().db.rows(entity).get(id);
  return row && !row.local.deleted ? row : null;
}

/** Rows of one trip in order of making. */
export async function tripRows<E extends EntityName>(entity: E, trip: string): Promise<Row<E>[]> {
  const range = store()
    .db.rows(entity)
    .where('[trip+created_at]')
    .between([trip, Dexie.minKey], [trip, Dexie.maxKey]);
  return (await range.toArray()).filter((row) => !row.local.deleted);
}

/** The newest rows of one trip, read by index without touching the others. */
export async function latestRows<E extends EntityName>(
  entity: E,
  trip: string,
  limit: number,
): Promise<Row<E>[]> {
  return store()
    .db.rows(entity)
    .where('[trip+created_at]')
    .between([trip, Dexie.minKey], [trip, Dexie.maxKey])
    .reverse()
    .filter((row) => !row.local.deleted)
    .limit(limit)
    .toArray();
}

/** Rows that refer to `id` by `field`; the field must be a reference, as those are indexed. */
export async function rowsReferring<E extends EntityName>(
  entity: E,
  field: string,
  id: string,
): Promise<Row<E>[]> {
  const rows = await store().db.rows(entity).where(field).equals(id).toArray();
  return rows.filter((row) => !row.local.deleted);
}

/** Any record by entity and id, live; null while absent (it may arrive later). */
export function liveRow<E extends EntityName>(entity: E, id: string): Live<Row<E> | null> {
  return live(() => rowById(entity, id), null);
}

/** Changes fields of any record. Throws AppError('invalid_fields') over a limit. */
export async function updateRow<E extends EntityName>(
  entity: E,
  row: { id: string; trip: string },
  fields: Fields<E>,
): Promise<void> {
  await store().write([{ trip: row.trip, entity, record: row.id, fields } as Write]);
}

/** Removes a record; offer `restoreRow` for ten seconds. */
export async function removeRow(entity: EntityName, row: { id: string; trip: string }): Promise<void> {
  await store().write([{ trip: row.trip, entity, record: row.id, deleted: true }]);
}

/** Brings a removed record back as it is: an edit of no field, so that nothing a colleague wrote is overwritten. */
export async function restoreRow(entity: EntityName, row: { id: string; trip: string }): Promise<void> {
  await store().write([{ trip: row.trip, entity, record: row.id, fields: {} }]);
}

/** What was deleted on a trip. */
export async function deletedRows<E extends EntityName>(entity: E, trip: string): Promise<Row<E>[]> {
  return store()
    .db.rows(entity)
    .where('[trip+created_at]')
    .between([trip, Dexie.minKey], [trip, Dexie.maxKey])
    .filter((row) => row.local.deleted)
    .toArray();
}
