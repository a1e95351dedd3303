// The rehearsal of a device: each check proves one thing on this very phone; the verdict is kept with its date.
import { LevelMeter } from '../capture/level';
import { openMicrophone, recordingMime } from '../capture/recorder';
import { ScreenLock } from '../capture/wakelock';
import { toProblem } from '../kernel/problem';
import { live, type Live } from '../store/live.svelte';
import { readSetting, writeSetting } from '../store/settings';
import { noteSkew } from '../store/skew';
import { store } from './context';
import { isInstalled } from './guard';
import { http } from './network';

export const CHECKS = [
  'microphone',
  'screen',
  'storage',
  'camera',
  'clock',
  'install',
  'offline',
  'keep',
] as const;
export type CheckName = (typeof CHECKS)[number];
export type Verdict = 'good' | 'warn' | 'bad' | 'skipped';

export interface CheckResult {
  name: CheckName;
  verdict: Verdict;
  /** What was found, as the last part of its translation key. */
  found: string;
  /** For the sentence: counts, bytes per second, milliseconds. */
  figures: Record<string, number>;
}

export interface Rehearsal {
  /** Unix milliseconds. */
  at: number;
  results: CheckResult[];
}

const KEY = 'rehearsal';
export const RECORD_MS = 5000;
/** Quieter than this over five seconds is a covered or dead microphone. */
const HEARD = 0.01;
const STORAGE_MB = 50;
const SLOW_BYTES = 2 * 1024 * 1024;
const CLOCK_MS = 30_000;
/** Anything larger would be corrected by the server and look strange to a reader. */
const CLOCK_BAD_MS = 300_000;
const SHELL_FILES = 6;

function result(
  name: CheckName,
  verdict: Verdict,
  found: string,
  figures: Record<string, number> = {},
): CheckResult {
  return { name, verdict, found, figures };
}

export function liveRehearsal(): Live<Rehearsal | null> {
  return live(() => readSetting<Rehearsal | null>(store().db, KEY, null), null);
}

/** In the order of the list; a check left out stays as `skipped`. */
export async function keepRehearsal(results: readonly CheckResult[]): Promise<void> {
  const ordered = CHECKS.map(
    (name) => results.find((one) => one.name === name) ?? result(name, 'skipped', 'skip'),
  );
  await writeSetting(store().db, KEY, { at: store().clock.now(), results: ordered });
}

/** How many have to be mended before one can rely on this phone. */
export function failures({ results }: Rehearsal): number {
  return results.filter((one) => one.verdict === 'bad').length;
}

/** Records five seconds; the sound is handed out to be played back. */
export async function checkMicrophone(
  onLevel: (level: number) => void,
): Promise<{ result: CheckResult; sound: Blob | null }> {
  let stream: MediaStream | null = null;
  let highest = 0;
  try {
    stream = await openMicrophone();
    const meter = new LevelMeter(stream, (level) => {
      highest = Math.max(highest, level);
      onLevel(level);
    });
    const sound = await recordFor(stream, RECORD_MS);
    await meter.close();
    if (sound.size === 0) return { result: result('microphone', 'bad', 'broken'), sound: null };
    const heard = highest >= HEARD;
    return { result: result('microphone', heard ? 'good' : 'bad', heard ? 'good' : 'silent'), sound };
  } catch (failure) {
    const refused = toProblem(failure).code === 'microphone_refused';
    return { result: result('microphone', 'bad', refused ? 'refused' : 'broken'), sound: null };
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    onLevel(0);
  }
}

async function recordFor(stream: MediaStream, ms: number): Promise<Blob> {
  const mimeType = recordingMime();
  const recorder = new MediaRecorder(stream, { mimeType });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = () => reject(new Error('the recorder gave up'));
  });
  recorder.start(1000);
  await new Promise((resolve) => setTimeout(resolve, ms));
  recorder.stop();
  await stopped;
  return new Blob(parts, { type: mimeType });
}

export async function checkScreen(): Promise<CheckResult> {
  const lock = new ScreenLock();
  const held = await lock.hold();
  await lock.release();
  return result('screen', held ? 'good' : 'warn', held ? 'good' : 'refused');
}

/** Writes 50 MB into the store as recordings are written, reads them back and compares. */
export async function checkStorage(onProgress: (part: number) => void): Promise<CheckResult> {
  const { db, random } = store();
  const media = store().newId();
  const size = 1024 * 1024;
  const block = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) block.set(random(65_536), at);
  try {
    const begun = performance.now();
    for (let n = 0; n < STORAGE_MB; n += 1) {
      block[0] = n;
      await db.chunks.add({ media, start: n * size, data: block.slice().buffer });
      onProgress((n + 1) / STORAGE_MB / 2);
    }
    const written = performance.now();
    for (let n = 0; n < STORAGE_MB; n += 1) {
      const chunk = await db.chunks.get([media, n * size]);
      if (!chunk || !isSame(new Uint8Array(chunk.data), block, n)) return result('storage', 'bad', 'failed');
      onProgress(0.5 + (n + 1) / STORAGE_MB / 2);
    }
    const perSecond = (ms: number) => Math.round((STORAGE_MB * size * 1000) / Math.max(1, ms));
    const figures = { write: perSecond(written - begun), read: perSecond(performance.now() - written) };
    const slow = figures.write < SLOW_BYTES;
    return result('storage', slow ? 'warn' : 'good', slow ? 'slow' : 'good', figures);
  } catch {
    return result('storage', 'bad', 'failed');
  } finally {
    await db.chunks.where('[media+start]').between([media, 0], [media, Infinity]).delete();
  }
}

function isSame(found: Uint8Array, block: Uint8Array, first: number): boolean {
  if (found.length !== block.length || found[0] !== first) return false;
  for (let at = 1; at < found.length; at += 1) if (found[at] !== block[at]) return false;
  return true;
}

/** What came back from the camera: readable, and the app is still here. */
export async function checkCamera(picture: File): Promise<CheckResult> {
  try {
    const bitmap = await createImageBitmap(new Blob([await picture.arrayBuffer()], { type: picture.type }));
    bitmap.close();
    return result('camera', 'good', 'good', { bytes: picture.size });
  } catch {
    return result('camera', 'bad', 'bad');
  }
}

/** Against the server's `Date`, which counts whole seconds. */
export async function checkClock(): Promise<CheckResult> {
  const { clock, db } = store();
  const asked = clock.now();
  const server = await http().probe();
  if (!server) return result('clock', 'warn', 'unknown');
  const skew = (asked + clock.now()) / 2 - (server + 500);
  await noteSkew(db, skew, 0);
  return judgeClock(skew);
}

export function judgeClock(skewMs: number): CheckResult {
  const off = Math.abs(skewMs);
  if (off < CLOCK_MS) return result('clock', 'good', 'good', { n: Math.round(off / 1000) });
  return result('clock', off < CLOCK_BAD_MS ? 'warn' : 'bad', 'off', { ms: Math.round(off) });
}

export function checkInstall(): CheckResult {
  return isInstalled() ? result('install', 'good', 'good') : result('install', 'warn', 'tab');
}

/** The worker answers for this page and the files of the app lie in its cache. */
export async function checkOffline(): Promise<CheckResult> {
  const bad = result('offline', 'bad', 'bad');
  if (!('serviceWorker' in navigator) || navigator.serviceWorker.controller === null) return bad;
  let n = 0;
  for (const name of await caches.keys()) n += (await (await caches.open(name)).keys()).length;
  return n >= SHELL_FILES ? result('offline', 'good', 'good', { n }) : bad;
}

export async function checkKeep(): Promise<CheckResult> {
  const kept =
    'storage' in navigator && ((await navigator.storage.persisted()) || (await navigator.storage.persist()));
  return result('keep', kept ? 'good' : 'warn', kept ? 'good' : 'refused');
}
