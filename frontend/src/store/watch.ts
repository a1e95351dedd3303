// A live query that does not grow. Dexie's own notes every key that is written anywhere until its next answer, so a
// query over what seldom changes held all that was captured on a long day; it is asked anew before that is much.
import Dexie, { liveQuery, type Subscription } from 'dexie';

/** Transactions that wrote something, of this tab and the others. */
const RENEW_AFTER_WRITES = 64;

interface Observer<T> {
  next: (value: T) => void;
  error?: (error: unknown) => void;
}

let writes = 0;
const renewals = new Set<() => void>();

Dexie.on('storagemutated', () => {
  writes += 1;
  if (writes % RENEW_AFTER_WRITES === 0) for (const renew of renewals) renew();
});

/** Tells the answer and every later one until the returned function is called. */
export function watch<T>(query: () => Promise<T>, observer: Observer<T>): () => void {
  let asked = writes;
  let subscription: Subscription;
  const ask = () => {
    asked = writes;
    subscription = liveQuery(query).subscribe({
      ...observer,
      next: (value) => {
        asked = writes;
        observer.next(value);
      },
    });
  };
  const renew = () => {
    if (writes - asked < RENEW_AFTER_WRITES) return;
    subscription.unsubscribe();
    ask();
  };
  ask();
  renewals.add(renew);
  return () => {
    renewals.delete(renew);
    subscription.unsubscribe();
  };
}
