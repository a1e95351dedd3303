// Locks that die with their tab: they tell a live recording from one that was cut off.

/** Held while bytes come in whose rows follow at the end: they are no orphans. */
export const IMPORT_LOCK = 'import';

export const recordingLock = (media: string) => `recording:${media}`;

/** Holds a lock until the returned function is called. Without Web Locks (plain http) it holds nothing. */
export function holdLock(name: string): () => void {
  if (!('locks' in navigator)) return () => undefined;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks.request(name, () => held);
  return release;
}

/** True when no tab holds the lock. */
export async function isFree(name: string): Promise<boolean> {
  if (!('locks' in navigator)) return true;
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
}

/** True while any tab of this device records. */
export async function anyRecording(): Promise<boolean> {
  if (!('locks' in navigator)) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name?.startsWith(recordingLock('')) ?? false);
}
