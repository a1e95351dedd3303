/** On which day something is to be asked, looked at or asked for, and whose turn that makes it. Pure. */
import type { Row } from '../../domain';
import type { QuestionKind } from '../../generated/entities';
import { dayOf } from '../../i18n';
import type { IconName } from '../../ui/icons';

export type Due = 'overdue' | 'today' | 'tomorrow' | 'later' | 'none';
export const DUES: readonly Due[] = ['overdue', 'today', 'tomorrow', 'later', 'none'];
export const WAYS: readonly QuestionKind[] = ['person', 'place', 'paper'];

const DAY_MS = 86_400_000;
const ICONS: Record<QuestionKind, IconName> = { person: 'ask', place: 'pin', paper: 'doc' };

export function wayIcon(kind: QuestionKind | null | undefined): IconName {
  return kind ? ICONS[kind] : 'ask';
}

/** The day `days` after a calendar day. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export interface Plan {
  stops: ReadonlyMap<string, Row<'stop'>>;
  zone: string | undefined;
  today: string;
}

/** The day that was set, else the day of its stop, else none. */
export function dayOfQuestion(row: Row<'question'>, { stops, zone }: Omit<Plan, 'today'>): string | null {
  const starts = stops.get(row.stop ?? '')?.starts_at;
  return row.ask_on ?? (starts ? dayOf(starts, zone) : null);
}

export function dueOf(day: string | null, today: string): Due {
  if (day === null) return 'none';
  if (day < today) return 'overdue';
  if (day === today) return 'today';
  return day === dayAfter(today) ? 'tomorrow' : 'later';
}

/** Open ones by turn: the earlier day first, then by stop, in the order of their making. */
export function byDue(rows: readonly Row<'question'>[], plan: Plan): Map<Due, Row<'question'>[]> {
  const groups = new Map<Due, Row<'question'>[]>(DUES.map((due) => [due, []]));
  const key = (row: Row<'question'>) =>
    `${dayOfQuestion(row, plan) ?? ''} ${plan.stops.get(row.stop ?? '')?.starts_at ?? '~'} ${row.stop ?? ''}`;
  const open = rows.filter((row) => row.state === 'open');
  for (const row of open.sort((a, b) => (key(a) < key(b) ? -1 : 1)))
    groups.get(dueOf(dayOfQuestion(row, plan), plan.today))?.push(row);
  return groups;
}

/** What stands on the list of one day; on today's also what is overdue. */
export function listOf(rows: readonly Row<'question'>[], day: string, plan: Plan): Row<'question'>[] {
  const groups = byDue(rows, plan);
  const all = [...groups.values()].flat();
  const onDay = all.filter((row) => dayOfQuestion(row, plan) === day);
  return day === plan.today ? [...(groups.get('overdue') ?? []), ...onDay] : onDay;
}
