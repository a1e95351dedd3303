// What wakes the engine from inside the store: a save, a finished file, "send now" from any tab.
import type { SuixingDatabase } from '../store/db';
import { WANTED_KEY } from '../store/sync-state';
import { watch } from '../store/watch';
import type { SyncEngine } from './engine';

interface Waiting {
  newest: number;
  queued: number;
  files: number;
  wanted: unknown;
}

/** Watches until the returned function is called. */
export function wakeOnStore(db: SuixingDatabase, engine: Pick<SyncEngine, 'wake' | 'wakeNow'>): () => void {
  let before: Waiting = { newest: 0, queued: 0, files: 0, wanted: undefined };
  return watch(() => readWaiting(db), {
    next: (now) => {
      const more = now.newest > before.newest || now.queued > before.queued || now.files > before.files;
      if (now.wanted !== before.wanted) engine.wakeNow();
      else if (more) engine.wake();
      before = now;
    },
  });
}

/** Counted by index, never read: it is asked after every write, and a long day has a thousand of each. */
async function readWaiting(db: SuixingDatabase): Promise<Waiting> {
  const newest = await db.outbox.toCollection().lastKey();
  return {
    newest: Number(newest ?? 0),
    queued: await db.outbox.where('state').equals('queued').count(),
    // Its hash, which lets a file go, comes with a change of its row.
    files: await db.blobs.where('state').equals('whole').count(),
    wanted: (await db.settings.get(WANTED_KEY))?.value,
  };
}
