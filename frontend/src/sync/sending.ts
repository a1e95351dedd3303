// Sends one trip's outbox. A batch that the server cannot take whole is halved down to the one change that is to
// blame: that one is told apart with its reason, all others go.
import { MAX_CHANGES } from '../api/sync';
import type { Failure } from '../api/http';
import { isGatewayPage, type Problem } from '../kernel/problem';
import { refreshRecord } from '../store/refresh';
import type { Change } from '../store/rows';
import { noteSkew } from '../store/skew';
import type { Store } from '../store/store';
import { isOver, suspectMs } from './backoff';
import type { EngineParts } from './parts';
import { applyResults, pushBody, takeBatch } from './push';

/** The request itself is too much or not readable: smaller ones may pass. */
const CONTENT = new Set([400, 413, 422]);
/** What is wrong is this app or its clock, not one of the changes. */
const ENVELOPE = new Set(['device_malformed', 'now_malformed']);
/** The server broke on it; what broke it may be one change. */
const BROKEN = 500;
/** A gateway's page is no word of ours: it may be its trouble, until it has said so this often. */
const GATEWAY_TIMES = 3;
/** More than these at once are not bad changes but a bad server. */
const MOST_SUSPECTS = 3;

interface Sending {
  store: Store;
  trip: string;
  most: number;
  suspects: Change[];
  /** Something of this trip passed: the server works, so a suspect is a suspect. */
  passed: boolean;
}

/** Null when all has gone that was there at the beginning and can go now; else what stopped it. */
export async function sendTrip(
  { api, store }: Pick<EngineParts, 'api' | 'store'>,
  trip: string,
  progressed: () => void = () => undefined,
): Promise<Failure | null> {
  // What is written from now on goes with the next round: files have their turn between the two.
  const until = (await store.db.outbox.toCollection().last())?.n ?? 0;
  const sending: Sending = { store, trip, most: MAX_CHANGES, suspects: [], passed: false };
  for (;;) {
    const without = new Set(sending.suspects.map((change) => change.id));
    const batch = await takeBatch(store, trip, { most: sending.most, without, until });
    if (batch.length === 0) return finish(sending, null);
    const answer = await api.push(trip, await pushBody(store, batch));
    if (answer.ok) {
      await noteSkew(store.db, store.clock.now(), answer.value.server_now);
      await applyResults(store, batch, answer.value);
      if (answer.value.results.length < batch.length) return finish(sending, null); // cut short: next round
      sending.passed = true;
      progressed();
      sending.most = Math.min(MAX_CHANGES, sending.most * 2);
      continue;
    }
    await noteFailure(store, batch, answer.problem);
    if (!(await narrow(sending, batch, answer))) return finish(sending, answer);
  }
}

/** True when it is worth going on with less. */
async function narrow(sending: Sending, batch: readonly Change[], failure: Failure): Promise<boolean> {
  const status = failure.problem.status ?? 0;
  const [only] = batch;
  const narrows = (CONTENT.has(status) && !ENVELOPE.has(failure.problem.code)) || status === BROKEN;
  if (!only || failure.kind === 'offline' || !narrows) return false;
  if (batch.length > 1) {
    sending.most = Math.ceil(batch.length / 2);
    return true;
  }
  if (CONTENT.has(status) && isLastWord(only, failure.problem))
    await refuse(sending.store, only, failure.problem);
  else sending.suspects.push(only);
  return sending.suspects.length < MOST_SUSPECTS;
}

/** Said by our server, or by a gateway again and again. */
function isLastWord(change: Change, { code }: Problem): boolean {
  return !isGatewayPage(code) || (change.attempts ?? 0) + 1 >= GATEWAY_TIMES;
}

async function finish(sending: Sending, failure: Failure | null): Promise<Failure | null> {
  const { store, suspects } = sending;
  if (suspects.length === 0) return failure;
  if (!sending.passed || suspects.length >= MOST_SUSPECTS) {
    const problem = { code: 'internal_error', status: BROKEN };
    return failure ?? { ok: false, kind: 'busy', problem, retryAfterMs: null };
  }
  for (const { n, attempts = 0 } of suspects) {
    await store.db.outbox.update(n ?? -1, { nextAt: store.clock.now() + suspectMs(attempts) });
  }
  return failure;
}

/** What a reader is told of each change that was offered in vain. */
async function noteFailure(store: Store, batch: readonly Change[], failure: Problem): Promise<void> {
  const ids = new Set(batch.map((change) => change.id));
  await store.db.outbox
    .where('n')
    .anyOf(batch.map((change) => change.n ?? -1))
    .modify((change) => {
      if (!ids.has(change.id)) return;
      change.attempts = (change.attempts ?? 0) + 1;
      change.failure = failure;
    });
}

/** Alone and still too large, or not readable: it stays on this phone, visible, until a person decides. */
async function refuse(store: Store, change: Change, problem: Problem): Promise<void> {
  const { db } = store;
  const code = problem.status === 413 ? 'change_too_large' : problem.code;
  await db.transaction('rw', [db.table(change.entity), db.outbox, db.shadow], async () => {
    const kept = await db.outbox.where('id').equals(change.id).first();
    if (kept?.state !== 'queued') return;
    await db.outbox.put({ ...kept, state: 'rejected', problem: { ...problem, code } });
    await refreshRecord(db, change);
  });
}

/** Unix milliseconds at which the next change that was set aside becomes due; null = none is. */
export async function nextChangeAt(store: Store): Promise<number | null> {
  const queued = await store.db.outbox.where('state').equals('queued').toArray();
  const now = store.clock.now();
  const set = queued.map((change) => change.nextAt ?? 0).filter((at) => at > 0);
  const times = set.map((at) => (isOver(at, now) ? Math.min(at, now) : at));
  return times.length > 0 ? Math.min(...times) : null;
}
