// Pure parts of capture: what counts as a gap, as a position, as loud.
import { describe, expect, it } from 'vitest';

import { containerTime, kindOf, mimeOf, recordedAt } from './filetype';
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

  it('is seen when a late chunk holds too little for its time, and those behind it do not make up for it', () => {
    const watch = new GapWatch();
    for (let second = 1; second <= 10; second += 1) expect(watch.chunk(second * 1000, 4000)).toBeNull();
    expect([40, 41, 42].map((second) => watch.chunk(second * 1000, 4000))).toEqual([null, null, null]);
    expect(watch.chunk(43_000, 4000)).toEqual({ reason: 'frozen', atMs: 10_000, lengthMs: 29_000 });
    expect(watch.chunk(44_000, 4000)).toBeNull();
  });

  it('is not seen when a late chunk, or one soon behind it, brings all its sound', () => {
    const watch = new GapWatch();
    for (let second = 1; second <= 10; second += 1) watch.chunk(second * 1000, 4000);
    expect(watch.chunk(20_000, 40_000)).toBeNull();
    expect(watch.chunk(24_000, 700)).toBeNull();
    expect(watch.chunk(24_300, 16_000)).toBeNull();
    for (let second = 25; second <= 30; second += 1) expect(watch.chunk(second * 1000, 4000)).toBeNull();
  });

  it('is not counted twice when the microphone was known to be muted meanwhile', () => {
    const watch = new GapWatch();
    for (let second = 1; second <= 10; second += 1) watch.chunk(second * 1000, 4000);
    watch.mute(11_000, 'muted');
    expect(watch.chunk(60_000, 4000)).toBeNull();
    expect(watch.unmute(60_000)).toEqual({ reason: 'muted', atMs: 11_000, lengthMs: 49_000 });
  });

  it('of a sleeping device is what the wall clock has more than the steady one', () => {
    const watch = new GapWatch();
    expect(watch.clocks(1000, 500_000)).toBeNull();
    expect(watch.clocks(2000, 501_200)).toBeNull();
    expect(watch.clocks(3000, 702_200)).toEqual({ reason: 'asleep', atMs: 3000, lengthMs: 200_000 });
    expect(watch.clocks(4000, 703_200)).toBeNull();
  });

  it('is told while it lasts: muted at once, a chunk that is overdue after four seconds', () => {
    const watch = new GapWatch();
    watch.chunk(1000, 4000);
    expect(watch.deafSince(4500)).toBeNull();
    expect(watch.deafSince(5500)).toEqual({ atMs: 1000, reason: 'frozen' });
    watch.mute(5600, 'muted');
    expect(watch.deafSince(5601)).toEqual({ atMs: 5600, reason: 'muted' });
  });
});

describe('a file from elsewhere', () => {
  it('is known by its ending where its type says nothing or calls sound a film', () => {
    expect(mimeOf({ name: '通话.AMR', type: '' })).toBe('audio/amr');
    expect(mimeOf({ name: 'voice.3gp', type: 'video/3gpp' })).toBe('audio/3gpp');
    expect(mimeOf({ name: 'a.m4a', type: 'audio/x-m4a' })).toBe('audio/x-m4a');
    expect(mimeOf({ name: 'a.jpg', type: 'image/jpeg' })).toBe('image/jpeg');
    expect(['image/png', 'audio/amr', 'video/mp4', 'application/pdf'].map(kindOf)).toEqual([
      'photo',
      'audio',
      'video',
      'file',
    ]);
  });

  it('began when its name says, else its container, else its length before its end', () => {
    const now = new Date(2026, 10, 24, 18, 0).getTime();
    const ended = new Date(2026, 10, 24, 15, 0).getTime();
    const file = { name: '新录音 3.m4a', lastModified: ended, durationMs: 600_000, createdAt: null };
    expect(recordedAt(file, now)).toBe(ended - 600_000);
    expect(recordedAt({ ...file, createdAt: ended - 660_000 }, now)).toBe(ended - 660_000);
    const named = { ...file, name: '录音_20261124_140312.m4a', createdAt: ended };
    expect(recordedAt(named, now)).toBe(new Date(2026, 10, 24, 14, 3, 12).getTime());
    const dashed = { ...named, name: '2026-11-24 14.03.12.wav' };
    expect(recordedAt(dashed, now)).toBe(new Date(2026, 10, 24, 14, 3, 12).getTime());
  });

  it('does not take a number for a time, nor believe in the future', () => {
    const now = Date.UTC(2026, 10, 24, 10);
    const file = { name: '13812345678.amr', lastModified: 0, durationMs: null, createdAt: null };
    expect(recordedAt(file, now)).toBe(now);
    expect(recordedAt({ ...file, name: '20991124_140312.amr' }, now)).toBe(now);
    expect(recordedAt({ ...file, name: '20261340_140312.amr' }, now)).toBe(now);
  });

  it('tells its time from the index of an MP4, wherever that lies', async () => {
    const at = Date.UTC(2026, 10, 24, 6, 3, 12);
    const words = (...numbers: number[]) => {
      const view = new DataView(new ArrayBuffer(numbers.length * 4));
      for (const [n, number] of numbers.entries()) view.setUint32(n * 4, number);
      return view.buffer;
    };
    const type = (name: string) => [...name].reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0);
    const ftyp = words(16, type('ftyp'), type('3gp4'), 0);
    const data = words(8 + 4 * 1000, type('mdat'), ...new Array<number>(1000).fill(7));
    const moov = words(40, type('moov'), 32, type('mvhd'), 0, at / 1000 + 2_082_844_800, 0, 1000, 0, 0);
    expect(await containerTime(new Blob([ftyp, data, moov]))).toBe(at);
    expect(await containerTime(new Blob([ftyp, moov, data]))).toBe(at);
    expect(await containerTime(new Blob([ftyp, data]))).toBeNull();
    expect(await containerTime(new Blob(['#!AMR\n not an mp4 at all']))).toBeNull();
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
