// The light of a device, as a table: what is known of it, what it shows, what mends it.
import { describe, expect, it } from 'vitest';

import { type GuardFacts, judgeGuard, platformOf } from './guard';

const DAY = 86_400_000;
const safe: GuardFacts = {
  platform: 'android',
  installed: true,
  persisted: true,
  audioMinutes: 600,
  freeable: 0,
  unsent: 0,
  refused: 0,
  shared: 0,
  oldestMs: 0,
  awayMs: 0,
  copied: false,
  signedIn: true,
  drafts: 0,
};
const tab: Partial<GuardFacts> = { platform: 'ios', installed: false, persisted: false, unsent: 14 };

describe('the light', () => {
  it.each<[string, Partial<GuardFacts>, string, string]>([
    ['nothing unsent', {}, 'green', 'all_sent'],
    ['nothing unsent, but something half typed', { drafts: 1 }, 'green', 'drafts'],
    ['half typed beside what waits', { drafts: 1, unsent: 3 }, 'green', 'kept'],
    [
      'nothing unsent in a tab that was long away',
      { ...tab, unsent: 0, awayMs: 9 * DAY },
      'green',
      'all_sent',
    ],
    ['refused, however well it is kept', { unsent: 1, refused: 1 }, 'amber', 'refused'],
    ['refused with a spare copy', { unsent: 1, refused: 1, copied: true }, 'amber', 'refused'],
    [
      'refused in a tab that is about to be cleared',
      { ...tab, refused: 1, oldestMs: 4 * DAY },
      'red',
      'tab_clock',
    ],
    ['refused in a fresh tab', { ...tab, refused: 1 }, 'amber', 'refused'],
    ['unsent, promised', { unsent: 3, oldestMs: DAY }, 'green', 'kept'],
    ['unsent, installed, no promise', { unsent: 3, persisted: false }, 'green', 'holding'],
    [
      'unsent for a day in a tab without promise',
      { unsent: 3, persisted: false, installed: false, oldestMs: DAY },
      'amber',
      'evictable',
    ],
    [
      'the same, just noted',
      { unsent: 3, persisted: false, installed: false, oldestMs: DAY - 1 },
      'green',
      'holding',
    ],
    [
      'the same with a spare copy',
      { unsent: 3, persisted: false, installed: false, oldestMs: DAY, copied: true },
      'green',
      'holding',
    ],
    ['unsent for three days anywhere', { unsent: 3, oldestMs: 3 * DAY }, 'amber', 'old'],
    ['iPhone tab, two days', { ...tab, oldestMs: 3 * DAY - 1 }, 'green', 'tab_left'],
    ['iPhone tab, unsent three days', { ...tab, oldestMs: 3 * DAY }, 'amber', 'tab_clock'],
    ['iPhone tab, unsent four days', { ...tab, oldestMs: 4 * DAY }, 'red', 'tab_clock'],
    ['iPhone tab, not opened for three days', { ...tab, awayMs: 3 * DAY }, 'amber', 'tab_clock'],
    ['iPhone tab, not opened for four days', { ...tab, awayMs: 4 * DAY }, 'red', 'tab_clock'],
    [
      'iPhone tab with a promise, which does not bind there',
      { ...tab, persisted: true, oldestMs: 4 * DAY },
      'red',
      'tab_clock',
    ],
    ['iPhone tab, four days, spare copy', { ...tab, oldestMs: 4 * DAY, copied: true }, 'amber', 'tab_copied'],
    ['iPhone, installed, four days', { ...tab, installed: true, oldestMs: 4 * DAY }, 'amber', 'old'],
    ['room for half an hour', { audioMinutes: 30 }, 'amber', 'low_room'],
    ['room for nine minutes', { audioMinutes: 9 }, 'red', 'no_room'],
    [
      'room for half an hour and a red tab',
      { ...tab, oldestMs: 5 * DAY, audioMinutes: 30 },
      'red',
      'tab_clock',
    ],
    ['a browser that tells nothing', { persisted: null, audioMinutes: null, unsent: 1 }, 'green', 'holding'],
  ])('%s', (_case, facts, light, code) => {
    expect(judgeGuard({ ...safe, ...facts })).toMatchObject({ light, code });
  });

  it('counts the days of whichever clock runs longer', () => {
    expect(judgeGuard({ ...safe, ...tab, oldestMs: 5.5 * DAY, awayMs: 2 * DAY }).days).toBe(5);
  });
});

describe('what mends', () => {
  it.each<[string, Partial<GuardFacts>, string[]]>([
    ['nothing is needed', {}, []],
    ['unsent, signed in', { unsent: 2 }, ['send', 'copy']],
    ['unsent, signed out', { unsent: 2, signedIn: false }, ['signin', 'copy']],
    ['unsent in a tab without promise', { ...tab }, ['send', 'copy', 'install', 'persist']],
    ['short of room, the server has originals', { audioMinutes: 30, freeable: 9 }, ['free']],
    ['short of room, nothing to free', { audioMinutes: 30 }, []],
    ['refused only', { unsent: 1, refused: 1 }, ['repair', 'copy']],
    ['refused and waiting', { unsent: 2, refused: 1 }, ['send', 'repair', 'copy']],
    ['shared by another app only', { unsent: 1, shared: 1 }, ['place', 'copy']],
    ['unsent, copied', { unsent: 2, copied: true }, ['send']],
  ])('%s', (_case, facts, mends) => {
    expect(judgeGuard({ ...safe, ...facts }).mends).toEqual(mends);
  });
});

describe('the platform', () => {
  it('is told apart also where an iPad calls itself a Mac', () => {
    expect(platformOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari', 5)).toBe('ios');
    expect(platformOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 5)).toBe('ios');
    expect(platformOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 0)).toBe('desktop');
    expect(platformOf('Mozilla/5.0 (Linux; Android 15) Chrome', 5)).toBe('android');
  });
});
