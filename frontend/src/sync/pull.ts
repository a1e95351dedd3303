// One page of a trip in: the server's rows, with this device's unsent changes laid over them.
import Dexie from 'dexie';

import type { PullAnswer, PulledRow } from '../api/sync';
import type { EntityName, Rows } from '../generated/entities';
import { ENTITY_NAMES, isEntityName, type SuixingDatabase } from '../store/db';
import { initialFields, overlay, type ServerState } from '../store/overlay';
import { loadMerger } from '../store/merger';
import { outrunDeletions } from '../store/outrun';
import { leftBehind, writtenOver } from '../store/overlay-merge';
import {
  changesOf,
  isStored,
  type RecordKey,
  refreshRecord,
  serverState,
  showRecord,
} from '../store/refresh';
import type { AnyRow, Change, Feed } from '../store/rows';
import { newFeed, type Store } from '../store/store';
import { reopenLost } from './reopen';
import { handInAgain, isGivenBack, isWithin, type LostSpans, offerAgain } from './restored';

/**
 * Applies one page and moves the cursor, in one transaction. True when more is to be pulled. A page that was asked
 * `after` a cursor which another tab has moved since is left out: it would end a full pull that has not begun.
 */
export async function applyPage(
  store: Store,
  trip: string,
  page: PullAnswer,
  after?: number,
): Promise<boolean> {
  const { db } = store;
  await loadMerger();
  const more = await db.transaction('rw', db.tables, async () => {
    const feed = (await db.feed.get(trip)) ?? newFeed(trip);
    if (after !== undefined && after !== feed.cursor) return true;
    const lost = page.lost ?? [];
    await offerAgain(store, trip, lost);
    if (feed.view !== null && feed.view !== page.view) {
      await db.feed.put({ ...feed, cursor: 0, view: page.view, sweep: feed.sweep + 1, sweeping: true });
      return true; // the reader's rights changed: read everything again, then drop what is not listed
    }
    await handInOver(store, feed, page.rows, lost);
    await applyRows(db, feed, page.rows);
    await reopenLost(db, page.rows, lost.length > 0);
    const done = !page.more;
    if (done) await settle(store, feed, page.next, lost);
    await db.feed.put({
      ...feed,
      cursor: page.next,
      view: page.view,
      sweeping: feed.sweeping && !done,
      pulledAt: done ? store.clock.now() : feed.pulledAt,
      problem: null,
    });
    return !done;
  });
  await store.observe(page.hlc);
  return more;
}

/**
 * Rows that still stand here as a restored server lost them: what differs is handed in before it is overwritten. What the
 * server itself made comes long after its full pull, with the corrections and rulings of people only here.
 */
async function handInOver(
  store: Store,
  feed: Feed,
  rows: readonly PulledRow[],
  lost: LostSpans,
): Promise<void> {
  if (lost.length === 0) return;
  const pulled = new Map<EntityName, PulledRow[]>();
  for (const row of rows) {
    if (isEntityName(row.entity) && !row.withdrawn) push(pulled, row.entity, row);
  }
  for (const [entity, found] of pulled) {
    const held = await store.db.rows(entity).bulkGet(found.map((row) => row.record));
    const stale = found.filter((_, n) => isWithin(lost, held[n]?.local.seq ?? 0));
    for (const row of stale) await handInOne(store, entity, row, feed);
  }
}

async function handInOne(store: Store, entity: EntityName, row: PulledRow, feed: Feed): Promise<void> {
  const key = { entity, record: row.record, trip: feed.trip };
  const known = await serverState(store.db, key);
  if (known) await handInAgain(store, key, known, readRow(row, entity, feed));
}

async function applyRows(db: SuixingDatabase, feed: Feed, rows: readonly PulledRow[]): Promise<void> {
  const changes = groupByRecord(await db.outbox.where('trip').equals(feed.trip).toArray());
  const plain = new Map<EntityName, AnyRow[]>();
  const gone = new Map<EntityName, string[]>();
  for (const pulled of rows) {
    if (!isEntityName(pulled.entity)) continue; // a newer server's entity: this app has no screen for it
    const key = { entity: pulled.entity, record: pulled.record, trip: feed.trip };
    const server = pulled.withdrawn ? null : readRow(pulled, key.entity, feed);
    const mine = changes.get(`${key.entity}/${key.record}`);
    if (mine) {
      await dropSettled(db, server ? await withOutrun(db, key, mine, server) : mine, pulled.seq);
      await showRecord(db, key, server);
      continue;
    }
    const row = overlay({ entity: key.entity, id: key.record, trip: feed.trip }, server, []);
    if (isStored(key.entity, row)) push(plain, key.entity, row);
    else push(gone, key.entity, key.record);
  }
  for (const [entity, found] of plain) await db.rows(entity).bulkPut(found);
  for (const [entity, ids] of gone) await db.rows(entity).bulkDelete(ids);
}

/** Deletions that wait are told first what others wrote meanwhile: afterwards it is not known who wrote what. */
async function withOutrun(
  db: SuixingDatabase,
  key: RecordKey,
  mine: readonly Change[],
  server: ServerState,
): Promise<readonly Change[]> {
  if (!mine.some((change) => change.deleted)) return mine;
  const told = outrunDeletions(mine, await serverState(db, key), server);
  await db.outbox.bulkPut(told);
  return told;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function groupByRecord(changes: readonly Change[]): Map<string, Change[]> {
  const grouped = new Map<string, Change[]>();
  for (const change of changes) push(grouped, `${change.entity}/${change.record}`, change);
  return grouped;
}

/** The pulled state, complete with fields that a server of another version does not send. */
export function readRow(
  pulled: PulledRow,
  entity: EntityName,
  feed: Pick<Feed, 'trip' | 'sweep'>,
): ServerState {
  const fields = pulled.fields ?? {};
  const head = { created_by: null, sensitivity: 'normal' as const };
  const row = { ...head, ...initialFields(entity), ...fields, id: pulled.record, trip: feed.trip };
  // IndexedDB leaves rows without a time out of the index by which lists are read.
  const created_at = typeof fields['created_at'] === 'string' ? fields['created_at'] : '';
  return {
    row: { ...row, created_at } as unknown as Rows[EntityName],
    seq: pulled.seq,
    deleted: pulled.deleted ?? false,
    contested: pulled.contested ?? null,
    sweep: feed.sweep,
  };
}

/** Accepted changes that the pulled row already contains, and what this person might not hand in and others have. */
async function dropSettled(db: SuixingDatabase, changes: readonly Change[], seq: number): Promise<void> {
  const isSettled = (change: Change) =>
    isGivenBack(change, seq) || (change.state === 'accepted' && (change.seq ?? 0) <= seq);
  const settled = changes.filter(isSettled);
  await db.outbox.bulkDelete(settled.map((change) => change.n ?? -1));
  if (settled.length === 0) return;
  const over = changes.filter((change) => !isSettled(change));
  await db.outbox.bulkPut(
    over.map((change) =>
      writtenOver(
        leftBehind(change, settled),
        settled.filter((one) => (one.n ?? 0) < (change.n ?? 0)),
      ),
    ),
  );
}

/** At the end of a pull: accepted changes behind the cursor are answered, unlisted rows of a full pull go. */
async function settle(store: Store, feed: Feed, cursor: number, lost: LostSpans): Promise<void> {
  const { db } = store;
  const accepted = await db.outbox.where('[trip+state]').equals([feed.trip, 'accepted']).toArray();
  for (const change of accepted.filter((one) => (one.seq ?? 0) <= cursor)) {
    await dropSettled(db, await changesOf(db, change), cursor);
    await refreshRecord(db, change);
  }
  if (feed.sweeping) await dropUnlisted(store, feed, lost);
}

/** What a full pull did not list goes, but for what a restored server lost: that is handed in again. */
async function dropUnlisted(store: Store, feed: Feed, lost: LostSpans): Promise<void> {
  const { db } = store;
  for (const shadow of await db.shadow.where('trip').equals(feed.trip).toArray()) {
    const isGone = shadow.sweep < feed.sweep && shadow.row !== null;
    if (!isGone) continue;
    if (isWithin(lost, shadow.seq)) await handInUnlisted(store, shadow);
    else await showRecord(db, shadow, null);
  }
  for (const entity of ENTITY_NAMES) {
    const unlisted = db
      .rows(entity)
      .where('[trip+created_at]')
      .between([feed.trip, Dexie.minKey], [feed.trip, Dexie.maxKey])
      .filter((row) => row.local.sweep < feed.sweep && row.local.unsent + row.local.rejected === 0);
    for (const row of await unlisted.clone().toArray()) {
      if (isWithin(lost, row.local.seq))
        await handInUnlisted(store, { entity, record: row.id, trip: feed.trip });
    }
    await unlisted.filter((row) => !isWithin(lost, row.local.seq)).delete();
  }
}

async function handInUnlisted(store: Store, key: RecordKey): Promise<void> {
  const known = await serverState(store.db, key);
  if (known === null) return;
  await handInAgain(store, key, known, null);
  await showRecord(store.db, key, known);
}
