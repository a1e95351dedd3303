/** The days of a trip, and what stands on each of them. Pure: rows in, days out. */
import type { Row } from '../../domain';
import { dayOf } from '../../i18n';

const DAY_MS = 86_400_000;
const MOST_DAYS = 60;

/** All days from first to last, planned, visited or with something to ask, in order; today too while the trip has no end. */
export function tripDays(
  trip: Row<'trip'>,
  stops: Row<'stop'>[],
  today: string,
  asked: readonly string[] = [],
): string[] {
  const zone = trip.timezone || undefined;
  const visited = stops.flatMap((stop) => (stop.starts_at ? [dayOf(stop.starts_at, zone)] : []));
  const days = new Set([...visited, ...plannedDays(trip), ...asked]);
  const open = trip.starts_on === null || trip.ends_on === null;
  if (days.size === 0 || (open && (trip.starts_on ?? '') <= today)) days.add(today);
  return [...days].sort();
}

function plannedDays(trip: Row<'trip'>): string[] {
  if (!trip.starts_on) return [];
  const first = Date.parse(trip.starts_on);
  const last = Date.parse(trip.ends_on ?? trip.starts_on);
  const length = Math.min(MOST_DAYS, Math.max(1, Math.round((last - first) / DAY_MS) + 1));
  return Array.from({ length }, (_, n) => new Date(first + n * DAY_MS).toISOString().slice(0, 10));
}

/** Stops of a day; those without a time stand on the day that is being looked at. */
export function stopsOf(stops: Row<'stop'>[], day: string, zone: string | undefined): Row<'stop'>[] {
  return stops.filter((stop) => stop.starts_at === null || dayOf(stop.starts_at, zone) === day);
}

export type Phase = 'done' | 'now' | 'later';

export function phaseOf(stop: Row<'stop'>, nowMs: number, currentStop: string | null): Phase {
  if (stop.starts_at === null) return stop.id === currentStop ? 'now' : 'later';
  if (Date.parse(stop.starts_at) > nowMs) return 'later';
  if (stop.ends_at !== null && Date.parse(stop.ends_at) < nowMs) return 'done';
  return stop.id === currentStop || stop.ends_at !== null ? 'now' : 'done';
}

/** Minutes between leaving one stop and the next; null when one of the two times is not set. */
export function minutesBetween(from: Row<'stop'>, to: Row<'stop'>): number | null {
  if (from.ends_at === null || to.starts_at === null) return null;
  return Math.round((Date.parse(to.starts_at) - Date.parse(from.ends_at)) / 60_000);
}
