/** How a pair of accounts is called in a list and as a title. */
import type { Row } from '../../domain';
import type { Account } from '../../generated/entities';
import { current } from './current.svelte';

type Pair = Record<'a' | 'b', Pick<Account, 'quote' | 'value'>>;

/** `412 户 / 约 350 户` */
export function headline(row: Pair): string {
  return `${row.a.value} / ${row.b.value}`;
}

/** Who said the one and who the other, as far as it is known. */
export function speakers(row: Row<'contradiction'>): string {
  const names = [row.a, row.b].map((account) => current.personName(account.speaker));
  return names.every(Boolean) ? names.join(' / ') : `“${row.a.quote}”`;
}

/** A clause ends at a mark of either script; the point and the comma within a figure end none. */
const CLAUSES = /[，。；：！？、]|[,.;:!?](?=\s|$)/u;
const HAN = /\p{Script=Han}/u;
const DATE = /^(?:\d{4}|[〇零一二三四五六七八九]{4})年|\d月|月份|^[去今明前]年/u;
const FIGURE =
  /^(?:约|大约|大概|近|超过|不到|至少)?\s*(?:\d[\d.,]*|[〇零一二两三四五六七八九十百千万亿半]+)\s*([^\d%％]*)[%％]?$/u;
/** What must remain beside the value, and how much of it a title bears. */
const LEAST = 4;
const MOST = { han: 26, latin: 70 };

/** `石渡村有多少户`: what is asked, in the words that stand around one of the two values; null when they are too few or too many. */
export function questionOf(row: Pair): string | null {
  const asked = [row.a, row.b].map(askedBy).filter((one) => one !== null);
  return asked.sort((one, other) => one.length - other.length)[0] ?? null;
}

function askedBy({ quote, value }: Pair['a']): string | null {
  const clause = quote.split(CLAUSES).find((one) => value && one.includes(value)) ?? '';
  const [before = '', after = '', again] = clause.trim().split(value);
  const around = (before + after).trim();
  // a value that stands there twice leaves no one place to ask for
  if (again !== undefined || !bears(around, value) || /\d$/.test(before)) return null;
  const gap = HAN.test(around) ? askingWord(value) : openPlace(value);
  // the open place stays on the line of the word before it
  return gap && before.replace(/ $/, '\u00a0') + gap + after;
}

function bears(around: string, value: string): boolean {
  const most = MOST[HAN.test(around) ? 'han' : 'latin'];
  return around.length >= LEAST && around.length + value.length <= most;
}

/** English would turn the sentence round: the place of a figure stays open. */
function openPlace(value: string): string | null {
  return /\d/.test(value) ? '…' : null;
}

/** Chinese asks in place: 42户 is 多少户, a date is 什么时候; a word for a state has no such question. */
function askingWord(value: string): string | null {
  if (DATE.test(value)) return '什么时候';
  const figure = FIGURE.exec(value.trim());
  return figure ? `多少${figure[1] ?? ''}` : null;
}
