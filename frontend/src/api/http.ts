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

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A weak link is slow, a dead one is silent: what moves may take its time, what is silent is given up. */
const SILENT_MS = 30_000;
/** What the weakest link still carries, for bodies on their way out, of which nothing is heard. */
const BYTES_PER_MS = 12;
/** A server that is there answers this at once; a dead connection must not hold anything up. */
const PROBE_MS = 8000;
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

  /** Whether the server answers, and its clock in Unix milliseconds (whole seconds); null = it does not. */
  async probe(): Promise<number | null> {
    try {
      const signal = AbortSignal.timeout(PROBE_MS);
      const response = await this.#fetch(`${this.origin}${API}/healthz`, { cache: 'no-store', signal });
      await response.body?.cancel();
      const date = Date.parse(response.headers.get('date') ?? '');
      return response.ok ? (Number.isNaN(date) ? 0 : date) : null;
    } catch {
      return null;
    }
  }

  /** Sent even when the page is closing right now; nobody waits for its answer. */
  sendLast(method: Method, path: string, body: unknown): void {
    void this.#fetch(this.origin + API + path, {
      method,
      headers: this.headers(method, true),
      body: JSON.stringify(body),
      credentials: 'same-origin',
      keepalive: true,
    }).catch(() => undefined);
  }

  async #once<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
    const text = body === undefined ? null : JSON.stringify(body);
    const silence = new Silence();
    try {
      silence.bear(SILENT_MS + (text?.length ?? 0) / BYTES_PER_MS);
      const response = await this.#fetch(this.origin + API + path, {
        method,
        headers: this.headers(method, text !== null),
        ...(text === null ? {} : { body: text }),
        credentials: 'same-origin',
        signal: silence.signal,
      });
      return await readAnswer<T>(response, silence);
    } catch (error) {
      return {
        ok: false,
        kind: 'offline',
        problem: { code: 'offline', detail: String(error) },
        retryAfterMs: null,
      };
    } finally {
      silence.end();
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

/** Gives a request up once nothing has been heard of it for too long. */
class Silence {
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** From now on nothing may be heard for so long. */
  bear(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** The body, as long as it keeps coming. */
async function readText(response: Response, silence: Silence): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return response.text();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    silence.bear(SILENT_MS);
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
  }
}

async function readAnswer<T>(response: Response, silence: Silence): Promise<Answer<T>> {
  if (response.ok) {
    const text = await readText(response, silence);
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
