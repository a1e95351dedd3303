/** What a form really changed. Fields that were only shown are not written, so they never overwrite a colleague's. */

/** The entries of `fields` that differ from `row`; values are compared as they are stored, as JSON. */
export function changed<F extends object>(row: object, fields: F): Partial<F> {
  const before = row as Record<string, unknown>;
  const differing = Object.entries(fields).filter(([name, value]) => !same(before[name], value));
  return Object.fromEntries(differing) as Partial<F>;
}

/** Writes what differs; nothing at all when the form was closed as it was opened. */
export async function writeChanged<F extends object>(
  row: object,
  fields: F,
  write: (fields: Partial<F>) => Promise<unknown>,
): Promise<void> {
  const differing = changed(row, fields);
  if (Object.keys(differing).length > 0) await write(differing);
}

function same(one: unknown, two: unknown): boolean {
  if (typeof one === 'string' && typeof two === 'string' && one !== two) return sameMoment(one, two);
  return JSON.stringify(one ?? null) === JSON.stringify(two ?? null);
}

/** `…T00:30:00Z` and `…T00:30:00.000Z` are one moment. */
function sameMoment(one: string, two: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}T/;
  return form.test(one) && form.test(two) && Date.parse(one) === Date.parse(two);
}
