// Pure parts of capture: what counts as a gap, as a position, as loud.
import { describe, expect, it } from 'vitest';

import { GapWatch } from './gaps';
import { rootMeanSquare } from './level';
import { finitePosition } from './position';

describe('a gap', () => {
  it('lasts from the mute to the end of it and is told once', () => {
    const watch = new GapWatch();
    watch.mute(2000, 'muted');
    watch.mute(2500, 'ended');
    expect(watch.unmute(45_000)).toEqual({ reason: 'muted', atMs: 2000, lengthMs: 43_000 });
    expect(watch.unmute(46_000)).toBeNull();
  });

  it('is seen when a late chunk holds too little for its time: the page was frozen', () => {
    const watch = new GapWatch();
    for (let second = 1; second <= 10; second += 1) expect(watch.chunk(second * 1000, 4000)).toBeNull();
    expect(watch.chunk(40_000, 4000)).toEqual({ reason: 'frozen', atMs: 10_000, lengthMs: 29_000 });
  });

  it('is not seen when a late chunk brings all its sound, or the microphone was known to be muted', () => {
    const watch = new GapWatch();
    for (let second = 1; second <= 10; second += 1) watch.chunk(second * 1000, 4000);
    expect(watch.chunk(20_000, 40_000)).toBeNull();
    watch.mute(21_000, 'muted');
    expect(watch.chunk(60_000, 4000)).toBeNull();
  });
});

describe('a position', () => {
  it('is taken only from two finite numbers on this earth', () => {
    expect(finitePosition(26.58, 106.71)).toEqual({ lat: 26.58, lon: 106.71 });
    for (const [lat, lon] of [
      [Number.NaN, 1],
      [undefined, 1],
      [91, 0],
      [0, 181],
      ['26', 106],
    ]) {
      expect(finitePosition(lat, lon)).toBeNull();
    }
  });
});

describe('loudness', () => {
  it('is zero for silence and one for full scale', () => {
    expect(rootMeanSquare(new Float32Array(64))).toBe(0);
    expect(rootMeanSquare(new Float32Array(64).fill(1))).toBe(1);
    expect(rootMeanSquare(new Float32Array())).toBe(0);
  });
});
