/** Times, lengths and sizes in words. Instants are ISO 8601 with Z; `zone` is the trip's, else the device's. */
import { i18n, t } from './i18n.svelte';

function locale(): string {
  return i18n.lang === 'zh' ? 'zh-CN' : 'en-GB';
}

function format(iso: string, options: Intl.DateTimeFormatOptions, zone?: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  try {
    return new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat(locale(), options).format(date); // an unknown zone name
  }
}

/** `14:05` */
export function clock(iso: string | null | undefined, zone?: string): string {
  return iso ? format(iso, { hour: 'numeric', minute: '2-digit', hour12: false }, zone) : '';
}

/** `2026-11-18` in the zone: the day a moment belongs to. */
export function dayOf(iso: string, zone?: string): string {
  const date = new Date(iso);
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat('en-CA', options).format(date);
  }
}

/** `11 月 18 日`, from a calendar date. */
export function dayLong(day: string): string {
  return format(`${day}T12:00:00Z`, { month: 'long', day: 'numeric' }, 'UTC');
}

/** `2025 年 10 月 20 日`, from a calendar date of another year perhaps. */
export function dayWhole(day: string): string {
  return format(`${day}T12:00:00Z`, { year: 'numeric', month: 'long', day: 'numeric' }, 'UTC');
}

/** `18 日 周三` / `Wed 18`, from a calendar date. */
export function dayShort(day: string): string {
  return format(`${day}T12:00:00Z`, { day: 'numeric', weekday: 'short' }, 'UTC');
}

/** `今天 12:21`, `昨天 12:21`, `11 月 18 日 12:21` */
export function moment(iso: string | null | undefined, now: Date = new Date(), zone?: string): string {
  if (!iso) return '';
  const day = dayOf(iso, zone);
  const time = clock(iso, zone);
  if (day === dayOf(now.toISOString(), zone)) return t('time.today', { time });
  const yesterday = new Date(now.getTime() - 86_400_000).toISOString();
  if (day === dayOf(yesterday, zone)) return t('time.yesterday', { time });
  return `${dayLong(day)} ${time}`;
}

/** `2 小时`: how long ago, in one unit. */
export function age(fromMs: number, nowMs: number = Date.now()): string {
  const minutes = Math.max(0, Math.floor((nowMs - fromMs) / 60_000));
  if (minutes < 1) return t('time.moment');
  if (minutes < 60) return t('time.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t('time.hours', { n: hours }) : t('time.days', { n: Math.floor(hours / 24) });
}

/** `6:12`, `1:02:03` */
export function clip(ms: number | null | undefined): string {
  const total = Math.max(0, Math.floor((ms ?? 0) / 1000));
  const pad = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(total / 3600);
  const m = Math.floor((total % 3600) / 60);
  return h > 0 ? `${String(h)}:${pad(m)}:${pad(total % 60)}` : `${String(m)}:${pad(total % 60)}`;
}

/** `7 分 12 秒` */
export function spoken(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const m = Math.floor(total / 60);
  return m === 0 ? t('time.seconds', { n: total }) : t('time.minSec', { m, s: total % 60 });
}

/** `3.6 MB` */
export function bytes(n: number | null | undefined): string {
  const size = n ?? 0;
  if (size < 1024) return `${String(size)} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = size / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value).toFixed(0)} ${units[unit] ?? ''}`;
}

/** `{n}` people, photos, …: a list of names as a sentence would hold it. */
export function listing(names: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
}

/** Sentences one after another: Chinese needs no space between them. */
export function sentences(parts: string[]): string {
  return parts.filter(Boolean).join(i18n.lang === 'zh' ? '' : ' ');
}
