// Which lines of two texts are the same. `services/sync/matching.py` is the same step for step: a change here is a
// change there, and tests/sync/vectors/paragraphs.json is run by both.

export type Pair = readonly [number, number];

/** Beyond this many comparisons lines without unique neighbours count as replaced. */
const TABLE_LIMIT = 250_000;

type Lines = readonly string[];
/** Start and end in the one text, start and end in the other. */
type Stretch = readonly [number, number, number, number];

/** Index pairs of equal lines, both rising; deterministic, nearly linear for real texts. */
export function matchLines(one: Lines, other: Lines): Pair[] {
  const pairs: Pair[] = [];
  const open: Stretch[] = [[0, one.length, 0, other.length]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [start, end, otherStart, otherEnd] = takeEqualEnds(one, other, next, pairs);
    if (start === end || otherStart === otherEnd) continue;
    const [part, otherPart] = [one.slice(start, end), other.slice(otherStart, otherEnd)];
    const anchors = rising(uniquePairs(part, otherPart));
    if (anchors.length === 0) {
      for (const [i, j] of longestCommon(part, otherPart)) pairs.push([start + i, otherStart + j]);
      continue;
    }
    let [edge, otherEdge] = [start, otherStart];
    for (const [i, j] of anchors) {
      pairs.push([start + i, otherStart + j]);
      open.push([edge, start + i, otherEdge, otherStart + j]);
      [edge, otherEdge] = [start + i + 1, otherStart + j + 1];
    }
    open.push([edge, end, otherEdge, otherEnd]);
  }
  return pairs.sort((a, b) => a[0] - b[0]);
}

/** Pairs off what is equal at the start, then at the end; returns what is left between. */
function takeEqualEnds(one: Lines, other: Lines, stretch: Stretch, pairs: Pair[]): Stretch {
  let [start, end, otherStart, otherEnd] = stretch;
  const hasMore = () => start < end && otherStart < otherEnd;
  while (hasMore() && one[start] === other[otherStart]) pairs.push([start++, otherStart++]);
  while (hasMore() && one[end - 1] === other[otherEnd - 1]) pairs.push([--end, --otherEnd]);
  return [start, end, otherStart, otherEnd];
}

/** Lines that stand once in the text, with their place; -1 for those that stand more often. */
function places(lines: Lines): Map<string, number> {
  const found = new Map<string, number>();
  for (const [index, line] of lines.entries()) found.set(line, found.has(line) ? -1 : index);
  return found;
}

function uniquePairs(one: Lines, other: Lines): Pair[] {
  const otherPlaces = places(other);
  const pairs: Pair[] = [];
  for (const [line, i] of places(one)) {
    const j = otherPlaces.get(line);
    if (i >= 0 && j !== undefined && j >= 0) pairs.push([i, j]);
  }
  return pairs.sort((a, b) => a[0] - b[0]);
}

/** The longest run of pairs whose second index rises; of equally long ones patience's own. */
function rising(pairs: readonly Pair[]): Pair[] {
  const tails: number[] = [];
  const last: number[] = [];
  const before: number[] = [];
  for (const [number, [, j]] of pairs.entries()) {
    const place = firstNotBelow(tails, j);
    before.push(last[place - 1] ?? -1);
    tails[place] = j;
    last[place] = number;
  }
  const run: Pair[] = [];
  for (let number = last.at(-1) ?? -1; number >= 0; number = before[number] ?? -1)
    run.push(pairs[number] as Pair);
  return run.reverse();
}

function firstNotBelow(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function longestCommon(one: Lines, other: Lines): Pair[] {
  if (one.length * other.length > TABLE_LIMIT) return [];
  const width = other.length + 1;
  const table = new Uint32Array((one.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] as number;
  for (let i = one.length - 1; i >= 0; i -= 1)
    for (let j = other.length - 1; j >= 0; j -= 1)
      table[i * width + j] =
        one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < one.length && j < other.length) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}
