// How many of a trip's photos, recordings and files the server has: as the server said, else as this phone knows.
import { type Custody, type DeviceCustody, type KindTally, readCustody } from '../api/custody';
import type { MediaKind } from '../generated/entities';
import { AppError } from '../kernel/problem';
import { live, type Live } from '../store/live.svelte';
import { readSetting, writeSetting } from '../store/settings';
import { store } from './context';
import { http } from './network';

export interface KindCount {
  kind: MediaKind;
  expected: number;
  stored: number;
}

const ORDER: readonly MediaKind[] = ['photo', 'audio', 'video', 'file'];

/** Of all media rows this phone knows of, its own and the team's. */
export function liveSafeCounts(trip: string): Live<KindCount[]> {
  return live(() => safeCounts(trip), []);
}

async function safeCounts(trip: string): Promise<KindCount[]> {
  const { db } = store();
  const rows = await db
    .rows('media')
    .where('[trip+created_at]')
    .between([trip, ''], [trip, '\uffff'])
    .toArray();
  const receipts = await db.blobs.where('trip').equals(trip).toArray();
  const stored = new Set(receipts.filter((blob) => blob.storedAt !== null).map((blob) => blob.media));
  const counts = new Map<MediaKind, KindCount>();
  for (const row of rows) {
    if (row.local.deleted) continue;
    const count = counts.get(row.kind) ?? { kind: row.kind, expected: 0, stored: 0 };
    count.expected += 1;
    if (row.problem !== 'object_missing' && (row.stored_at !== null || stored.has(row.id))) count.stored += 1;
    counts.set(row.kind, count);
  }
  return ORDER.flatMap((kind) => counts.get(kind) ?? []);
}

/** The server's word without the long lists of what is there. */
export interface CustodyWord {
  /** Unix milliseconds of this phone at which the server said so. */
  at: number;
  kinds: KindTally[];
  devices: Omit<DeviceCustody, 'expected' | 'stored'>[];
}

const KEY = (trip: string) => `custody.${trip}`;
/** So many missing ones are listed per device. */
const LISTED = 50;

/** What the server last said, kept for times without network. */
export function liveCustodyWord(trip: string): Live<CustodyWord | null> {
  return live(() => readSetting<CustodyWord | null>(store().db, KEY(trip), null), null);
}

/** Asks the server and keeps its word; throws AppError, `offline` without a network. */
export async function askCustody(trip: string): Promise<CustodyWord> {
  const answer = await readCustody(http(), trip);
  if (!answer.ok) throw new AppError(answer.problem);
  const word = shorten(answer.value, store().clock.now());
  await writeSetting(store().db, KEY(trip), word);
  return word;
}

export function shorten({ kinds, devices }: Custody, at: number): CustodyWord {
  const brief = devices.map(({ expected: _, stored: __, missing, ...device }) => ({
    ...device,
    missing: missing.slice(0, LISTED),
  }));
  return { at, kinds, devices: brief };
}
