/** A value as it is shown, as it was normalised, the rule that found it, and what was ruled before. */
import type { Past } from '../../domain/history';
import type { Account, Ruling } from '../../generated/entities';
import { known, t } from '../../i18n';

export interface ShownValue {
  number: string;
  unit: string;
}

/** `thousand yuan`, `million cubic metres`: still a unit; anything longer is a sentence. */
const LONG_UNIT = 20;
const LEADING_NUMBER =
  /^((?:约|大约|近|超过|不到|至少|about|around|over|under|at least)?\s*[-−]?[\d][\d.,:/–~-]*%?)\s*(.*)$/iu;

export function splitValue(value: string): ShownValue {
  const found = LEADING_NUMBER.exec(value.trim());
  if (!found?.[1] || (found[2]?.length ?? 0) > LONG_UNIT) return { number: value, unit: '' };
  return { number: found[1].trim(), unit: found[2] ?? '' };
}

/** True while the quote stands where the account says; positions are code points. */
export function stillSays(text: string, account: Pick<Account, 'quote' | 'start' | 'end'>): boolean {
  return Array.from(text).slice(account.start, account.end).join('') === account.quote;
}

const SIGNS: Record<string, string> = { '>=': '≥ ', '<=': '≤ ', '>': '> ', '<': '< ' };
const AMOUNT = /^(>=|<=|>|<)?(-?\d+(?:\.\d+)?(?:\.\.-?\d+(?:\.\d+)?)?)\s+(\S.*)$/;

/** `3200000 CNY` as `3,200,000 元`, `>=300 household` as `≥ 300 户`; a date or a name as it is. */
export function normalisedWords(normalised: string): string {
  const found = AMOUNT.exec(normalised);
  if (!found) return wordOf(normalised);
  const [, sign = '', figures = '', unit = ''] = found;
  const amount = figures.split('..').map(grouped).join('–');
  return `${SIGNS[sign] ?? ''}${amount} ${wordOf(unit)}`;
}

function wordOf(key: string): string {
  const word = `read.${key}`;
  return known(word) ? t(word) : key;
}

function grouped(figure: string): string {
  const [whole = '', rest] = figure.split('.');
  const spaced = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return rest === undefined ? spaced : `${spaced}.${rest}`;
}

/** True when the normal form would only repeat what stands there. */
export function saysTheSame(value: string, shown: string): boolean {
  const bare = (text: string) => text.replace(/[\s,，年月日]/g, '').toLowerCase();
  return bare(value) === bare(shown);
}

/** The rule in an aide's words; an adjudicator's opinion behind the id does not change it. */
export function ruleWords(rule: string): string {
  const key = `rule.${/^[\w.]+/.exec(rule)?.[0] ?? ''}`;
  return known(key) ? t(key) : t('rule.other');
}

export interface Rulings {
  standing: Ruling | null;
  /** Newest first, each once, without the standing one. */
  past: Ruling[];
}

const keyOf = (ruling: Ruling) => `${ruling.at ?? ''} ${ruling.verdict} ${ruling.reason}`;

export function rulingsOf(standing: Ruling | null, past: readonly Pick<Past, 'field' | 'value'>[]): Rulings {
  const seen = new Set(standing ? [keyOf(standing)] : []);
  const before: Ruling[] = [];
  for (const { field, value } of past) {
    const ruling = field === 'ruling' ? (value as Ruling | null) : null;
    if (ruling === null || seen.has(keyOf(ruling))) continue;
    seen.add(keyOf(ruling));
    before.push(ruling);
  }
  before.sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
  return { standing, past: before };
}
