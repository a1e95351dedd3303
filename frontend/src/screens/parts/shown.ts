/** How any value of any field is written for a reader, and what a field is called. */
import type { EntityName, Ruling } from '../../generated/entities';
import { known, moment, t } from '../../i18n';
import '../../i18n/later';
import { current } from './current.svelte';

const NOTHING = '—';
const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

export function fieldLabel(entity: EntityName, field: string): string {
  const key = `${entity}.${field}`;
  if (known(key)) return t(key);
  return field === 'sensitivity' ? t('common.sensitivity') : field;
}

export function shownValue(entity: EntityName, field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'string') return shownText(entity, field, value);
  if (field === 'ruling') return shownRuling(value as Ruling);
  if (field === 'owner') return referred((value as { id: string }).id) ?? NOTHING;
  return Array.isArray(value) ? value.map(String).join('、') : String(value);
}

function shownText(entity: EntityName, field: string, value: string): string {
  const key = field === 'sensitivity' ? `sensitivity.${value}` : `${entity}.${field}.${value}`;
  if (known(key)) return t(key);
  if (INSTANT.test(value)) return moment(value, new Date(), current.zone);
  return referred(value) ?? value;
}

/** The name of the person, unit or stop with this id. */
function referred(id: string): string | null {
  return current.personName(id) ?? current.unitById.get(id)?.name ?? current.stopName(id);
}

/** `都成立：口径不同` */
export function shownRuling({ verdict, reason }: Ruling): string {
  const words = t(`ruling.verdict.${verdict}`);
  return reason ? t('check.because', { verdict: words, reason }) : words;
}
