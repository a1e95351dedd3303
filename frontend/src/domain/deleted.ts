// What was deleted on a trip and can be brought back: kept on the phone, so it works without network.
import type { EntityName } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import type { AnyRow } from '../store/rows';
import { deletedRows } from './rows';

/** What people delete on screens, in the order in which it is listed when deleted together. */
const DELETABLE = [
  'note',
  'media',
  'stop',
  'question',
  'matter',
  'person',
  'unit',
  'finding',
  'document',
  'checklist_item',
  'invitation',
  'forum',
] as const satisfies readonly EntityName[];

export interface DeletedItem {
  entity: (typeof DELETABLE)[number];
  row: AnyRow;
}

/** Latest deletion first; one that waits here comes before all that the server has numbered. */
export function liveDeleted(trip: string): Live<DeletedItem[]> {
  return live(async () => {
    const lists = await Promise.all(
      DELETABLE.map(async (entity) => {
        const rows: AnyRow[] = await deletedRows(entity, trip);
        return rows.map((row) => ({ entity, row }));
      }),
    );
    return lists.flat().sort((a, b) => rank(b.row) - rank(a.row));
  }, []);
}

function rank({ local }: AnyRow): number {
  return local.unsent > 0 ? Number.MAX_SAFE_INTEGER : local.seq;
}

/** How many there are, for the door to them. */
export function liveDeletedCount(trip: string): Live<number> {
  return live(async () => {
    const lists = await Promise.all(DELETABLE.map((entity) => deletedRows(entity, trip)));
    return lists.reduce((sum, rows) => sum + rows.length, 0);
  }, 0);
}
