// One tab syncs: whoever holds the lock. It passes on by itself when that tab is closed or dies.

export interface Locks {
  request(name: string, work: () => Promise<void>): Promise<void>;
}

const NAME = 'suixing-sync';

/** Runs `lead` once this tab holds the lock, and keeps holding it; without locks every tab leads, which is safe. */
export async function leadWhenFree(locks: Locks | null, lead: () => void): Promise<void> {
  if (locks === null) {
    lead();
    return;
  }
  await locks.request(NAME, () => {
    lead();
    return new Promise<void>(() => undefined); // held until the tab ends
  });
}
