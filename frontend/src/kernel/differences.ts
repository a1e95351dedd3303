// Which words of one text are not in another: what a reader has to look at. Chinese counts by character.
import { matchLines } from './matching';

export interface Stretch {
  text: string;
  differs: boolean;
}

const WORDS = /[\p{Script=Latin}\p{Script=Cyrillic}\p{M}\p{N}]+|[^]/gu;
/** Above this nobody compares word by word; whole lines are marked. */
const LONGEST = 4000;

/** `text` in stretches, marked where `other` has something else. */
export function differences(text: string, other: string): Stretch[] {
  const split = text.length + other.length > LONGEST ? lines : words;
  const own = split(text);
  const same = new Set(matchLines(own, split(other)).map(([place]) => place));
  const found: Stretch[] = [];
  for (const [place, word] of own.entries()) {
    const differs = !same.has(place);
    const last = found.at(-1);
    if (last && last.differs === differs) last.text += word;
    else found.push({ text: word, differs });
  }
  return found;
}

function words(text: string): string[] {
  return text.match(WORDS) ?? [];
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}
