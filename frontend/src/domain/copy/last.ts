// When the last spare copy of what is unsent was made on this device.
import type { SuixingDatabase } from '../../store/db';
import { readSetting, writeSetting } from '../../store/settings';

export interface LastCopy {
  /** Unix milliseconds. */
  at: number;
  records: number;
  files: number;
  bytes: number;
}

const KEY = 'copy.last';

export function lastCopy(db: SuixingDatabase): Promise<LastCopy | null> {
  return readSetting<LastCopy | null>(db, KEY, null);
}

export function noteCopy(db: SuixingDatabase, copy: LastCopy): Promise<void> {
  return writeSetting(db, KEY, copy);
}
