// What other apps hand over through the share sheet. The service worker (public/share-target.js) writes it while the
// app may not run, so it is a database of its own: no upgrade of the app's can stand in the way.
import Dexie, { type EntityTable } from 'dexie';

export interface InboxItem {
  /** A UUIDv7; becomes the record's id, so that nothing is taken in twice. */
  id: string;
  name: string;
  type: string;
  lastModified: number;
  /** Null for shared text. */
  data: ArrayBuffer | null;
  text: string;
  at: number;
}

class Inbox extends Dexie {
  declare items: EntityTable<InboxItem, 'id'>;

  constructor() {
    super('suixing-inbox');
    // Dexie's version 1 is IndexedDB's version 10: share-target.js says so too.
    this.version(1).stores({ items: 'id, at' });
  }
}

let opened: Inbox | null = null;

export function inbox(): Inbox {
  opened ??= new Inbox();
  return opened;
}

export interface InboxFigures {
  files: number;
  /** Shared texts, which become notes. */
  texts: number;
  bytes: number;
  /** Unix milliseconds of the oldest and the newest; null = nothing waits. */
  oldestAt: number | null;
  newestAt: number | null;
}

/** What waits for its place: only this device has it. */
export async function inboxFigures(): Promise<InboxFigures> {
  const items = await inbox().items.orderBy('at').toArray();
  const files = items.filter((item) => item.data !== null);
  return {
    files: files.length,
    texts: items.length - files.length,
    bytes: files.reduce((sum, item) => sum + (item.data?.byteLength ?? 0), 0),
    oldestAt: items[0]?.at ?? null,
    newestAt: items.at(-1)?.at ?? null,
  };
}
