// The merge vectors that the server's merge is tested with, run here too: both must come to the same, to the letter.
import { describe, expect, it } from 'vitest';

import drawn from '../../../tests/sync/vectors/drawn.json';
import vectors from '../../../tests/sync/vectors/fields.json';
import texts from '../../../tests/sync/vectors/paragraphs.json';
import sets from '../../../tests/sync/vectors/sets.json';
import { latest, parseStamp } from './hlc';
import { mergeMembers } from './members';
import { joinLines, mergeParagraphs, mergeText, type Range, splitLines } from './paragraphs';

type Side = [string, number | null, string];

/** The server's own writes follow rules of precedence, not of time; those are the server's business. */
const people = vectors.cases.filter(
  ({ incoming, current }) => ![incoming, current ?? []].flat().includes('server'),
);

describe('the shared merge vectors', () => {
  it.each(people)('$name', (one) => {
    const incoming = one.incoming as Side;
    const current = one.current as Side | null;
    expect(parseStamp(incoming[0])?.device).toBe(incoming[2]);
    if (current === null) return;
    expect(parseStamp(current[0])?.device).toBe(current[2]);
    // Without a base the later stamp alone decides, and both sides must agree which one that is.
    if (incoming[1] === null) expect(latest(incoming[0], current[0]) === incoming[0]).toBe(one.expect[0]);
  });
});

function versionOf(text: string, [start, end]: Range): string | null {
  return start === end ? null : joinLines(splitLines(text).slice(start, end));
}

function mergeCase(one: { base: string; ours: string; theirs: string }) {
  const { lines, pieces } = mergeParagraphs(one.base, one.ours, one.theirs);
  const spots = pieces
    .filter((piece) => piece.kind === 'conflict')
    .map(({ merged, ours, theirs }) => ({
      start: merged[0],
      end: merged[1],
      ours: versionOf(one.ours, ours),
      theirs: versionOf(one.theirs, theirs),
    }));
  return { merged: joinLines(lines), spots };
}

describe('the merge of a set', () => {
  it.each(sets.cases)('$name', ({ base, ours, theirs, merged }) => {
    expect(mergeMembers(base, ours, theirs)).toEqual(merged);
  });
});

describe('the merge of a text by paragraph', () => {
  it.each(texts.cases)('$name', (one) => {
    expect(mergeCase(one)).toEqual({ merged: one.merged, spots: one.spots });
    expect(mergeText(one.base, one.ours, one.theirs)).toBe(one.merged);
  });

  it('comes to what the server comes to for texts drawn at random', () => {
    for (const one of drawn.cases) {
      expect({ of: one, ...mergeCase(one) }).toEqual({ of: one, merged: one.merged, spots: one.spots });
    }
  });

  it('is quick for a long text with many repeated lines', () => {
    const base = Array.from({ length: 20_000 }, (_, n) => `${n % 3}`);
    const theirs = base.map((line, n) => (n % 2 ? line : `${line}改`));
    const { lines } = mergeParagraphs(joinLines(base), joinLines([...base, '尾']), joinLines(theirs));
    expect(lines).toEqual([...theirs, '尾']);
  });
});
