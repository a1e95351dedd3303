// The one store that commands and queries work on; `main.ts` sets it before anything is mounted.
import { AppError } from '../kernel/problem';
import type { Store } from '../store/store';

let current: Store | null = null;

export function useStore(store: Store): void {
  current = store;
}

export function store(): Store {
  if (current === null) throw new AppError('store_not_open');
  return current;
}
