/** How a matter stands, as a lamp with words; who answers for it. */
import type { Row } from '../../domain';
import { dayLong, t } from '../../i18n';
import '../../i18n/later';
import { current } from '../parts/current.svelte';
import { daysBetween, today } from '../parts/times';

export interface Lamp {
  kind: 'on' | 'soon' | 'late' | 'hold' | 'done';
  text: string;
}

const SOON_DAYS = 3;

export function lampOf(row: Row<'matter'>): Lamp {
  if (row.state === 'closed') return { kind: 'done', text: t('matter.state.closed') };
  if (row.blocked) return { kind: 'hold', text: t('matter.blocked') };
  if (row.due_on === null) return { kind: 'hold', text: t('promises.noDate') };
  const left = daysBetween(today(current.zone), row.due_on);
  if (left < 0) return { kind: 'late', text: t('promises.late', { n: -left }) };
  if (left <= SOON_DAYS) return { kind: 'soon', text: t('promises.left', { n: left }) };
  return { kind: 'on', text: t('promises.by', { day: dayLong(row.due_on) }) };
}

export function ownerName(row: Row<'matter'>): string | null {
  if (row.owner?.kind === 'person') return current.personName(row.owner.id);
  if (row.owner?.kind === 'unit') return current.unitById.get(row.owner.id)?.name ?? null;
  return null;
}
