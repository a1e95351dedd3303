/** How a pair of accounts is called in a list and as a title. */
import type { Row } from '../../domain';
import { current } from './current.svelte';

/** `412 户 / 约 350 户` */
export function headline(row: Row<'contradiction'>): string {
  return `${row.a.value} / ${row.b.value}`;
}

/** Who said the one and who the other, as far as it is known. */
export function speakers(row: Row<'contradiction'>): string {
  const names = [row.a, row.b].map((account) => current.personName(account.speaker));
  return names.every(Boolean) ? names.join(' / ') : `“${row.a.quote}”`;
}
