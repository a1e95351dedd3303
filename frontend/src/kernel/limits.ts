// The server's own limits, checked while typing: nothing written offline is refused for them later.
import type { EntitySpec, FieldSpec } from '../generated/entities';
import type { FieldProblem } from './problem';

/** Length in Unicode code points, as the server counts. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The first `limit` code points, never half a character. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : Array.from(text).slice(0, limit).join('');
}

/** What the server would refuse about these fields; for a new record absent required ones too. */
export function checkFields(
  spec: EntitySpec,
  fields: Readonly<Record<string, unknown>>,
  isNew: boolean,
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(fields)) {
    const rule = spec.fields[field];
    const code =
      rule === undefined ? (field === 'sensitivity' ? null : 'unknown_field') : checkValue(rule, value);
    if (code !== null) problems.push({ field, code });
  }
  if (!isNew) return problems;
  for (const [field, rule] of Object.entries(spec.fields)) {
    if (rule.required && !(field in fields)) problems.push({ field, code: 'missing' });
  }
  return problems;
}

function checkValue(rule: FieldSpec, value: unknown): string | null {
  if (value === null || value === undefined) return rule.required || rule.initial !== null ? 'missing' : null;
  if (typeof value === 'string') return checkText(rule, value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'not_a_number';
    return rule.least !== undefined && value < rule.least ? 'too_small' : null;
  }
  return null;
}

function checkText(rule: FieldSpec, value: string): string | null {
  if (rule.values && !rule.values.includes(value)) return 'unknown_value';
  const length = codePoints(value);
  if (rule.limit !== undefined && length > rule.limit) return 'too_long';
  return rule.shortest !== undefined && length < rule.shortest ? 'missing' : null;
}
