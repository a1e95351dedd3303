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
