// Makes a spare copy: what is unsent (or all) of this device as one encrypted file, read and sealed piece by piece.
import { isFree, recordingLock } from '../../capture/locks';
import { ENTITY_NAMES } from '../../store/db';
import { inbox, type InboxItem } from '../../store/inbox';
import { type RecordKey, serverState } from '../../store/refresh';
import type { BlobRow, Change, Chunk } from '../../store/rows';
import { readSetting } from '../../store/settings';
import { readSkew } from '../../store/skew';
import { store } from '../context';
import { isUnsent } from '../outbox';
import { type Bytes, seal } from './crypt';
import { type CopyHead, pack } from './entries';
import { type LastCopy, lastCopy, noteCopy } from './last';
import { packShared } from './shared';

export type Scope = CopyHead['scope'];

export interface CopyPlan {
  scope: Scope;
  changes: Change[];
  blobs: BlobRow[];
  /** What other apps shared and nobody has given a place yet: files count as files, texts as records. */
  shared: InboxItem[];
  records: number;
  files: number;
  bytes: number;
  /** A recording that runs right now is not in it. */
  live: boolean;
}

export interface MadeCopy {
  file: File;
  records: number;
  files: number;
}

/** Encrypted pieces are handed to the browser in portions of this size, so that they leave the page's memory. */
const PORTION_BYTES = 16 * 1024 * 1024;

/** What a copy would hold now. */
export async function planCopy(scope: Scope): Promise<CopyPlan> {
  const { db } = store();
  // First, for whatever gets its place meanwhile is then found there too, under the same id.
  const shared = await inbox().items.orderBy('at').toArray();
  const changes = (await db.outbox.orderBy('n').toArray()).filter(isUnsent);
  const held = await db.blobs
    .filter((blob) => blob.freedAt === null && (scope === 'all' || blob.storedAt === null))
    .toArray();
  const blobs = held.filter((blob) => blob.state === 'whole');
  const writing = held.filter((blob) => blob.state === 'writing');
  const live = (await Promise.all(writing.map((blob) => isFree(recordingLock(blob.media))))).includes(false);
  const unsent = new Set(changes.map((change) => `${change.entity}/${change.record}`));
  const all = scope === 'all' ? await countRows() : 0;
  return {
    scope,
    changes,
    blobs,
    shared,
    records: Math.max(unsent.size, all) + shared.filter(({ data }) => data === null).length,
    files: blobs.length + shared.filter(({ data }) => data !== null).length,
    bytes: sizeOf(blobs, shared),
    live,
  };
}

function sizeOf(blobs: readonly BlobRow[], shared: readonly InboxItem[]): number {
  const sizes = [...blobs.map(({ size }) => size), ...shared.map(({ data }) => data?.byteLength ?? 0)];
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** When the last one was made on this device; null = never. */
export function lastCopyMade(): Promise<LastCopy | null> {
  return lastCopy(store().db);
}

async function countRows(): Promise<number> {
  const { db } = store();
  const counts = await Promise.all(ENTITY_NAMES.map((entity) => db.rows(entity).count()));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The file, and a note of when it was made. `onProgress` gets 0 to 1. */
export async function makeCopy(
  scope: Scope,
  passphrase: string,
  onProgress: (part: number) => void = () => undefined,
): Promise<MadeCopy> {
  const { db, clock, random } = store();
  await settleChanges();
  const plan = await planCopy(scope);
  const at = clock.now();
  const total = plan.bytes + 1;
  const portions: Blob[] = [];
  let portion: Bytes[] = [];
  let held = 0;
  let done = 0;
  for await (const piece of seal(entriesOf(plan, at), passphrase, random)) {
    portion.push(piece);
    held += piece.length;
    done += piece.length;
    if (held >= PORTION_BYTES) {
      portions.push(new Blob(portion));
      portion = [];
      held = 0;
    }
    onProgress(Math.min(1, done / total));
  }
  const file = new File([...portions, ...portion], nameOf(at), { type: 'application/octet-stream' });
  const made = { records: plan.records, files: plan.files };
  await noteCopy(db, { at, ...made, bytes: file.size });
  return { file, ...made };
}

/** From now on an edit here may not join a change that also lies in the copy under the same id. */
async function settleChanges(): Promise<void> {
  await store().db.outbox.where('state').equals('queued').modify({ sent: true });
}

async function* entriesOf(plan: CopyPlan, at: number): AsyncGenerator<Uint8Array> {
  const { db } = store();
  const head: CopyHead = {
    type: 'head',
    device: await store().device(),
    user: await owner(),
    at,
    skew: await readSkew(db),
    scope: plan.scope,
    records: plan.records,
    files: plan.files,
  };
  yield* pack(head);
  for (const change of plan.changes) yield* pack({ type: 'change', change });
  yield* rowsOf(plan);
  for (const draft of await db.drafts.toArray()) yield* pack({ type: 'draft', draft });
  yield* packShared(plan.shared);
  for (const blob of plan.blobs) yield* bytesOf(blob);
}

async function owner(): Promise<CopyHead['user']> {
  const user = await readSetting<{ id: string; name: string } | null>(store().db, 'session.user', null);
  return user && { id: user.id, name: user.name };
}

/** The server's state of the records, so that they can be read before the other device has a network. */
async function* rowsOf({ changes, scope }: CopyPlan): AsyncGenerator<Uint8Array> {
  const seen = new Set<string>();
  for (const change of changes) {
    const key = `${change.entity}/${change.record}`;
    if (!seen.has(key)) yield* rowOf(change);
    seen.add(key);
  }
  const { db } = store();
  for (const entity of scope === 'all' ? ENTITY_NAMES : []) {
    for (const record of await db.rows(entity).toCollection().primaryKeys()) {
      const row = seen.has(`${entity}/${record}`) ? undefined : await db.rows(entity).get(record);
      if (row) yield* rowOf({ entity, record, trip: row.trip });
    }
  }
}

async function* rowOf({ entity, record, trip }: RecordKey): AsyncGenerator<Uint8Array> {
  const server = await serverState(store().db, { entity, record, trip });
  if (server?.row && server.seq > 0) yield* pack({ type: 'row', entity, record, trip, server });
}

async function* bytesOf(blob: BlobRow): AsyncGenerator<Uint8Array> {
  const { db } = store();
  let chunk: Chunk | undefined = await db.chunks.get([blob.media, 0]);
  while (chunk) {
    const { media, start, data } = chunk;
    yield* pack({ type: 'chunk', media, start }, new Uint8Array(data));
    chunk = await db.chunks.get([media, start + data.byteLength]);
  }
  yield* pack({ type: 'blob', blob });
}

function nameOf(at: number): string {
  const pad = (n: number) => String(n).padStart(2, '0');
  const day = new Date(at);
  const date = [day.getFullYear(), pad(day.getMonth() + 1), pad(day.getDate())].join('-');
  return `suixing-${date}-${pad(day.getHours())}${pad(day.getMinutes())}.suixing`;
}
