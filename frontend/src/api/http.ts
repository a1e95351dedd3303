// The only place that calls fetch: JSON in and out, every outcome as a value, never an exception.
import type { Problem } from '../kernel/problem';
import type { components } from '../generated/api';
import { API } from './urls';

export type SessionShown = components['schemas']['SessionShown'];

/** `offline`: nothing was heard. `busy`: try the same again later. `refused`: the same would be refused again. */
export type Failure = {
  ok: false;
  kind: 'offline' | 'busy' | 'refused';
  problem: Problem;
  retryAfterMs: number | null;
};
export type Answer<T> = { ok: true; value: T } | Failure;

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Long enough for a page of 1 MiB over a very weak link. */
const TIMEOUT_MS = 90_000;
const BUSY = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

export class Http {
  readonly #fetch: typeof fetch;
  /** Sent with every change; the cookie alone must not be enough. */
  csrf: string | null = null;
  /** Empty on the page, whose origin is the server's; tests name another. */
  readonly origin: string;
  /** `Bearer …` for a client without cookies. */
  authorization: string | null = null;

  constructor(send: typeof fetch = (...given) => fetch(...given), origin = '') {
    this.#fetch = send;
    this.origin = origin;
  }

  /** `path` is below the API prefix, e.g. `/session`. */
  async send<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await this.#once<T>(method, path, body);
    if (answer.ok || answer.problem.code !== 'csrf_missing') return answer;
    // After a reload, or when another tab signed in anew, the session tells its present value.
    const session = await this.readSession();
    return session.ok ? this.#once<T>(method, path, body) : session;
  }

  /** Who is signed in; also learns the CSRF value. */
  async readSession(): Promise<Answer<SessionShown>> {
    const session = await this.#once<SessionShown>('GET', '/session');
    if (session.ok) this.csrf = session.value.csrf;
    return session;
  }

  async #once<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
    try {
      const response = await this.#fetch(this.origin + API + path, {
        method,
        headers: this.headers(method, body !== undefined),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        credentials: 'same-origin',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return await readAnswer<T>(response);
    } catch (error) {
      return {
        ok: false,
        kind: 'offline',
        problem: { code: 'offline', detail: String(error) },
        retryAfterMs: null,
      };
    }
  }

  /** What every request of this device carries. */
  headers(method: string, hasBody = false): Record<string, string> {
    return {
      accept: 'application/json',
      ...(this.authorization === null ? {} : { authorization: this.authorization }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...(method !== 'GET' && this.csrf !== null ? { 'x-csrf-token': this.csrf } : {}),
    };
  }
}

async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  if (response.ok) {
    const text = await response.text();
    return { ok: true, value: (text === '' ? null : JSON.parse(text)) as T };
  }
  const problem = await readProblem(response);
  return {
    ok: false,
    kind: BUSY.has(response.status) ? 'busy' : 'refused',
    problem,
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  };
}

async function readProblem(response: Response): Promise<Problem> {
  const status = response.status;
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
      return { ...(body as Problem), status };
    }
  } catch {
    // A proxy's own page, not ours: the status has to do.
  }
  return { code: `http_${status}`, status };
}

/** `Retry-After` in seconds, as our server sends it; a date is of no use with a wrong phone clock. */
export function retryAfter(header: string | null): number | null {
  if (header === null || !/^\d+$/.test(header.trim())) return null;
  return Number(header) * 1000;
}
