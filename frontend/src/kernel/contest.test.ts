// Contested places as the protocol tells them, found in the text as it stands here.
import { describe, expect, it } from 'vitest';

import { openSpots, settleText, type Told } from './contest';

const TEXT = '一\n二甲\n二乙\n三\n四甲\n四乙';
const account = (device: string, ...parts: [number, number, string | null][]): Told => ({
  value: '',
  by: `user of ${device}`,
  at: '2026-11-23T08:00:00.000Z',
  device,
  parts: parts.map(([start, end, value]) => ({ start, end, value })),
});
const two = [account('a', [1, 3, '二甲'], [4, 6, '四甲']), account('b', [1, 3, '二乙'], [4, 6, '四乙'])];
const present = (shown: string, written: boolean) => ({ told: TEXT, shown, written });

describe('contested places', () => {
  it('are each shown with the versions of both sides', () => {
    const spots = openSpots(two, present(TEXT, false));
    expect(spots.map(({ place }) => place)).toEqual([
      { start: 1, end: 3 },
      { start: 4, end: 6 },
    ]);
    expect(spots[0]?.versions.map(({ value, device }) => [value, device])).toEqual([
      ['二甲', 'a'],
      ['二乙', 'b'],
    ]);
  });

  it('go one by one as they are settled here, and the others keep their right place', () => {
    const once = settleText(TEXT, { start: 1, end: 3 }, '二乙');
    expect(once).toBe('一\n二乙\n三\n四甲\n四乙');
    const left = openSpots(two, present(once, true));
    expect(left.map(({ place }) => place)).toEqual([{ start: 3, end: 5 }]);
    const twice = settleText(once, { start: 3, end: 5 }, null);
    expect(twice).toBe('一\n二乙\n三');
    expect(openSpots(two, present(twice, true))).toEqual([]);
  });

  it('are all settled by a write that leaves them as they are', () => {
    expect(openSpots(two, present(TEXT, true))).toEqual([]);
    expect(openSpots(two, present(`${TEXT}\n五`, true))).toEqual([]);
  });

  it('stay open under an older unsent edit of another paragraph', () => {
    const left = openSpots(two, present(`零\n${TEXT}`, false));
    expect(left.map(({ place }) => place)).toEqual([
      { start: 2, end: 4 },
      { start: 5, end: 7 },
    ]);
  });

  it('say that a side has deleted its paragraph', () => {
    const spots = openSpots([account('a', [0, 1, '留']), account('b', [0, 1, null])], {
      told: '留',
      shown: '留',
      written: false,
    });
    expect(spots[0]?.versions.map(({ value }) => value)).toEqual(['留', null]);
  });
});

describe('a contested field without places', () => {
  const whole = (value: unknown) => ({ value, by: null, at: null });

  it('shows each value once', () => {
    const spots = openSpots([whole('甲'), whole('乙'), whole('甲')], {
      told: '乙',
      shown: '乙',
      written: false,
    });
    expect(spots).toHaveLength(1);
    expect(spots[0]?.versions.map(({ value }) => value)).toEqual(['甲', '乙']);
  });

  it('is settled by whatever is written', () => {
    const written = { told: '乙', shown: '丙', written: true };
    expect(openSpots([whole('甲'), whole('乙')], written)).toEqual([]);
  });
});
