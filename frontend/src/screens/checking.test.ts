// What the screens of the verification loop decide: whose day a question is on, how a value and a rule read, what was ruled.
import { describe, expect, it } from 'vitest';

import type { Row } from '../domain';
import type { Past } from '../domain/history';
import type { Ruling } from '../generated/entities';
import '../i18n/later';
import { byDue, dayAfter, dayOfQuestion, dueOf, listOf, type Plan } from './parts/asking';
import { questionOf } from './parts/differ';
import { tripDays } from './trip/days';
import { normalisedWords, rulingsOf, ruleWords, saysTheSame, stillSays } from './verify/values';

const ask = (id: string, fields: Partial<Row<'question'>> = {}) =>
  ({ id, state: 'open', stop: null, ask_on: null, ...fields }) as Row<'question'>;
const stop = (id: string, starts_at: string | null) => ({ id, starts_at }) as Row<'stop'>;
const plan: Plan = {
  stops: new Map([
    ['morning', stop('morning', '2026-11-23T01:00:00Z')],
    ['night', stop('night', '2026-11-23T17:00:00Z')],
  ]),
  zone: 'Asia/Shanghai',
  today: '2026-11-23',
};

describe('the day of a question', () => {
  it('is the one that was set, else that of its stop in the zone of the trip', () => {
    expect(dayOfQuestion(ask('a', { ask_on: '2026-11-30', stop: 'night' }), plan)).toBe('2026-11-30');
    expect(dayOfQuestion(ask('b', { stop: 'night' }), plan)).toBe('2026-11-24');
    expect(dayOfQuestion(ask('c'), plan)).toBeNull();
  });

  it('makes it overdue, due today, tomorrow, later, or on no day', () => {
    const days = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', null];
    const dues = days.map((day) => dueOf(day, plan.today));
    expect(dues).toEqual(['overdue', 'today', 'tomorrow', 'later', 'none']);
    expect(dayAfter('2026-12-31')).toBe('2027-01-01');
  });

  it('puts it on the list of that day, and what is overdue on the list of today', () => {
    const late = ask('late', { ask_on: '2026-11-20' });
    const rows = [
      ask('plain', { ask_on: '2026-11-23' }),
      ask('here', { stop: 'morning' }),
      late,
      ask('tomorrow', { stop: 'night' }),
      ask('done', { ask_on: '2026-11-23', state: 'answered' }),
    ];
    expect(listOf(rows, '2026-11-23', plan).map(({ id }) => id)).toEqual(['late', 'here', 'plain']);
    expect(listOf(rows, '2026-11-24', plan).map(({ id }) => id)).toEqual(['tomorrow']);
    expect(byDue(rows, plan).get('overdue')).toEqual([late]);
  });

  it('is a day to look at even after the last stop', () => {
    const trip = { starts_on: '2026-11-22', ends_on: '2026-11-23', timezone: '' } as Row<'trip'>;
    expect(tripDays(trip, [], '2026-11-23', ['2026-11-24'])).toEqual([
      '2026-11-22',
      '2026-11-23',
      '2026-11-24',
    ]);
  });
});

describe('a normalised value', () => {
  it('reads as a person would write it, in the words of the reader', () => {
    expect(normalisedWords('3200000 CNY')).toBe('3,200,000 元');
    expect(normalisedWords('>=300 household')).toBe('≥ 300 户');
    expect(normalisedWords('270..330 household')).toBe('270–330 户');
    expect(normalisedWords('0.5 %')).toBe('0.5 %');
    expect(normalisedWords('2026-09-30')).toBe('2026-09-30');
    expect(normalisedWords('underway')).toBe('没做完');
  });

  it('is not told twice', () => {
    expect(saysTheSame('42户', normalisedWords('42 household'))).toBe(true);
    expect(saysTheSame('2026年', '2026')).toBe(true);
    expect(saysTheSame('三百二十万元', normalisedWords('3200000 CNY'))).toBe(false);
  });
});

describe('a rule', () => {
  it('has plain words, also with the opinion of an adjudicator behind it', () => {
    expect(ruleWords('date.day')).toContain('日期');
    expect(ruleWords('date.day +confirmed 0.91 by model')).toBe(ruleWords('date.day'));
    expect(ruleWords('new.kind')).toBe(ruleWords(''));
  });
});

describe('the rulings', () => {
  const ruling = (verdict: Ruling['verdict'], at: string): Ruling => ({ verdict, reason: '', by: 'u', at });
  const past = (value: unknown, field = 'ruling') => ({ field, value }) as Past;

  it('are each told once, the newest first, without the one that stands', () => {
    const [first, second, now] = [ruling('a', '1'), ruling('b', '2'), ruling('both', '3')];
    const log = [past(now), past(second), past('ruled', 'state'), past(null), past(first), past(second)];
    expect(rulingsOf(now, log)).toEqual({ standing: now, past: [second, first] });
    expect(rulingsOf(null, log).past).toEqual([now, second, first]);
  });
});

describe('a quote', () => {
  it('is shown in its text only while it stands there, counted in code points', () => {
    const account = { quote: '412 户', start: 2, end: 7 };
    expect(stillSays('😀有412 户通水', account)).toBe(true);
    expect(stillSays('😀有512 户通水', account)).toBe(false);
    expect(stillSays('短', account)).toBe(false);
  });
});

describe('what two accounts are asked', () => {
  const said = (a: [string, string], b: [string, string]) =>
    questionOf({ a: { quote: a[0], value: a[1] }, b: { quote: b[0], value: b[1] } });

  it('is the shorter clause around a value, with the value asked for in its place', () => {
    expect(said(['卫生室有3名医生。', '3名'], ['卫生室有2名医生和4名护士。', '2名'])).toBe(
      '卫生室有多少名医生',
    );
    expect(said(['去年抓得紧，石渡村登记的通水户大概350户。', '350户'], ['共412户。', '412户'])).toBe(
      '石渡村登记的通水户大概多少户',
    );
    expect(said(['管网投资三百二十万元。', '三百二十万元'], ['管网投资2,800,000元', '2,800,000元'])).toBe(
      '管网投资多少元',
    );
    expect(said(['村里的公路是2019年修好的。', '2019年'], ['路是2021年修好的', '2021年'])).toBe(
      '路是什么时候修好的',
    );
    expect(said(['工期要3个月才够。', '3个月'], ['工期要半年才够。', '半年'])).toBe('工期要多少年才够');
  });

  it('leaves the place open in English, where a question would turn the sentence round', () => {
    expect(
      said(
        ['The budget of the water project is 800 thousand yuan.', '800 thousand yuan'],
        ['The budget of the water project is 1.2 million yuan.', '1.2 million yuan'],
      ),
    ).toBe('The budget of the water project is\u00a0…');
  });

  it('is not made up where the words are too few, stand twice, or say a state', () => {
    expect(said(['共58户。', '58户'], ['共42户。', '42户'])).toBeNull();
    expect(said(['东边有3户西边有3户人家', '3户'], ['没有', '没有'])).toBeNull();
    expect(said(['茶叶的收购价今年下降了。', '下降'], ['茶叶的收购价今年上涨了。', '上涨'])).toBeNull();
    expect(said(['The price of tea is falling.', 'falling'], ['Tea is up.', 'up'])).toBeNull();
  });
});
