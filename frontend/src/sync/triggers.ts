// What wakes the engine from inside the store: a save, a finished file, "send now" from any tab.
import { liveQuery } from 'dexie';

import type { SuixingDatabase } from '../store/db';
import { WANTED_KEY } from '../store/sync-state';
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
  const subscription = liveQuery(() => readWaiting(db)).subscribe((now) => {
    const more = now.newest > before.newest || now.queued > before.queued || now.files > before.files;
    if (now.wanted !== before.wanted) engine.wakeNow();
    else if (more) engine.wake();
    before = now;
  });
  return () => subscription.unsubscribe();
}

async function readWaiting(db: SuixingDatabase): Promise<Waiting> {
  const queued = await db.outbox.where('state').equals('queued').sortBy('n');
  const whole = await db.blobs.where('state').equals('whole').toArray();
  return {
    newest: queued.at(-1)?.n ?? 0,
    queued: queued.length,
    files: whole.filter((blob) => blob.sha256 !== null && blob.storedAt === null).length,
    wanted: (await db.settings.get(WANTED_KEY))?.value,
  };
}
