/** A value as it is shown: the number large, what it counts small. */

export interface ShownValue {
  number: string;
  unit: string;
}

const LEADING_NUMBER =
  /^((?:约|大约|近|超过|不到|至少|about|around|over|under|at least)?\s*[-−]?[\d][\d.,:/–~-]*%?)\s*(.*)$/iu;

export function splitValue(value: string): ShownValue {
  const found = LEADING_NUMBER.exec(value.trim());
  if (!found?.[1] || (found[2]?.length ?? 0) > 8) return { number: value, unit: '' };
  return { number: found[1].trim(), unit: found[2] ?? '' };
}
