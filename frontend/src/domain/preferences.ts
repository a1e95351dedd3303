// How this device is set: language, theme, how long originals are kept. Known before the first screen is drawn.
import { live, type Live } from '../store/live.svelte';
import { readSetting, writeSetting } from '../store/settings';
import { store } from './context';

/** While recording on any network, only on Wi-Fi, or after the stop. */
export type UploadWhen = 'recording' | 'wifi' | 'after';

export interface Preferences {
  language: 'zh' | 'en';
  theme: 'system' | 'light' | 'dark' | 'sun';
  /** Days that originals stay on this phone after the server has them; 0 = for ever. */
  keepDays: number;
  /** Size of all text, in percent. */
  textSize: number;
  vibrate: boolean;
  uploadWhen: UploadWhen;
}

const KEY = 'preferences';

export function defaultPreferences(): Preferences {
  return {
    language: navigator.language.startsWith('zh') ? 'zh' : 'en',
    theme: 'system',
    keepDays: 30,
    textSize: 100,
    vibrate: true,
    uploadWhen: 'recording',
  };
}

export function livePreferences(): Live<Preferences> {
  return live(readPreferences, defaultPreferences());
}

export async function readPreferences(): Promise<Preferences> {
  return { ...defaultPreferences(), ...(await readSetting<Partial<Preferences>>(store().db, KEY, {})) };
}

export async function changePreferences(change: Partial<Preferences>): Promise<void> {
  await writeSetting(store().db, KEY, { ...(await readPreferences()), ...change });
}
