// What screens decide before they draw: addresses, days, turns of speech, values, what waits.
import { describe, expect, it } from 'vitest';

import type { Change, Row } from '../domain';
import { changed } from './parts/changed';
import { daysBetween, instantOf, timeField } from './parts/times';
import { bare, isCameraName } from './parts/words';
import { routeOf } from './routes';
import { linesOf } from './sound/turns';
import { recordItems, textFields } from './sync/items';
import { minutesBetween, phaseOf, tripDays } from './trip/days';
import { splitValue } from './verify/values';

const stop = (fields: Partial<Row<'stop'>>) =>
  ({ id: 's', starts_at: null, ends_at: null, ...fields }) as Row<'stop'>;
const trip = (fields: Partial<Row<'trip'>>) =>
  ({ timezone: 'Asia/Shanghai', starts_on: null, ends_on: null, ...fields }) as Row<'trip'>;
const segment = (id: string, start_ms: number, speaker: string | null) =>
  ({ id, start_ms, end_ms: start_ms + 1000, speaker }) as Row<'segment'>;
const mark = (id: string, at_ms: number, kind: 'gap' | 'flag' | 'speaker') =>
  ({ id, at_ms, kind, text: '' }) as Row<'mark'>;

describe('addresses', () => {
  it('lead to a screen with what they carry', () => {
    expect(routeOf('/note/abc').params).toEqual({ id: 'abc' });
    expect(routeOf('/trip/stop/x%20y').params).toEqual({ id: 'x y' });
    expect(routeOf('/').tab).toBe('capture');
  });

  it('that nobody knows lead to the page that says so', () => {
    expect(routeOf('/note').tab).toBeNull();
    expect(routeOf('/nowhere').list).toBeNull();
  });
});

describe('the days of a trip', () => {
  it('run from first to last and hold visits outside them', () => {
    const visit = stop({ starts_at: '2026-11-19T20:00:00Z' });
    const days = tripDays(trip({ starts_on: '2026-11-17', ends_on: '2026-11-18' }), [visit], '2026-12-24');
    expect(days).toEqual(['2026-11-17', '2026-11-18', '2026-11-20']);
  });

  it('hold today while the trip has no end', () => {
    expect(tripDays(trip({ starts_on: '2026-11-17' }), [], '2026-11-19')).toContain('2026-11-19');
  });

  it('stay few even when the dates are absurd', () => {
    expect(tripDays(trip({ starts_on: '2026-01-01', ends_on: '9999-01-01' }), [], '2026-01-01')).toHaveLength(
      60,
    );
  });

  it('know which stop is done, is now, comes later', () => {
    const visit = stop({ starts_at: '2026-11-18T02:00:00Z', ends_at: '2026-11-18T03:30:00Z' });
    expect(phaseOf(visit, Date.parse('2026-11-18T01:00:00Z'), null)).toBe('later');
    expect(phaseOf(visit, Date.parse('2026-11-18T03:00:00Z'), null)).toBe('now');
    expect(phaseOf(visit, Date.parse('2026-11-18T04:00:00Z'), 's')).toBe('done');
  });

  it('say nothing about the road when a time is missing', () => {
    expect(minutesBetween(stop({}), stop({ starts_at: '2026-11-18T02:00:00Z' }))).toBeNull();
  });
});

describe('wall times', () => {
  it('go to an instant and back in the zone of the trip', () => {
    const instant = instantOf('2026-11-18', '08:30', 'Asia/Shanghai');
    expect(instant).toBe('2026-11-18T00:30:00.000Z');
    expect(timeField(instant, 'Asia/Shanghai')).toBe('08:30');
  });

  it('hold on the day on which clocks change', () => {
    expect(instantOf('2026-03-29', '12:00', 'Europe/Berlin')).toBe('2026-03-29T10:00:00.000Z');
    expect(instantOf('2026-03-28', '12:00', 'Europe/Berlin')).toBe('2026-03-28T11:00:00.000Z');
  });

  it('are nothing when the day or the hour is', () => {
    expect(instantOf('', '08:30', undefined)).toBeNull();
    expect(instantOf('2026-11-18', '', undefined)).toBeNull();
  });

  it('count days across months', () => {
    expect(daysBetween('2026-11-30', '2026-12-02')).toBe(2);
  });
});

describe('a transcript', () => {
  it('joins what one person says and breaks at gaps and flags', () => {
    const lines = linesOf(
      [segment('a', 0, 'p'), segment('b', 1000, 'p'), segment('c', 5000, 'p'), segment('d', 6000, null)],
      [mark('g', 3000, 'gap'), mark('s', 5500, 'speaker'), mark('f', 9000, 'flag')],
    );
    expect(lines.map((line) => line.id)).toEqual(['a', 'g', 'c', 'd', 'f']);
    expect(lines[0]).toMatchObject({ type: 'turn', segments: [{ id: 'a' }, { id: 'b' }] });
  });
});

describe('a disputed value', () => {
  it('shows the number large and the unit small', () => {
    expect(splitValue('412 户')).toEqual({ number: '412', unit: '户' });
    expect(splitValue('约 350户')).toEqual({ number: '约 350', unit: '户' });
    expect(splitValue('18 hours')).toEqual({ number: '18', unit: 'hours' });
    expect(splitValue('1.2 million yuan')).toEqual({ number: '1.2', unit: 'million yuan' });
  });

  it('stays whole when it is no number or its unit is a sentence', () => {
    expect(splitValue('已完工').unit).toBe('');
    expect(splitValue('3 villages north of the river').number).toBe('3 villages north of the river');
  });
});

describe('what waits', () => {
  const change = (record: string, fields: Record<string, unknown>) =>
    ({ id: record + String(Object.keys(fields)), entity: 'note', record, fields }) as Change;

  it('is one line per record, known by its words', () => {
    const items = recordItems([
      change('n', { text: '蓄水池' }),
      change('n', { kind: 'quote' }),
      change('m', { text: '泵' }),
    ]);
    expect(items.map((item) => [item.text, item.changes.length])).toEqual([
      ['蓄水池', 2],
      ['泵', 1],
    ]);
  });

  it('is repaired where it holds text', () => {
    expect(textFields(change('n', { text: 'x', kind: 'quote', stop: 'id' }))).toEqual(['text']);
  });
});

describe('a form', () => {
  it('writes only what was changed, and one moment in two spellings is no change', () => {
    const row = { place: '村部', starts_at: '2026-11-18T00:30:00Z', unit: null, vocabulary: ['赵工'] };
    const fields = {
      place: '新村部',
      starts_at: '2026-11-18T00:30:00.000Z',
      unit: null,
      vocabulary: ['赵工'],
    };
    expect(changed(row, fields)).toEqual({ place: '新村部' });
  });
});

describe('names of files', () => {
  it('of a camera say nothing', () => {
    expect(['IMG_0001.jpg', 'image.jpg', '20261118_093012.jpg', ''].every(isCameraName)).toBe(true);
    expect(isCameraName('总表.jpg')).toBe(false);
  });

  it('lose their ending', () => {
    expect(bare('座谈会.m4a')).toBe('座谈会');
    expect(bare('v1.2 报告')).toBe('v1.2 报告');
  });
});
