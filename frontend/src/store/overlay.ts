// Lays this device's changes over the server's state of a record: what the screens show.
import { ENTITIES, type EntityName, type EntityRow, type Rows } from '../generated/entities';
import type { AnyRow, Change, Shadow } from './rows';

export type ServerState = Omit<Shadow, 'entity' | 'record' | 'trip'>;

/** The visible row, or null when neither the server nor this device has one. */
export function overlay(
  record: { entity: EntityName; id: string; trip: string },
  server: ServerState | null,
  changes: readonly Change[],
): AnyRow | null {
  let row: Rows[EntityName] | null = server?.row ?? null;
  let deleted = server?.deleted ?? false;
  for (const change of changes) {
    if (!change.deleted) row = { ...(row ?? blankRow(record, change)), ...change.fields };
    deleted = change.deleted;
  }
  if (row === null) return null;
  const local = {
    seq: server?.seq ?? 0,
    deleted,
    unsent: changes.filter((change) => change.state === 'queued').length,
    rejected: changes.filter((change) => change.state === 'rejected').length,
    contested: server?.contested ?? null,
    sweep: server?.sweep ?? 0,
  };
  return { ...row, local };
}

function blankRow(
  record: { entity: EntityName; id: string; trip: string },
  change: Change,
): Rows[EntityName] {
  const head: EntityRow = {
    id: record.id,
    trip: record.trip,
    created_by: null,
    created_at: new Date(change.at).toISOString(),
    sensitivity: 'normal',
  };
  return { ...head, ...initialFields(record.entity) } as Rows[EntityName];
}

/** Every field of an entity with what its absence means. */
export function initialFields(entity: EntityName): Record<string, unknown> {
  const fields = Object.entries(ENTITIES[entity].fields);
  return Object.fromEntries(fields.map(([name, spec]) => [name, structuredClone(spec.initial)]));
}

/** The fields of a visible row without its local state. */
export function bareRow(row: AnyRow): Rows[EntityName] {
  const { local: _, ...bare } = row;
  return bare;
}
