// Differences are shown by word, in Chinese by character; together the stretches are the text.
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { differences } from './differences';

const marked = (text: string, other: string) =>
  differences(text, other)
    .filter(({ differs }) => differs)
    .map((stretch) => stretch.text);

it('marks the characters and words that the other has not', () => {
  expect(marked('全村412户', '全村约350户')).toEqual(['412']);
  expect(marked('全村约350户', '全村412户')).toEqual(['约350']);
  expect(marked('The road was built in 2019.', 'The road was built in 2021.')).toEqual(['2019']);
  expect(marked('一样', '一样')).toEqual([]);
});

it('loses nothing of the text, whatever it is', () => {
  const check = fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, two) => {
    const stretches = differences(one, two);
    expect(stretches.map(({ text }) => text).join('')).toBe(one);
  });
  fc.assert(check, { numRuns: 200 });
});
