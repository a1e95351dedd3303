/** The days of this trip as questions see them; read in $derived it follows midnight and every stop. */
import type { Row } from '../../domain';
import { dayLong, t } from '../../i18n';
import { dayOfQuestion, dueOf, type Plan } from './asking';
import { current } from './current.svelte';
import { eachMinute } from './ticker.svelte';
import { today } from './times';

export function planNow(): Plan {
  void eachMinute.now;
  return { stops: current.stopById, zone: current.zone, today: today(current.zone) };
}

/** `今天`, `明天`, `11 月 24 日`, `原定 11 月 20 日`; empty without a day. */
export function dayWords(row: Row<'question'>, plan: Plan): string {
  const day = dayOfQuestion(row, plan);
  if (day === null) return '';
  const due = dueOf(day, plan.today);
  if (due === 'overdue') return t('due.overdueDay', { day: dayLong(day) });
  return due === 'later' || due === 'none' ? dayLong(day) : t(`due.${due}`);
}

/** Whom and where, as far as it is known. */
export function whoWhere(row: Row<'question'>): string {
  return [current.personName(row.person), current.stopName(row.stop)].filter(Boolean).join(' · ');
}
