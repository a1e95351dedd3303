/** Language, theme and text size: the few choices that must be known before the first paint, so not in IndexedDB. */

/* eslint-disable no-restricted-globals -- read synchronously before the first paint; holds no data of a trip */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage may be forbidden; the defaults then hold
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // not kept beyond this visit; nothing else depends on it
  }
}
