// What waits, what was refused and why, the two receipts, and the state of syncing.
import { live, type Live } from '../store/live.svelte';
import { type EngineStatus, IDLE_STATUS, requestSync, STATUS_KEY } from '../store/sync-state';
import { discardChange, resendChange, restoreChange } from '../store/repair';
import { readSetting } from '../store/settings';
import type { BlobRow, Change, Feed, Row } from '../store/rows';
import type { EntityName } from '../generated/entities';
import { inboxFigures } from '../store/inbox';
import { store } from './context';

export type Receipt = 'phone' | 'server' | 'refused';

/** Where a record is: only on this phone, on the server, or refused by it. */
export function recordReceipt(row: Row<EntityName>): Receipt {
  if (row.local.rejected > 0) return 'refused';
  return row.local.unsent > 0 || row.local.seq === 0 ? 'phone' : 'server';
}

/** Where the bytes of a media row are; `blob` is what this phone holds of them, if anything. */
export function bytesReceipt(media: Row<'media'>, blob: BlobRow | null): Receipt {
  if (media.problem === 'object_missing') return blob && blob.freedAt === null ? 'phone' : 'refused';
  if (blob?.problem && blob.storedAt === null) return 'refused';
  return blob?.storedAt || media.stored_at !== null ? 'server' : 'phone';
}

/** A change set aside in quarantine is on the server, where aide and principal can read it. */
export function isUnsent(change: Change): boolean {
  return change.state === 'queued' || (change.state === 'rejected' && change.problem?.code !== 'quarantined');
}

/** Changes the server has not taken, oldest first; `problem` is set on refused ones. */
export function liveOutbox(): Live<Change[]> {
  return live(async () => {
    const changes = await store().db.outbox.orderBy('n').toArray();
    return changes.filter((change) => change.state !== 'accepted');
  }, []);
}

/** Bytes that are not on the server yet, oldest first. */
export function livePendingBytes(): Live<BlobRow[]> {
  return live(async () => {
    const blobs = await store()
      .db.blobs.filter((blob) => blob.storedAt === null)
      .toArray();
    return blobs.sort((a, b) => a.startedAt - b.startedAt);
  }, []);
}

export interface SyncTotals {
  /** Records that wait, with changes or with bytes, and what was shared and has no place yet. */
  waiting: number;
  /** How many of these were shared and have no place yet. */
  shared: number;
  refused: number;
  /** Unix milliseconds of the oldest that waits; null = nothing waits. */
  oldestAt: number | null;
  bytesWaiting: number;
  bytesStored: number;
}

const NOTHING: SyncTotals = {
  waiting: 0,
  shared: 0,
  refused: 0,
  oldestAt: null,
  bytesWaiting: 0,
  bytesStored: 0,
};

export function liveSyncTotals(): Live<SyncTotals> {
  return live(syncTotals, NOTHING);
}

async function syncTotals(): Promise<SyncTotals> {
  const { db } = store();
  const [changes, blobs] = await Promise.all([db.outbox.toArray(), db.blobs.toArray()]);
  const held = await inboxFigures();
  const shared = held.files + held.texts;
  const queued = changes.filter((change) => change.state === 'queued');
  const pending = blobs.filter((blob) => blob.storedAt === null);
  const times = [
    ...queued.map((change) => change.at),
    ...pending.map((blob) => blob.startedAt),
    ...(held.oldestAt === null ? [] : [held.oldestAt]),
  ];
  // one record is one thing that waits, however often it was edited and whatever bytes belong to it
  const waiting = new Set([...queued.map((change) => change.record), ...pending.map((blob) => blob.media)]);
  return {
    waiting: waiting.size + shared,
    shared,
    refused: changes.length - changes.filter((change) => change.state !== 'rejected').length,
    oldestAt: times.length > 0 ? Math.min(...times) : null,
    bytesWaiting: pending.reduce((sum, blob) => sum + blob.size, held.bytes),
    bytesStored: blobs.reduce((sum, blob) => sum + (blob.storedAt === null ? 0 : blob.size), 0),
  };
}

/** What the syncing tab does: state, why it waits, when it tries next. */
export function liveSyncStatus(): Live<EngineStatus> {
  return live(() => readSetting(store().db, STATUS_KEY, IDLE_STATUS), IDLE_STATUS);
}

/** Trips with their last pull and what stops them. */
export function liveFeeds(): Live<Feed[]> {
  return live(() => store().db.feed.toArray(), []);
}

/** Send now: cancels every wait, or that of one record and its bytes, whichever tab syncs. */
export async function sendNow(only?: string): Promise<void> {
  const { db, clock } = store();
  await db.blobs
    .filter((blob) => blob.storedAt === null && (only === undefined || blob.media === only))
    .modify({ nextAt: 0, problem: null });
  await db.outbox
    .filter((change) => (change.nextAt ?? 0) > 0 && (only === undefined || change.record === only))
    .modify({ nextAt: 0 });
  await requestSync(db, clock.now());
}

/** Sends a refused change again, with these fields put right. */
export async function resend(change: Change, fields: Record<string, unknown> = {}): Promise<void> {
  await resendChange(store(), change, fields);
}

/** Gives a refused change up; the returned function brings it back. */
export async function discard(change: Change): Promise<() => Promise<void>> {
  await discardChange(store(), change);
  return () => restoreChange(store(), change);
}
