// How many captured things this device holds, and how many of them the server has.
import type { EntityName } from '../generated/entities';
import { live, type Live } from '../store/live.svelte';
import { store } from './context';

export interface DeviceCounts {
  /** Notes, photos, recordings, questions and matters on this device. */
  all: number;
  /** Those of them that the server has: records accepted, bytes verified. */
  server: number;
}

const CAPTURED: EntityName[] = ['note', 'media', 'question', 'matter'];

export function liveDeviceCounts(): Live<DeviceCounts> {
  return live(
    async () => {
      const { db } = store();
      const [totals, changes, blobs] = await Promise.all([
        Promise.all(CAPTURED.map((name) => db.rows(name).count())),
        db.outbox.filter((change) => change.state !== 'accepted').toArray(),
        db.blobs.filter((blob) => blob.storedAt === null).primaryKeys(),
      ]);
      const all = totals.reduce((sum, count) => sum + count, 0);
      const waiting = new Set([
        ...changes.filter(({ entity }) => CAPTURED.includes(entity)).map(({ record }) => record),
        ...blobs,
      ]);
      return { all, server: Math.max(0, all - waiting.size) };
    },
    { all: 0, server: 0 },
  );
}
