// Takes a spare copy in: all of it is opened and checked before anything is written; what is here already stays.
// The changes keep their ids and stamps, the bytes their media and hash, so the server keeps one of each.
import { holdLock, IMPORT_LOCK } from '../../capture/locks';
import { isEntityName } from '../../store/db';
import type { InboxItem } from '../../store/inbox';
import { refreshRecord } from '../../store/refresh';
import type { BlobRow, Change, Draft } from '../../store/rows';
import { noteCopiedSkew } from '../../store/skew';
import { newFeed } from '../../store/store';
import { requestSync } from '../../store/sync-state';
import { AppError } from '../../kernel/problem';
import { store } from '../context';
import { finishAllMedia } from '../media';
import { type OpenedHeader, openHeader, unseal } from './crypt';
import { type CopyEntry, type CopyHead, type Given, unpack } from './entries';
import { SharedItems } from './shared';

export interface OpenedCopy {
  file: Blob;
  head: CopyHead;
  opened: OpenedHeader;
}

export interface TakenIn {
  records: number;
  files: number;
  drafts: number;
}

type Told = (part: number) => void;
type Of<T extends CopyEntry['type']> = Extract<CopyEntry, { type: T }>;
const quiet: Told = () => undefined;

/** Reads all of it without writing. AppError: copy_not_ours, copy_too_new, copy_passphrase, copy_truncated, copy_damaged. */
export async function openCopy(
  file: Blob,
  passphrase: string,
  onProgress: Told = quiet,
): Promise<OpenedCopy> {
  const opened = await openHeader(file, passphrase);
  let head: CopyHead | null = null;
  for await (const { entry } of entries(file, opened, onProgress)) {
    if (head === null && entry.type !== 'head') throw new AppError('copy_damaged');
    if (entry.type === 'head') head = entry;
  }
  if (head === null) throw new AppError('copy_damaged');
  return { file, head, opened };
}

function entries(file: Blob, opened: OpenedHeader, onProgress: Told): AsyncGenerator<Given> {
  async function* counted() {
    let done = 0;
    for await (const frame of unseal(file, opened)) {
      yield frame;
      done += frame.length;
      onProgress(Math.min(1, done / file.size));
    }
  }
  return unpack(counted());
}

/** Writes what this device does not have; cut off, it leaves nothing half and can be done again. */
export async function takeIn(copy: OpenedCopy, onProgress: Told = quiet): Promise<TakenIn> {
  const release = holdLock(IMPORT_LOCK);
  try {
    const taken = await collect(copy, onProgress);
    const result = await keep(copy.head, taken);
    const shared = await taken.shared.keep();
    void finishAllMedia();
    await requestSync(store().db, store().clock.now());
    return withShared(result, shared);
  } finally {
    release();
  }
}

function withShared(taken: TakenIn, shared: readonly InboxItem[]): TakenIn {
  const files = shared.filter(({ data }) => data !== null).length;
  return { ...taken, files: taken.files + files, records: taken.records + shared.length - files };
}

interface Collected {
  changes: Change[];
  rows: Of<'row'>[];
  drafts: Draft[];
  blobs: BlobRow[];
  shared: SharedItems;
}

/** Bytes go to the store at once, without a row that tells of them; the rest is small. */
async function collect({ file, opened }: OpenedCopy, onProgress: Told): Promise<Collected> {
  const { db } = store();
  const taken: Collected = { changes: [], rows: [], drafts: [], blobs: [], shared: new SharedItems() };
  const here = new Set(await db.blobs.toCollection().primaryKeys());
  for await (const { entry, payload } of entries(file, opened, onProgress)) {
    if (entry.type === 'piece') taken.shared.piece(payload);
    else if (entry.type !== 'chunk') sort(entry, taken, here);
    else if (!here.has(entry.media)) {
      await db.chunks.put({ media: entry.media, start: entry.start, data: payload.slice().buffer });
    }
  }
  return taken;
}

/** An entity of a newer app has no screen and no table here. */
function sort(entry: CopyEntry, taken: Collected, here: ReadonlySet<string>): void {
  if (entry.type === 'change' && isEntityName(entry.change.entity)) taken.changes.push(entry.change);
  else if (entry.type === 'row' && isEntityName(entry.entity)) taken.rows.push(entry);
  else if (entry.type === 'draft') taken.drafts.push(entry.draft);
  else if (entry.type === 'shared') taken.shared.end(entry);
  else if (entry.type === 'blob' && !here.has(entry.blob.media)) taken.blobs.push(entry.blob);
}

/** Everything that tells of what was taken in, in one transaction. */
async function keep(head: CopyHead, taken: Collected): Promise<TakenIn> {
  const { db } = store();
  const device = await store().device();
  return db.transaction('rw', db.tables, async () => {
    const trips = new Set([...taken.changes, ...taken.rows, ...taken.blobs].map((one) => one.trip));
    const fresh = new Set<string>();
    for (const trip of trips) {
      const feed = await db.feed.get(trip);
      if (!feed || feed.cursor === 0) fresh.add(trip);
      // read in full at the first chance; what the server does not list is dropped then
      if (!feed) await db.feed.add({ ...newFeed(trip), sweep: 1, sweeping: true });
    }
    for (const row of taken.rows) if (fresh.has(row.trip)) await keepRow(row);
    const changes = await keepChanges(taken.changes);
    for (const blob of taken.blobs) await db.blobs.put({ ...blob, ...UNTRIED });
    const drafts = await keepDrafts(taken.drafts);
    if (head.device !== device) await noteCopiedSkew(db, head.device, head.skew);
    return { records: changes, files: taken.blobs.length, drafts };
  });
}

/** Nothing of an upload is carried over: the server tells where it stands. */
const UNTRIED = {
  uploadUrl: null,
  uploaded: 0,
  attempts: 0,
  nextAt: 0,
  problem: null,
  failure: null,
  deferred: false,
};

async function keepRow({ entity, record, trip, server }: Of<'row'>): Promise<void> {
  const { db } = store();
  if (await db.rows(entity).get(record)) return;
  await db.shadow.put({ ...server, sweep: 0, entity, record, trip });
  await refreshRecord(db, { entity, record, trip });
}

/** Number of records that got changes; each change waits as it did there, under its own id. */
async function keepChanges(changes: readonly Change[]): Promise<number> {
  const { db } = store();
  const known = new Set((await db.outbox.toArray()).map((change) => change.id));
  const records = new Map<string, Change>();
  let highest: string | null = null;
  for (const { n: _, ...change } of changes) {
    if (known.has(change.id)) continue;
    await db.outbox.add({ ...change, ...QUEUED });
    records.set(`${change.entity}/${change.record}`, change);
    if (highest === null || change.hlc > highest) highest = change.hlc;
  }
  for (const change of records.values()) await refreshRecord(db, change);
  await store().observe(highest);
  return records.size;
}

/** Offered to a server perhaps, by the other phone: its content stays as it is. */
const QUEUED = {
  state: 'queued',
  sent: true,
  seq: null,
  problem: null,
  attempts: 0,
  failure: null,
  nextAt: 0,
} as const;

/** Two drafts of one place become one text; nothing typed is lost. */
async function keepDrafts(drafts: readonly Draft[]): Promise<number> {
  const { db } = store();
  let kept = 0;
  for (const draft of drafts) {
    const own = await db.drafts.get(draft.key);
    const merged = own ? mergeDrafts(own, draft) : draft;
    if (merged === own) continue;
    await db.drafts.put(merged);
    kept += 1;
  }
  return kept;
}

export function mergeDrafts(own: Draft, other: Draft): Draft {
  const [here, there] = [own.content['text'], other.content['text']];
  if (typeof there !== 'string' || there === '' || (typeof here === 'string' && here.includes(there)))
    return own;
  if (typeof here !== 'string' || here === '') return { ...other, key: own.key };
  return { ...own, content: { ...own.content, text: `${here}\n${there}` } };
}
