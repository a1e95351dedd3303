// What must hold of a phone at every moment, and of all of them when nothing is on its way any more.
import { expect } from 'vitest';

import { ENTITY_NAMES } from '../../src/store/db';
import { shownFields } from '../../src/store/overlay-merge';
import type { AnyRow, Change } from '../../src/store/rows';
import type { Store } from '../../src/store/store';
import type { ModelServer } from './model-server';
import type { Phone } from './phone';

const FINAL = new Set(['accepted', 'queued', 'rejected']);

/** Whatever this device wrote and no pull has confirmed is what its screens show. */
export async function checkOverlay(store: Store): Promise<void> {
  const changes = await store.db.outbox.orderBy('n').toArray();
  const grouped = Map.groupBy(changes, (change) => `${change.entity}/${change.record}`);
  for (const [key, own] of grouped) {
    const [first] = own;
    if (!first) continue;
    const row = await store.db.rows(first.entity).get(first.record);
    checkShown(key, row, own);
  }
  for (const name of ['trip', 'note'] as const) {
    const marked = await store.db
      .rows(name)
      .filter((row) => row.local.unsent + row.local.rejected > 0)
      .toArray();
    const orphans = marked.filter((row) => !grouped.has(`${name}/${row.id}`));
    expect(orphans, 'rows that claim to wait, without a change').toEqual([]);
  }
}

export function checkShown(key: string, row: AnyRow | undefined, own: Change[]): void {
  expect(own.every((change) => FINAL.has(change.state))).toBe(true);
  const wanted = Object.assign({}, ...own.map(shownFields)) as Record<string, unknown>;
  const deleted = own.at(-1)?.deleted ?? false;
  if (row === undefined) {
    expect(deleted, `${key} is not shown although it waits here`).toBe(true);
    return;
  }
  // A deletion that somebody's edit has beaten shows the record again, until the server says so too.
  if (own.at(-1)?.outrun !== true) expect(row.local.deleted, key).toBe(deleted);
  const count = (state: string) => own.filter((change) => change.state === state).length;
  expect([row.local.unsent, row.local.rejected], key).toEqual([count('queued'), count('rejected')]);
  for (const [field, value] of Object.entries(wanted)) {
    const shown = (row as unknown as Record<string, unknown>)[field];
    if (field === 'text' && own.findLast(({ fields }) => field in fields)?.state === 'rejected')
      expect(linesOf(shown), `${key}.${field}`).toEqual(expect.arrayContaining(linesOf(value)));
    else expect(shown, `${key}.${field}`).toEqual(value);
  }
}

/** A refused text may lie over a later one that the server took, merged with it: no line of it may be missing. */
const linesOf = (text: unknown): string[] => String(text).split('\n');

/** A change leaves the phone only for the log, and stays in sight until a pull has brought what became of it. */
export async function checkCustody(server: ModelServer, phone: Phone): Promise<void> {
  const { db } = phone.tab().store;
  const kept = new Set((await db.outbox.toArray()).map((change) => change.id));
  for (const change of phone.written.values()) {
    if (kept.has(change.id) || !phone.here.has(change.id)) continue;
    const entry = server.log.get(change.id);
    expect(entry, `${phone.name} has let go of ${change.id}, which nobody has`).toBeDefined();
    const reached = await reachedSeq(server, phone, change);
    expect(reached, `${phone.name} no longer shows ${change.id}`).toBeGreaterThanOrEqual(entry?.seq ?? 0);
  }
}

/** Up to which seq this phone has read a record; a full pull under way, or a deletion, has its own pace. */
async function reachedSeq(server: ModelServer, phone: Phone, change: Change): Promise<number> {
  const { db } = phone.tab().store;
  const feed = await db.feed.get(server.trip);
  const row = await db.rows(change.entity).get(change.record);
  if (feed?.sweeping || (row === undefined && server.isDeleted(change))) return Infinity;
  return Math.max(row?.local.seq ?? 0, feed?.cursor ?? 0);
}

/** A device that has nothing to say shows exactly what the server would show its user. */
export async function checkReplica(server: ModelServer, phone: Phone): Promise<void> {
  const { store } = phone.tab();
  const shown: unknown[] = [];
  for (const name of ENTITY_NAMES) {
    for (const { local, ...fields } of await store.db.rows(name).toArray()) {
      const { seq, contested, deleted } = local;
      if (deleted) continue;
      shown.push({ entity: name, record: fields.id, seq, fields, contested });
    }
  }
  const told = server
    .visible(phone.user)
    .filter((row) => !row.deleted)
    .map(({ entity, record, seq, fields, contested = null }) => ({
      entity,
      record,
      seq,
      fields,
      contested,
    }));
  expect(byRecord(shown), phone.name).toEqual(byRecord(told));
}

function byRecord(rows: unknown[]): unknown[] {
  const key = (row: unknown) => (row as { record: string }).record;
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Everything that was ever written here is in the server's log as it was written, or refused and visible. */
export async function checkNothingLost(server: ModelServer, phone: Phone): Promise<void> {
  const kept = new Map((await phone.tab().store.db.outbox.toArray()).map((change) => [change.id, change]));
  for (const change of phone.written.values()) {
    const accepted = server.log.get(change.id);
    if (accepted) {
      expect(accepted.change.fields, `${phone.name} wrote this`).toEqual(change.fields);
      continue;
    }
    expect(kept.get(change.id)?.state, `${change.id} of ${phone.name}`).toBe('rejected');
    expect(kept.get(change.id)?.fields).toEqual(change.fields);
  }
}

/** Every record that a phone made is on the server once, under its own id. */
export function checkNothingDoubled(server: ModelServer, phones: readonly Phone[]): void {
  const made = new Set(phones.flatMap((phone) => [...phone.made]));
  for (const { record } of server.records.values()) expect(made.has(record), record).toBe(true);
  const tokens = new Map<string, string>();
  for (const { fields, record } of server.records.values()) {
    const text = typeof fields['text'] === 'string' ? fields['text'] : '';
    for (const token of text.match(/#\d+/g) ?? []) {
      expect(tokens.has(token), `${token} stands in ${record} and in ${tokens.get(token) ?? ''}`).toBe(false);
      tokens.set(token, record);
    }
  }
}
