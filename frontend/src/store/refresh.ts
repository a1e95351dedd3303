// Recomputes one visible row from the server's state and the outbox. Called inside the transaction that
// changed either; nothing else writes the entity tables.
import type { EntityName } from '../generated/entities';
import type { SuixingDatabase } from './db';
import { bareRow, overlay, type ServerState, UNKNOWN } from './overlay';
import type { AnyRow, Change } from './rows';

/** What the server makes by itself comes from there again. */
const SERVER_MADE: readonly EntityName[] = ['member', 'transcript', 'segment', 'contradiction'];

/** What people made stays on the phone when it is deleted, hidden, so that it can be brought back without network. */
export function isStored(entity: EntityName, row: AnyRow | null): row is AnyRow {
  return row !== null && (!row.local.deleted || !SERVER_MADE.includes(entity));
}

export interface RecordKey {
  entity: EntityName;
  record: string;
  trip: string;
}

export async function changesOf(db: SuixingDatabase, key: RecordKey): Promise<Change[]> {
  return db.outbox.where('[entity+record]').equals([key.entity, key.record]).sortBy('n');
}

/** The server's state: the shadow while changes lie over it, else the visible row itself. */
export async function serverState(db: SuixingDatabase, key: RecordKey): Promise<ServerState | null> {
  const shadow = await db.shadow.get([key.entity, key.record]);
  if (shadow) return shadow;
  const row = await db.rows(key.entity).get(key.record);
  if (!row) return null;
  const { seq, deleted, contested, sweep } = row.local;
  return { row: bareRow(row), seq, deleted, contested, sweep };
}

/** Writes the visible row and keeps a shadow exactly while changes lie over it. */
export async function showRecord(
  db: SuixingDatabase,
  key: RecordKey,
  server: ServerState | null,
): Promise<void> {
  const changes = await changesOf(db, key);
  const row = overlay({ entity: key.entity, id: key.record, trip: key.trip }, server, changes);
  if (changes.length > 0) {
    const base = server ?? UNKNOWN;
    await db.shadow.put({ ...base, entity: key.entity, record: key.record, trip: key.trip });
  } else {
    await db.shadow.delete([key.entity, key.record]);
  }
  if (row !== null && (changes.length > 0 || isStored(key.entity, row))) await db.rows(key.entity).put(row);
  else await db.rows(key.entity).delete(key.record);
}

/** After the outbox of a record changed. */
export async function refreshRecord(db: SuixingDatabase, key: RecordKey): Promise<void> {
  await showRecord(db, key, await serverState(db, key));
}
