// What a file is and when it was recorded, from its name, its type and a few of its bytes. Pure but for reading a slice.
import type { MediaKind } from '../generated/entities';
import { SOUND_ENDINGS } from '../kernel/sound-files';

interface Named {
  name: string;
  type: string;
}

export function mimeOf({ name, type }: Named): string {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const known = SOUND_ENDINGS[ending];
  const told = type.toLowerCase(); // some systems say audio/AMR
  return known === undefined || told.startsWith('audio/') ? told : known;
}

export function kindOf(mime: string): MediaKind {
  if (mime.startsWith('image/')) return 'photo';
  if (mime.startsWith('audio/')) return 'audio';
  return mime.startsWith('video/') ? 'video' : 'file';
}

export interface Recorded {
  name: string;
  /** Unix milliseconds; the end of the recording as a rule. */
  lastModified: number;
  durationMs: number | null;
  /** Unix milliseconds from the container, when it says. */
  createdAt: number | null;
}

/** Unix milliseconds at which a recording began: its name says it best, then its container, then its end. */
export function recordedAt(file: Recorded, now: number): number {
  const ended = file.lastModified > 0 ? file.lastModified - (file.durationMs ?? 0) : null;
  for (const found of [timeInName(file.name), file.createdAt, ended]) {
    if (found !== null && found > EARLIEST && found <= now + DAY_MS) return Math.min(found, now);
  }
  return now;
}

const DAY_MS = 86_400_000;
const EARLIEST = Date.UTC(2000, 0, 1);
const IN_NAME =
  /(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)[-_. T]*([0-2]\d)[-_.:]?([0-5]\d)(?:[-_.:]?([0-5]\d))?(?!\d)/;

/** `录音_20261124_140312.m4a`, `2026-11-24 14.03.12.wav`: the phone's own local time. */
export function timeInName(name: string): number | null {
  const found = IN_NAME.exec(name);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at = new Date(year, month - 1, day, hour, minute, second);
  return at.getDate() === day && hour < 24 ? at.getTime() : null;
}

const BOXES = 64;
const SINCE_1904_S = 2_082_844_800;

/** The creation time in an MP4 or 3GP file (`moov/mvhd`), wherever its index lies; null when it says none. */
export async function containerTime(file: Blob): Promise<number | null> {
  let start = 0;
  for (let n = 0; n < BOXES && start + 8 <= file.size; n += 1) {
    const head = new DataView(await file.slice(start, start + 64).arrayBuffer());
    const type = boxType(head, 4);
    if (n === 0 && type !== 'ftyp') return null;
    if (type === 'moov') return boxType(head, 12) === 'mvhd' ? movieTime(head, 16) : null;
    const size = boxSize(head);
    if (size < 8) return null;
    start += size;
  }
  return null;
}

function movieTime(head: DataView, at: number): number | null {
  if (head.byteLength < at + 12) return null;
  const seconds = head.getUint8(at) === 1 ? Number(head.getBigUint64(at + 4)) : head.getUint32(at + 4);
  return seconds > SINCE_1904_S ? (seconds - SINCE_1904_S) * 1000 : null;
}

function boxSize(head: DataView): number {
  const size = head.getUint32(0);
  return size === 1 && head.byteLength >= 16 ? Number(head.getBigUint64(8)) : size;
}

function boxType(head: DataView, at: number): string {
  if (head.byteLength < at + 4) return '';
  return String.fromCharCode(...[0, 1, 2, 3].map((n) => head.getUint8(at + n)));
}
