// Hybrid logical clock stamps `<13-digit ms>-<4 hex counter>-<device>`, e.g. `1795420800000-0000-Qf3kPz81`.
// They compare as text. Physical time first, a counter within one millisecond, the device as tie-break.

const FORM = /^(\d{13})-([0-9a-f]{4})-([A-Za-z0-9_]{8,64})$/;
const MAX_COUNTER = 0xffff;

export interface Stamp {
  readonly ms: number;
  readonly counter: number;
  readonly device: string;
}

export function packStamp({ ms, counter, device }: Stamp): string {
  return `${String(ms).padStart(13, '0')}-${counter.toString(16).padStart(4, '0')}-${device}`;
}

export function parseStamp(text: string): Stamp | null {
  const found = FORM.exec(text);
  if (!found?.[1] || !found[2] || !found[3]) return null;
  return { ms: Number(found[1]), counter: parseInt(found[2], 16), device: found[3] };
}

/** The next stamp of `device`: after `last` in every case, never behind the wall clock. */
export function tick(last: string | null, now: number, device: string): string {
  const before = last === null ? null : parseStamp(last);
  if (before === null || now > before.ms) return packStamp({ ms: now, counter: 0, device });
  if (before.counter < MAX_COUNTER) return packStamp({ ms: before.ms, counter: before.counter + 1, device });
  return packStamp({ ms: before.ms + 1, counter: 0, device });
}

/** Of a state that a restored server lost and that is handed in again: in the place of the device. */
const RESENT = 'resent';

export function resentStamp(ms: number): string {
  return packStamp({ ms, counter: 0, device: RESENT });
}

export function isResent(hlc: string): boolean {
  return hlc.endsWith(`-${RESENT}`);
}

/** The higher of two stamps: what a device has seen, it never writes before. */
export function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
