// Why one thing is not on the server yet: the honest chain of reasons, the deepest first. Pure.
import { isResent } from '../kernel/hlc';
import type { Problem } from '../kernel/problem';
import type { BlobRow, Change, Feed } from '../store/rows';
import type { EngineStatus } from '../store/sync-state';

export type ReasonCode =
  | 'refused'
  | 'device_revoked'
  | 'too_old'
  | 'signed_out'
  | 'never_signed_in'
  | 'no_network'
  | 'silent'
  | 'trouble'
  | 'limit'
  | 'trip_refused'
  | 'set_aside'
  | 'restored'
  | 'recording'
  | 'hashing'
  | 'row_refused'
  | 'row_waits'
  | 'too_large'
  | 'quota'
  | 'server_full'
  | 'file_refused'
  | 'broken_off'
  | 'checking'
  | 'sending'
  | 'queue';

export interface Reason {
  code: ReasonCode;
  /** Unix milliseconds since when. */
  since?: number | null;
  /** The server's own words, by their code, with the figures it gave. */
  problem?: Problem | null;
  /** Percent already there. */
  percent?: number;
}

export interface Why {
  /** At least one; each holds by itself, the first has to go first. */
  reasons: Reason[];
  /** Unix milliseconds of the next try; null = it needs somebody, or nothing to wait for. */
  nextTry: number | null;
  attempts: number;
}

export interface Surroundings {
  now: number;
  online: boolean;
  status: EngineStatus;
  session: 'never' | 'ended' | 'held';
  feed: Feed | null;
}

/** Nothing goes until a person acts. */
const NEEDS_SOMEBODY = new Set<ReasonCode>([
  'refused',
  'device_revoked',
  'too_old',
  'signed_out',
  'never_signed_in',
  'recording',
  'row_refused',
  'too_large',
  'file_refused',
]);

/** What holds everything up, deepest first; empty = the way is free. */
export function whyNothing({ status, session, online }: Surroundings): Reason[] {
  const { problem, failingSince: since } = status;
  const found: Reason[] = [];
  if (session === 'never') found.push({ code: 'never_signed_in' });
  if (session === 'ended') found.push({ code: 'signed_out' });
  if (!online) return [...found, { code: 'no_network', since }];
  const code = problem ? serverReason(problem) : null;
  if (code === null) return found;
  const reason = { code, since, problem };
  return NEEDS_SOMEBODY.has(code) ? [reason, ...found] : [...found, reason];
}

const BY_CODE: Record<string, ReasonCode> = { device_revoked: 'device_revoked', offline: 'silent' };
const BY_STATUS: Record<number, ReasonCode> = { 426: 'too_old', 429: 'limit' };

function serverReason({ code, status = 0 }: Problem): ReasonCode | null {
  return BY_CODE[code] ?? BY_STATUS[status] ?? (status >= 500 ? 'trouble' : null);
}

/** The changes of one record, oldest first. */
export function whyRecord(changes: readonly Change[], around: Surroundings): Why {
  const attempts = Math.max(0, ...changes.map((change) => change.attempts ?? 0));
  const rejected = changes.find((change) => change.state === 'rejected');
  if (rejected) return done([{ code: 'refused', problem: rejected.problem }], null, attempts);
  const reasons = [...whyNothing(around), ...whyTrip(around)];
  if (givenBack(changes) > 0) reasons.push({ code: 'restored' });
  const aside = changes.find((change) => (change.nextAt ?? 0) > around.now);
  if (aside) reasons.push({ code: 'set_aside', problem: aside.failure ?? null });
  const own = Math.max(0, ...changes.map((change) => change.nextAt ?? 0));
  return done(reasons, nextOf(around, own), attempts, around.status.state === 'pushing');
}

/** How many of these the server had before it was restored from a backup: they are handed in again. */
export function givenBack(changes: readonly Change[]): number {
  return changes.filter((change) => change.state === 'queued' && isResent(change.hlc)).length;
}

/** One file; `row` is how its record stands. */
export function whyFile(blob: BlobRow, row: 'known' | 'waits' | 'refused', around: Surroundings): Why {
  const sends = around.status.media === blob.media && around.status.state === 'uploading';
  const percent = percentOf(blob);
  if (sends && percent < 100) return done([{ code: 'sending', percent }], null, blob.attempts);
  if (sends) return done([{ code: 'checking' }], null, blob.attempts);
  const reasons = blob.state === 'writing' ? [{ code: 'recording' as const }] : [];
  const own = blob.state === 'writing' ? [] : whyBytes(blob, row, around.now);
  // What is wrong with this very file stays so whatever the network does.
  const first = own.filter((one) => NEEDS_SOMEBODY.has(one.code));
  const rest = own.filter((one) => !NEEDS_SOMEBODY.has(one.code));
  const all = [...reasons, ...first, ...whyNothing(around), ...whyTrip(around), ...rest];
  return done(all, nextOf(around, blob.nextAt), blob.attempts);
}

function whyBytes(blob: BlobRow, row: 'known' | 'waits' | 'refused', now: number): Reason[] {
  const found: Reason[] = [];
  if (blob.problem) found.push(limitOf(blob.problem) ?? { code: 'file_refused', problem: blob.problem });
  if (blob.sha256 === null) found.push({ code: 'hashing' });
  if (row !== 'known') found.push({ code: row === 'refused' ? 'row_refused' : 'row_waits' });
  const again = whyAgain(blob, now);
  return again ? [...found, again] : found;
}

/** Why it is tried again later, by itself. */
function whyAgain(blob: BlobRow, now: number): Reason | null {
  if (blob.problem || !blob.failure || blob.nextAt <= now) return null;
  return limitOf(blob.failure) ?? { code: 'broken_off', problem: blob.failure, percent: percentOf(blob) };
}

export function percentOf(blob: BlobRow): number {
  return blob.size > 0 ? Math.floor((blob.uploaded / blob.size) * 100) : 0;
}

/** Limits that the server made, told apart because each has another way out. */
function limitOf(problem: Problem): Reason | null {
  if (problem.code.includes('quota')) return { code: 'quota', problem };
  if (problem.status === 507 || problem.code === 'storage_full') return { code: 'server_full', problem };
  if (problem.status === 413) return { code: 'too_large', problem };
  return null;
}

function whyTrip({ feed }: Surroundings): Reason[] {
  return feed?.problem ? [{ code: 'trip_refused', problem: feed.problem }] : [];
}

function nextOf({ status, now }: Surroundings, own: number): number | null {
  const next = Math.max(status.nextTry ?? 0, own);
  return next > now ? next : null;
}

function done(reasons: Reason[], nextTry: number | null, attempts: number, sends = false): Why {
  const all = reasons.length > 0 ? reasons : [{ code: sends ? 'sending' : 'queue' } as Reason];
  return {
    reasons: all,
    nextTry: all.some((one) => NEEDS_SOMEBODY.has(one.code)) ? null : nextTry,
    attempts,
  };
}
