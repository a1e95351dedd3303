// The words: both languages say the same things, every field and value has a name, numbers and times read right.
import { describe, expect, it } from 'vitest';

import { ENTITIES } from '../src/generated/entities';
import { en } from '../src/i18n/en';
import { bytes, clip, dayOf } from '../src/i18n/format';
import { fill } from '../src/i18n/i18n.svelte';
import { zh as first } from '../src/i18n/zh';
import { later } from '../src/i18n/zh/later';

const zh = { ...first, ...later };
const LANGUAGES = { zh, en } as const;
const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((found) => found[1]))].sort();

describe.each(Object.entries(LANGUAGES))('the words in %s', (_lang, words: Record<string, string>) => {
  it('name every entity and every field of it', () => {
    for (const [entity, spec] of Object.entries(ENTITIES)) {
      expect(words[`entity.${entity}`], entity).toBeTruthy();
      for (const field of Object.keys(spec.fields))
        expect(words[`${entity}.${field}`], `${entity}.${field}`).toBeTruthy();
    }
  });

  it('name every value of every closed field', () => {
    for (const [entity, spec] of Object.entries(ENTITIES)) {
      for (const [field, { values }] of Object.entries(spec.fields)) {
        for (const value of values ?? [])
          expect(words[`${entity}.${field}.${value}`], `${entity}.${field}.${value}`).toBeTruthy();
      }
    }
  });

  it('leave nothing empty', () => {
    expect(Object.entries(words).filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});

it('asks for the same insertions in both languages', () => {
  const differing = Object.keys(zh).filter((key) => {
    const [one, two] = [zh[key as keyof typeof zh], en[key as keyof typeof zh]];
    return places(one).join() !== places(two).join();
  });
  expect(differing).toEqual([]);
});

describe('fill', () => {
  it('puts values in and keeps what it was not given', () => {
    expect(fill('{n} 条，{x}', { n: 7 })).toBe('7 条，{x}');
  });

  it('takes the word that goes with the number', () => {
    expect(fill('{n} {n|day|days}', { n: 1 })).toBe('1 day');
    expect(fill('{n} {n|day|days}', { n: 3 })).toBe('3 days');
  });
});

describe('numbers and times', () => {
  it('shows lengths as a clock does', () => {
    expect(clip(0)).toBe('0:00');
    expect(clip(372_900)).toBe('6:12');
    expect(clip(3_723_000)).toBe('1:02:03');
  });

  it('shows sizes with one digit only while they are small', () => {
    expect(bytes(900)).toBe('900 B');
    expect(bytes(3_774_873)).toBe('3.6 MB');
    expect(bytes(52_428_800)).toBe('50 MB');
  });

  it('puts a moment on the day of the trip, not of the device', () => {
    expect(dayOf('2026-11-18T17:30:00Z', 'Asia/Shanghai')).toBe('2026-11-19');
    expect(dayOf('2026-11-18T17:30:00Z', 'America/New_York')).toBe('2026-11-18');
  });
});
