// The chain of reasons, case by case: the deepest first, the next try only where trying again helps.
import { describe, expect, it } from 'vitest';

import { newBlob } from '../store/blobs';
import type { BlobRow, Change, Feed } from '../store/rows';
import { IDLE_STATUS } from '../store/sync-state';
import { type Surroundings, whyFile, whyRecord } from './reasons';

const NOW = 1_795_420_800_000;
const calm: Surroundings = { now: NOW, online: true, status: IDLE_STATUS, session: 'held', feed: null };
const HLC = '1795420800000-0000-phone_a1';
const change = (more: Partial<Change> = {}) =>
  ({ state: 'queued', attempts: 0, hlc: HLC, ...more }) as Change;
const blob = (more: Partial<BlobRow> = {}): BlobRow => ({
  ...newBlob('m', 't', { kind: 'photo', mime: 'image/jpeg', state: 'whole', startedAt: NOW }),
  sha256: 'a'.repeat(64),
  size: 100,
  ...more,
});
const failing = (problem: { code: string; status?: number }, more: Partial<typeof IDLE_STATUS> = {}) => ({
  ...calm,
  status: {
    ...IDLE_STATUS,
    state: 'waiting' as const,
    problem,
    failingSince: NOW - 9,
    nextTry: NOW + 5000,
    ...more,
  },
});
const codes = (why: { reasons: { code: string }[] }) => why.reasons.map((reason) => reason.code);

describe('a record', () => {
  it.each<[string, Partial<Change>, Surroundings, string[], number | null]>([
    ['its turn comes', {}, calm, ['queue'], null],
    ['no network', {}, { ...failing({ code: 'offline' }), online: false }, ['no_network'], NOW + 5000],
    ['a network, no answer', {}, failing({ code: 'offline' }), ['silent'], NOW + 5000],
    ['a server in trouble', {}, failing({ code: 'http_502', status: 502 }), ['trouble'], NOW + 5000],
    ['too many requests', {}, failing({ code: 'too_many', status: 429 }), ['limit'], NOW + 5000],
    ['signed out', {}, { ...calm, session: 'ended' }, ['signed_out'], null],
    [
      'never signed in and no network',
      {},
      { ...failing({ code: 'offline' }), online: false, session: 'never' },
      ['never_signed_in', 'no_network'],
      null,
    ],
    ['an old app', {}, failing({ code: 'client_too_old', status: 426 }), ['too_old'], null],
    ['a device shut out', {}, failing({ code: 'device_revoked', status: 403 }), ['device_revoked'], null],
    [
      'refused',
      { state: 'rejected', problem: { code: 'invalid_fields' } },
      failing({ code: 'offline' }),
      ['refused'],
      null,
    ],
    ['lost by a restored server', { hlc: '1795420800000-0000-resent' }, calm, ['restored'], null],
    [
      'broke the server',
      { nextAt: NOW + 60_000, failure: { code: 'internal_error', status: 500 } },
      calm,
      ['set_aside'],
      NOW + 60_000,
    ],
  ])('%s', (_case, one, around, expected, next) => {
    const why = whyRecord([change(one)], around);
    expect(codes(why)).toEqual(expected);
    expect(why.nextTry).toBe(next);
  });

  it('waits for its trip, in the words of the server', () => {
    const feed = { trip: 't', problem: { code: 'trip_unknown', status: 404 } } as Feed;
    expect(whyRecord([change()], { ...calm, feed }).reasons).toMatchObject([
      { code: 'trip_refused', problem: { code: 'trip_unknown' } },
    ]);
  });

  it('counts the tries of whichever change was tried most', () => {
    expect(whyRecord([change({ attempts: 2 }), change({ attempts: 5 })], calm).attempts).toBe(5);
  });
});

describe('a file', () => {
  const later = { nextAt: NOW + 30_000 };
  it.each<[string, Partial<BlobRow>, 'known' | 'waits' | 'refused', Surroundings, string[], number | null]>([
    ['its turn comes', {}, 'known', calm, ['queue'], null],
    ['still recorded', { state: 'writing', sha256: null }, 'waits', calm, ['recording'], null],
    ['not hashed yet', { sha256: null }, 'known', calm, ['hashing'], null],
    ['its row waits', {}, 'waits', failing({ code: 'offline' }), ['silent', 'row_waits'], NOW + 5000],
    ['its row was refused', {}, 'refused', calm, ['row_refused'], null],
    [
      'too large',
      { problem: { code: 'upload_too_large', status: 413, limit: 5 } },
      'known',
      failing({ code: 'offline' }),
      ['too_large', 'silent'],
      null,
    ],
    [
      'over the quota',
      { failure: { code: 'quota_exceeded', status: 507, limit: 5 }, ...later },
      'known',
      calm,
      ['quota'],
      NOW + 30_000,
    ],
    [
      'server full',
      { failure: { code: 'storage_full', status: 507 }, ...later },
      'known',
      calm,
      ['server_full'],
      NOW + 30_000,
    ],
    [
      'broken off',
      { uploaded: 62, failure: { code: 'upload_stalled', status: 503 }, ...later },
      'known',
      calm,
      ['broken_off'],
      NOW + 30_000,
    ],
    [
      'a wrong hash',
      { problem: { code: 'hash_mismatch', status: 460 } },
      'known',
      calm,
      ['file_refused'],
      null,
    ],
  ])('%s', (...given) => {
    const [, one, row, around, expected, next] = given;
    const why = whyFile(blob(one), row, around);
    expect(codes(why)).toEqual(expected);
    expect(why.nextTry).toBe(next);
  });

  it('being sent says how far, and then that it is checked', () => {
    const status = { ...IDLE_STATUS, state: 'uploading' as const, media: 'm' };
    expect(whyFile(blob({ uploaded: 62 }), 'known', { ...calm, status }).reasons).toEqual([
      { code: 'sending', percent: 62 },
    ]);
    expect(codes(whyFile(blob({ uploaded: 100 }), 'known', { ...calm, status }))).toEqual(['checking']);
  });
});
