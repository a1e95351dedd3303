/** Local dates and times of a trip's zone, as form fields hold them, to and from instants. */
import { dayOf } from '../../i18n';

/** The instant of a wall time (`2026-11-23`, `08:30`) in a zone, ISO with Z. */
export function instantOf(day: string, time: string, zone: string | undefined): string | null {
  if (!day || !time) return null;
  const guess = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(guess)) return null;
  // twice, because the offset may change between the guess and the answer
  const first = guess - offsetMs(guess, zone);
  return new Date(guess - offsetMs(first, zone)).toISOString();
}

/** `08:30` in the zone. */
export function timeField(iso: string | null, zone: string | undefined): string {
  if (!iso) return '';
  const parts = { hour: '2-digit', minute: '2-digit', hour12: false } as const;
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: zone }).format(new Date(iso));
}

export function today(zone: string | undefined): string {
  return dayOf(new Date().toISOString(), zone);
}

/** How many calendar days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

function offsetMs(ms: number, zone: string | undefined): number {
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  } as const;
  const part = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', options)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}
