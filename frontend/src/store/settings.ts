// Small values of this device, by key.
import type { SuixingDatabase } from './db';

export async function readSetting<T>(db: SuixingDatabase, key: string, initial: T): Promise<T> {
  const found = await db.settings.get(key);
  return found === undefined ? initial : (found.value as T);
}

export async function writeSetting(db: SuixingDatabase, key: string, value: unknown): Promise<void> {
  await db.settings.put({ key, value });
}
