// How far this phone's clock is from the server's, and how far the clocks of imported copies were.
import { type SuixingDatabase } from './db';
import { readSetting, writeSetting } from './settings';

const SKEW_KEY = 'clock.skew';
const COPIED_KEY = 'clock.copied';
/** Small changes are the road's delay, not the clock's. */
const WORTH_NOTING_MS = 2000;

/** Milliseconds that this phone is ahead of the server; null = the server was never heard. */
export function readSkew(db: SuixingDatabase): Promise<number | null> {
  return readSetting<number | null>(db, SKEW_KEY, null);
}

export async function noteSkew(db: SuixingDatabase, deviceMs: number, serverMs: number): Promise<void> {
  const skew = deviceMs - serverMs;
  const known = await readSkew(db);
  if (known === null || Math.abs(known - skew) > WORTH_NOTING_MS) await writeSetting(db, SKEW_KEY, skew);
}

/** Skew of the phone that a copy came from, by its device name. */
export function readCopiedSkews(db: SuixingDatabase): Promise<Record<string, number>> {
  return readSetting<Record<string, number>>(db, COPIED_KEY, {});
}

export async function noteCopiedSkew(
  db: SuixingDatabase,
  device: string,
  skew: number | null,
): Promise<void> {
  await writeSetting(db, COPIED_KEY, { ...(await readCopiedSkews(db)), [device]: skew ?? 0 });
}

/** What the clock of `device` would show now: its stamps are corrected by that, not by this phone's skew. */
export async function clockOf(db: SuixingDatabase, device: string, ownMs: number): Promise<number> {
  const theirs = (await readCopiedSkews(db))[device] ?? 0;
  return Math.round(ownMs - ((await readSkew(db)) ?? 0) + theirs);
}
