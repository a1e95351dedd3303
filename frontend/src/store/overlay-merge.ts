// Long texts and sets on screen: an unsent edit is merged with what the server has, as the server will merge it, so that
// nothing another device wrote is hidden until it answers. What is sent stays as it was written.
import { ENTITIES, type EntityName } from '../generated/entities';
import { codePoints } from '../kernel/limits';
import { mergeMembers } from '../kernel/members';
import { mergeTexts } from './merger';
import type { Change } from './rows';

type Fields = Readonly<Record<string, unknown>>;
type Value = string | readonly unknown[];

/** The fields of a change that are merged, with their limits: texts by paragraph, sets by member. */
function merging(entity: EntityName, fields: Fields): [string, Value, number][] {
  const specs = ENTITIES[entity].fields;
  return Object.entries(fields).flatMap(([name, value]) => {
    const spec = specs[name];
    return spec?.merge && isValue(value) ? [[name, value, spec.limit ?? Infinity]] : [];
  });
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || Array.isArray(value);
}

/**
 * The fields as they are shown over `row`, which holds the server's state with the `earlier` changes laid over it.
 * The ancestor is the value this device wrote last, else the one it wrote over; without either the value stands alone.
 */
export function layFields(
  entity: EntityName,
  row: Fields,
  change: Change,
  earlier: readonly Change[],
): Record<string, unknown> {
  const laid = shownFields(change);
  if (change.base === null) return laid;
  for (const [name, value, limit] of merging(entity, laid)) {
    const merged = merge(lastValue(earlier, name) ?? change.before?.[name], row[name], value, limit);
    if (merged !== null) laid[name] = merged;
  }
  return laid;
}

/** Null where there is nothing to merge with, or where it would grow too long. */
function merge(ancestor: unknown, known: unknown, value: Value, limit: number): Value | null {
  if (typeof value !== 'string')
    return Array.isArray(ancestor) && Array.isArray(known) ? mergeMembers(ancestor, known, value) : null;
  if (typeof ancestor !== 'string' || typeof known !== 'string') return null;
  const text = mergeTexts(ancestor, known, value);
  return text !== null && (text.length <= limit || codePoints(text) <= limit) ? text : null;
}

/** What a new edit is written over, as far as the server's own value is known and nothing of this device lies on it. */
export function valuesBefore(
  entity: EntityName,
  fields: Fields,
  mine: readonly Change[],
  known: Fields | null,
): Record<string, unknown> {
  const before: Record<string, unknown> = {};
  for (const [name] of merging(entity, fields)) {
    const first = mine.find((change) => name in change.fields);
    const value = first ? first.before?.[name] : known?.[name];
    if (isValue(value)) before[name] = value;
  }
  return before;
}

/** A pulled row holds `settled` now: what lies over it was written over that value. */
export function writtenOver(change: Change, settled: readonly Change[]): Change {
  const before = { ...change.before };
  for (const [name] of merging(change.entity, change.fields)) {
    const value = lastValue(settled, name);
    if (value !== null) before[name] = value;
  }
  return { ...change, before };
}

/** The fields that a change still lays over the server's. */
export function shownFields({ fields, behind = [] }: Change): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !behind.includes(name)));
}

/**
 * The server took a later word of this device: should a refused one be allowed after all, that still stands. Not so with
 * what is merged, for then both do.
 */
export function leftBehind(change: Change, settled: readonly Change[]): Change {
  if (change.state !== 'rejected') return change;
  const later = settled.filter(({ n = 0, state }) => state === 'accepted' && n > (change.n ?? 0));
  const names = Object.keys(change.fields).filter((name) => !ENTITIES[change.entity].fields[name]?.merge);
  const behind = names.filter(
    (name) => change.behind?.includes(name) || later.some(({ fields }) => name in fields),
  );
  return behind.length > 0 ? { ...change, behind } : change;
}

function lastValue(changes: readonly Change[], field: string): Value | null {
  const value = changes.findLast((change) => isValue(change.fields[field]))?.fields[field];
  return isValue(value) ? value : null;
}
