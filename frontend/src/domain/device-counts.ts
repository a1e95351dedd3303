// How many captured things there are, how many of them lie on this device, and how many the server has.
import type { EntityName } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import type { SuixingDatabase } from '../store/db';
import { store } from './context';

export interface DeviceCounts {
  /** Notes, photos, recordings, questions and matters that this device knows of. */
  all: number;
  /** Those that can be read here without network; of photos and recordings, the original. */
  phone: number;
  /** Those that the server has: records accepted, bytes verified. */
  server: number;
}

const WRITTEN: EntityName[] = ['note', 'question', 'matter'];

export function liveDeviceCounts(): Live<DeviceCounts> {
  return live(() => countAll(store().db), { all: 0, phone: 0, server: 0 });
}

async function countAll(db: SuixingDatabase): Promise<DeviceCounts> {
  const unsent = await db.outbox.filter((change) => change.state !== 'accepted').toArray();
  const waiting = new Set(unsent.map(({ record }) => record));
  const counts = { all: 0, phone: 0, server: 0 };
  for (const entity of WRITTEN) {
    const ids = await db
      .rows(entity)
      .filter((row) => !row.local.deleted)
      .primaryKeys();
    counts.all += ids.length;
    counts.phone += ids.length;
    counts.server += ids.filter((id) => !waiting.has(id)).length;
  }
  const blobs = new Map((await db.blobs.toArray()).map((blob) => [blob.media, blob]));
  for (const media of await db.rows('media').toArray()) {
    if (media.local.deleted) continue;
    const blob = blobs.get(media.id);
    counts.all += 1;
    if (blob && blob.freedAt === null) counts.phone += 1;
    if (!waiting.has(media.id) && (media.stored_at !== null || blob?.storedAt)) counts.server += 1;
  }
  return counts;
}
