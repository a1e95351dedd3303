// Long texts on screen: an unsent edit is merged with what the server has, as the server will merge it, so that nothing
// another device wrote is hidden until it answers. What is sent stays as it was written.
import { ENTITIES, type EntityName } from '../generated/entities';
import { codePoints } from '../kernel/limits';
import { mergeTexts } from './merger';
import type { Change } from './rows';

/** The fields of a change that are merged by paragraph, with their limits. */
function longTexts(
  entity: EntityName,
  fields: Readonly<Record<string, unknown>>,
): [string, string, number][] {
  const specs = ENTITIES[entity].fields;
  return Object.entries(fields).flatMap(([name, value]) => {
    const spec = specs[name];
    return spec?.merge && typeof value === 'string' ? [[name, value, spec.limit ?? Infinity]] : [];
  });
}

/**
 * The fields as they are shown over `row`, which holds the server's state with the `earlier` changes laid over it.
 * The ancestor is the text this device wrote last, else the one it wrote over; without either the text stands alone.
 */
export function layFields(
  entity: EntityName,
  row: Readonly<Record<string, unknown>>,
  change: Change,
  earlier: readonly Change[],
): Record<string, unknown> {
  const laid = { ...change.fields };
  for (const [name, text, limit] of longTexts(entity, change.fields)) {
    const [ancestor, known] = [lastText(earlier, name) ?? change.before?.[name], row[name]];
    if (change.base === null || ancestor === undefined || typeof known !== 'string') continue;
    const merged = mergeTexts(ancestor, known, text);
    if (merged === null) continue;
    if (merged.length <= limit || codePoints(merged) <= limit) laid[name] = merged;
  }
  return laid;
}

/** What a new edit is written over, as far as the server's own text is known and nothing of this device lies on it. */
export function textsBefore(
  entity: EntityName,
  fields: Readonly<Record<string, unknown>>,
  mine: readonly Change[],
  known: Readonly<Record<string, unknown>> | null,
): Record<string, string> {
  const before: Record<string, string> = {};
  for (const [name] of longTexts(entity, fields)) {
    const first = mine.find((change) => name in change.fields);
    const text = first ? first.before?.[name] : known?.[name];
    if (typeof text === 'string') before[name] = text;
  }
  return before;
}

/** A pulled row holds `settled` now: what lies over it was written over that text. */
export function writtenOver(change: Change, settled: readonly Change[]): Change {
  const before = { ...change.before };
  for (const [name] of longTexts(change.entity, change.fields)) {
    const text = lastText(settled, name);
    if (text !== null) before[name] = text;
  }
  return { ...change, before };
}

function lastText(changes: readonly Change[], field: string): string | null {
  const text = changes.findLast((change) => typeof change.fields[field] === 'string')?.fields[field];
  return typeof text === 'string' ? text : null;
}
