// Lays this device's changes over the server's state of a record: what the screens show.
import { ENTITIES, type EntityName, type EntityRow, type Rows } from '../generated/entities';
import { layFields } from './overlay-merge';
import type { AnyRow, Change, Shadow } from './rows';

export type ServerState = Omit<Shadow, 'entity' | 'record' | 'trip'>;

/** A record that no server has told of. */
export const UNKNOWN: ServerState = { row: null, seq: 0, deleted: false, contested: null, sweep: 0 };

/** The visible row, or null when neither the server nor this device has one. */
export function overlay(
  record: { entity: EntityName; id: string; trip: string },
  server: ServerState | null,
  changes: readonly Change[],
): AnyRow | null {
  const { seq, contested, sweep, ...known } = server ?? UNKNOWN;
  let { row, deleted } = known;
  for (const [n, change] of changes.entries()) {
    if (!change.deleted) {
      const under = row ?? blankRow(record, change);
      row = { ...under, ...layFields(record.entity, { ...under }, change, changes.slice(0, n)) };
    }
    // A deletion that will not count leaves the record as it is there: shown, unless others deleted it too.
    if (!change.outrun || change.state !== 'queued') deleted = change.deleted;
  }
  if (row === null) return null;
  const unsent = changes.filter((change) => change.state === 'queued').length;
  const rejected = changes.filter((change) => change.state === 'rejected').length;
  return { ...row, local: { seq, deleted, unsent, rejected, contested, sweep } };
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
