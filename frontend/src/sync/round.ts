// One round of syncing: which trips, in which order, and what a failure means for the rest.
import type { Failure } from '../api/http';
import type { PullAnswer } from '../api/sync';
import type { Problem } from '../kernel/problem';
import type { Feed } from '../store/rows';
import { noteSkew } from '../store/skew';
import { newFeed, type Store } from '../store/store';
import type { EngineStatus } from '../store/sync-state';
import type { EngineParts } from './parts';
import { applyPage } from './pull';
import { foundAgain, takeInAgain } from './refound';
import { sendTrip } from './sending';
import { dueUploads, type TransferResult, uploadOne } from './upload';

export interface Wanted {
  /** All trips of the user, and the list of them. */
  full: boolean;
  trips: Set<string>;
}

export type RoundOutcome =
  | { kind: 'done' }
  | { kind: 'blocked'; problem: Problem }
  | { kind: 'offline' | 'busy'; problem: Problem; retryAfterMs: number | null };

type Step = Pick<EngineStatus, 'state' | 'trip' | 'media'>;
type Parts = Omit<EngineParts, 'timers'>;

export interface Watcher {
  tell(step: Step): Promise<void>;
  /** True when a newer save should go before the next piece of a file. */
  isInterrupted(): boolean;
  /** A batch, a file or a piece of it has arrived. */
  progressed(): void;
}

/** Refusals that stop everything until somebody signs in or updates the app. */
const BLOCKING = new Set([401, 426]);
/** The server broke on this, or has no room for more: other trips, reading and other files may still go. */
const LOCAL = new Set([500, 507]);
const DONE = { kind: 'done' } as const;

/** True when nothing else in this round can fare better. */
function stopsAll(outcome: RoundOutcome): boolean {
  if (outcome.kind === 'done') return false;
  return outcome.kind !== 'busy' || !LOCAL.has(outcome.problem.status ?? 0);
}

export async function runRound(parts: Parts, wanted: Wanted, watcher: Watcher): Promise<RoundOutcome> {
  const outcome = await allSteps(parts, wanted, watcher);
  if (outcome.kind === 'blocked' && outcome.problem.status === 401) await markSession(parts.store, true);
  return outcome;
}

async function allSteps(parts: Parts, wanted: Wanted, watcher: Watcher): Promise<RoundOutcome> {
  const ready = await parts.api.prepare();
  if (!ready.ok) return stopBy(ready, true);
  parts.onRound?.();
  const pushed = await pushAll(parts, watcher);
  if (stopsAll(pushed.outcome)) return pushed.outcome;
  let worst = pushed.outcome;
  if (wanted.full) {
    const listed = await listTrips(parts);
    if (listed.kind !== 'done') return listed;
    await markSession(parts.store, false);
  }
  const pulled = await pullAll(
    parts,
    { ...wanted, trips: new Set([...wanted.trips, ...pushed.trips]) },
    watcher,
  );
  if (stopsAll(pulled)) return pulled;
  if (pulled.kind !== 'done') worst = pulled;
  const uploaded = await uploadAll(parts, watcher);
  return uploaded.kind === 'done' ? worst : uploaded;
}

async function pullAll(parts: Parts, wanted: Wanted, watcher: Watcher): Promise<RoundOutcome> {
  let worst: RoundOutcome = DONE;
  const feeds = await parts.store.db.feed.toArray();
  for (const feed of feeds.filter((one) => wanted.full || wanted.trips.has(one.trip) || one.sweeping)) {
    if (await isUnborn(parts.store, feed.trip)) continue;
    await watcher.tell({ state: 'pulling', trip: feed.trip, media: null });
    const outcome = await pullTrip(parts, feed.trip);
    if (stopsAll(outcome)) return outcome;
    if (outcome.kind !== 'done') worst = outcome;
  }
  return worst;
}

/** Made here while this round was on its way: the server does not know it before its first push. */
async function isUnborn(store: Store, trip: string): Promise<boolean> {
  const row = await store.db.rows('trip').get(trip);
  return row !== undefined && row.local.seq === 0 && row.local.unsent > 0;
}

async function listTrips({ api, store }: Parts): Promise<RoundOutcome> {
  const answer = await api.trips();
  if (!answer.ok) return stopBy(answer, true);
  const { feed } = store.db;
  await store.db.transaction('rw', feed, async () => {
    const known = new Set((await feed.toArray()).map((one) => one.trip));
    const fresh: Feed[] = answer.value.filter((trip) => !known.has(trip.id)).map((trip) => newFeed(trip.id));
    await feed.bulkAdd(fresh);
  });
  return DONE;
}

async function pushAll(
  parts: Parts,
  watcher: Watcher,
): Promise<{ outcome: RoundOutcome; trips: Set<string> }> {
  const { store } = parts;
  const trips = new Set<string>();
  let worst: RoundOutcome = DONE;
  const queued = await store.db.outbox.where('state').equals('queued').sortBy('n');
  for (const trip of new Set(queued.map((change) => change.trip))) {
    await watcher.tell({ state: 'pushing', trip, media: null });
    const failure = await sendTrip(parts, trip, watcher.progressed);
    const outcome = failure === null ? DONE : await failTrip(store, trip, failure);
    if (stopsAll(outcome)) return { outcome, trips };
    if (outcome.kind !== 'done') worst = outcome;
    trips.add(trip);
  }
  return { outcome: worst, trips };
}

async function pullTrip({ api, store }: Parts, trip: string): Promise<RoundOutcome> {
  for (;;) {
    const feed = await store.db.feed.get(trip);
    const after = feed?.cursor ?? 0;
    const answer = await api.pull(trip, after);
    if (!answer.ok) {
      if (await foundAgain({ api, store }, trip, answer)) continue;
      return failTrip(store, trip, answer);
    }
    await noteSkew(store.db, store.clock.now(), answer.value.server_now);
    if (await applyPage(store, trip, answer.value, after)) continue;
    const failure = await giveBack({ api, store }, feed, answer.value);
    if (failure === undefined) return DONE;
    if (failure !== null) return failTrip(store, trip, failure);
  }
}

/** A restored server gets what it lost at once, members first; undefined = it was not restored. */
async function giveBack(
  parts: Pick<Parts, 'api' | 'store'>,
  feed: Feed | undefined,
  { lost = [] }: PullAnswer,
): Promise<Failure | null | undefined> {
  if (!feed?.sweeping || lost.length === 0) return undefined;
  await takeInAgain(parts, feed.trip);
  return sendTrip(parts, feed.trip);
}

/** A trip that is refused is told apart from the others: they go on. */
async function failTrip(store: Store, trip: string, failure: Failure): Promise<RoundOutcome> {
  const outcome = stopBy(failure, false);
  if (outcome.kind === 'done') await store.db.feed.update(trip, { problem: failure.problem });
  return outcome;
}

/** What a failed request means: wait, stop, or (for one trip only) go on with the rest. */
function stopBy(failure: Failure, whole: boolean): RoundOutcome {
  const { kind, problem, retryAfterMs } = failure;
  if (kind !== 'refused') return { kind, problem, retryAfterMs };
  if (whole || BLOCKING.has(problem.status ?? 0)) return { kind: 'blocked', problem };
  return DONE;
}

/** Screens say that sending waits for a sign-in; capture and reading go on. */
async function markSession(store: Store, expired: boolean): Promise<void> {
  const known = await store.db.settings.get('session.expired');
  if ((known?.value ?? false) !== expired)
    await store.db.settings.put({ key: 'session.expired', value: expired });
}

/** Files one by one, until all are sent or a newer save should go first. */
async function uploadAll(parts: Parts, watcher: Watcher): Promise<RoundOutcome> {
  const { store, uploader, chance } = parts;
  const stored = new Set<string>();
  let outcome: RoundOutcome = DONE;
  for await (const blob of dueUploads(store)) {
    await watcher.tell({ state: 'uploading', trip: blob.trip, media: blob.media });
    const pause = () => {
      watcher.progressed();
      return watcher.isInterrupted();
    };
    const result = await uploadOne(store, uploader, blob, { chance: chance(), pause });
    if (result.ok) {
      watcher.progressed();
      stored.add(blob.trip);
    }
    outcome = afterUpload(result);
    if (outcome.kind !== 'done' || watcher.isInterrupted()) break;
  }
  for (const trip of outcome.kind === 'done' ? stored : []) outcome = await pullTrip(parts, trip);
  return outcome;
}

function afterUpload(result: TransferResult): RoundOutcome {
  if (result.ok || result.kind === 'busy' || result.kind === 'paused') return DONE;
  const { problem, retryAfterMs } = result;
  if (result.kind === 'offline') return { kind: 'offline', problem, retryAfterMs };
  return problem.status === 401 ? { kind: 'blocked', problem } : DONE;
}
