// The phone's database: one table per synced entity (from the generated list) and the device's own tables.
import Dexie, { type EntityTable, type Table } from 'dexie';

import { ENTITIES, type EntityName } from '../generated/entities';
import type { BlobRow, Change, Chunk, Draft, Feed, Row, Setting, Shadow } from './rows';

/** Raised by one whenever an index changes; Dexie then rebuilds the indexes, rows stay. */
const VERSION = 1;

const OWN_TABLES = {
  outbox: '++n, &id, trip, state, [entity+record], [trip+state]',
  shadow: '[entity+record], trip',
  feed: 'trip',
  blobs: 'media, trip, state',
  chunks: '[media+start]',
  drafts: 'key, trip',
  settings: 'key',
};

export const ENTITY_NAMES = Object.keys(ENTITIES) as EntityName[];

/** Every table's indexes, by table. */
export function tableIndexes(): Record<string, string> {
  const entities = ENTITY_NAMES.map((name) => [name, ENTITIES[name].index]);
  return { ...Object.fromEntries(entities), ...OWN_TABLES };
}

export class SuixingDatabase extends Dexie {
  declare outbox: EntityTable<Change, 'n'>;
  declare shadow: Table<Shadow, [string, string]>;
  declare feed: EntityTable<Feed, 'trip'>;
  declare blobs: EntityTable<BlobRow, 'media'>;
  declare chunks: Table<Chunk, [string, number]>;
  declare drafts: EntityTable<Draft, 'key'>;
  declare settings: EntityTable<Setting, 'key'>;

  constructor(name = 'suixing') {
    // Dexie would keep each answer of a live query for seconds: at a burst of captures dozens of copies of long lists.
    super(name, { cache: 'disabled' });
    this.version(VERSION).stores(tableIndexes());
    // A newer app in another tab may upgrade; this tab steps aside and asks for a reload at its next use.
    this.on('versionchange', () => {
      this.close();
    });
  }

  rows<E extends EntityName>(entity: E): Table<Row<E>, string> {
    return this.table(entity);
  }
}

export function isEntityName(name: string): name is EntityName {
  return Object.hasOwn(ENTITIES, name);
}
