// The one connection of commands that need the server now; `main.ts` sets it.
import type { Http } from '../api/http';
import { AppError } from '../kernel/problem';

let current: Http | null = null;

export function useHttp(http: Http): void {
  current = http;
}

export function http(): Http {
  if (current === null) throw new AppError('network_not_open');
  return current;
}
