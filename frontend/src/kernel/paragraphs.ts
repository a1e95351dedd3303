// Three-way merge of a text by paragraph (a line): exact to the last line break, the same as on the server.
// `services/sync/paragraphs.py` says why it is so, and is the same step for step.
import { matchLines } from './matching';

type Kind = 'unchanged' | 'same' | 'ours' | 'theirs' | 'both' | 'conflict';
export type Range = readonly [number, number];

/** One stretch of a merge: its lines in the ancestor, in both versions and in the result. */
export interface Piece {
  readonly kind: Kind;
  readonly base: Range;
  readonly ours: Range;
  readonly theirs: Range;
  readonly merged: Range;
}

/** Lines of the ancestor that one side replaced by as many as `size`. */
interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

export interface Merged {
  readonly lines: string[];
  readonly pieces: Piece[];
}

type Matches = ReadonlyMap<number, number>;
type Ends = readonly [number, number, number];

/** The paragraphs of a text; joined with line feeds they are the text again. */
export const splitLines = (text: string): string[] => text.split('\n');
export const joinLines = (lines: readonly string[]): string => lines.join('\n');

/** The merged text alone. `ours` stands already, `theirs` comes to it; both were made on `base`. */
export function mergeText(base: string, ours: string, theirs: string): string {
  if (ours === theirs || ours === base) return theirs;
  return theirs === base ? ours : joinLines(mergeParagraphs(base, ours, theirs).lines);
}

export function mergeParagraphs(base: string, ours: string, theirs: string): Merged {
  return new Merger(splitLines(base), splitLines(ours), splitLines(theirs)).run();
}

/** What paragraphs are compared by: a carriage return before the line feed is no change. */
const keysOf = (lines: readonly string[]): string[] =>
  lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));

const isBlank = (key: string): boolean => /^[ \t\u3000]*$/.test(key);
const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((line, index) => line === other[index]);

class Merger {
  readonly #base: string[];
  readonly #ours: string[];
  readonly #theirs: string[];
  readonly #keys: { base: string[]; ours: string[]; theirs: string[] };
  readonly #inOurs: Matches;
  readonly #inTheirs: Matches;
  /** An empty text is one paragraph that two may fill; an empty line inside a text is none. */
  readonly #allBlank: boolean;
  /** The next line of ancestor, ours and theirs. */
  #at: Ends = [0, 0, 0];
  readonly #lines: string[] = [];
  readonly #pieces: Piece[] = [];

  constructor(base: string[], ours: string[], theirs: string[]) {
    [this.#base, this.#ours, this.#theirs] = [base, ours, theirs];
    this.#keys = { base: keysOf(base), ours: keysOf(ours), theirs: keysOf(theirs) };
    this.#inOurs = new Map(matchLines(this.#keys.base, this.#keys.ours));
    this.#inTheirs = new Map(matchLines(this.#keys.base, this.#keys.theirs));
    this.#allBlank = this.#keys.base.every(isBlank);
  }

  run(): Merged {
    for (let line = 0; line < this.#base.length; line += 1) {
      const [inOurs, inTheirs] = [this.#inOurs.get(line), this.#inTheirs.get(line)];
      if (inOurs === undefined || inTheirs === undefined) continue;
      this.#mergeBlock([line, inOurs, inTheirs]);
      const [mine, other] = [this.#ours[inOurs] as string, this.#theirs[inTheirs] as string];
      this.#emit(
        'unchanged',
        [line + 1, inOurs + 1, inTheirs + 1],
        [mine === this.#base[line] ? other : mine],
      );
    }
    this.#mergeBlock([this.#base.length, this.#ours.length, this.#theirs.length]);
    return { lines: this.#lines, pieces: this.#pieces };
  }

  /** What lies between two paragraphs that nobody changed. */
  #mergeBlock(ends: Ends): void {
    const [z, o, t] = this.#at;
    const base = this.#keys.base.slice(z, ends[0]);
    const ours = this.#keys.ours.slice(o, ends[1]);
    const theirs = this.#keys.theirs.slice(t, ends[2]);
    if (isSame(ours, theirs)) {
      if (base.length + ours.length > 0) this.#emit('same', ends, this.#ours.slice(o, ends[1]));
    } else if (isSame(theirs, base)) this.#emit('ours', ends, this.#ours.slice(o, ends[1]));
    else if (isSame(ours, base)) this.#emit('theirs', ends, this.#theirs.slice(t, ends[2]));
    else {
      const mine = hunksOf(this.#inOurs, [z, ends[0]], [o, ends[1]]);
      const other = hunksOf(this.#inTheirs, [z, ends[0]], [t, ends[2]]);
      while (mine.length + other.length > 0) this.#mergeGroup(...takeGroup(mine, other));
    }
  }

  /** Hunks that overlap each other, or one alone. */
  #mergeGroup(mine: Hunk[], other: Hunk[]): void {
    const [z, o, t] = this.#at;
    const zEnd = Math.max(mine.at(-1)?.end ?? 0, other.at(-1)?.end ?? 0);
    const ends: Ends = [zEnd, o + sizeOf(mine, zEnd - z), t + sizeOf(other, zEnd - z)];
    const [oEnd, tEnd] = [ends[1], ends[2]];
    if (other.length === 0) this.#emit('ours', ends, this.#ours.slice(o, oEnd));
    else if (mine.length === 0) this.#emit('theirs', ends, this.#theirs.slice(t, tEnd));
    else if (isSame(this.#keys.ours.slice(o, oEnd), this.#keys.theirs.slice(t, tEnd)))
      this.#emit('same', ends, this.#ours.slice(o, oEnd));
    else {
      const changed = coveredBy(other);
      const clash = [...coveredBy(mine)].some(
        (line) => changed.has(line) && (this.#allBlank || !isBlank(this.#keys.base[line] as string)),
      );
      const added = addedLines(this.#ours, this.#inOurs, [z, zEnd], [o, oEnd]);
      const more = addedLines(this.#theirs, this.#inTheirs, [z, zEnd], [t, tEnd]);
      const sides: [string[], string[]] = clash ? withoutEmptied(added, more) : [added, more];
      this.#emit(clash ? 'conflict' : 'both', ends, union(...sides));
    }
  }

  #emit(kind: Kind, ends: Ends, lines: readonly string[]): void {
    const start = this.#lines.length;
    for (const line of lines) this.#lines.push(line);
    const last = this.#pieces.at(-1);
    const from = kind === 'unchanged' && last?.kind === kind ? this.#pieces.pop() : undefined;
    const [z, o, t] = from ? [from.base[0], from.ours[0], from.theirs[0]] : this.#at;
    this.#pieces.push({
      kind,
      base: [z, ends[0]],
      ours: [o, ends[1]],
      theirs: [t, ends[2]],
      merged: [from ? from.merged[0] : start, this.#lines.length],
    });
    this.#at = ends;
  }
}

/** What one side changed between two lines; last first, so that they can be popped. */
function hunksOf(matches: Matches, base: Range, side: Range): Hunk[] {
  const hunks: Hunk[] = [];
  let [z, s] = [base[0], side[0]];
  for (let line = base[0]; line <= base[1]; line += 1) {
    const place = line === base[1] ? side[1] : matches.get(line);
    if (place === undefined) continue;
    for (const hunk of splitHunk(z, line, place - s)) hunks.push(hunk);
    [z, s] = [line + 1, place + 1];
  }
  return hunks.reverse();
}

function splitHunk(start: number, end: number, size: number): Hunk[] {
  // As many lines as before: line for line. None: each line was deleted by itself.
  if (end > start && (size === 0 || size === end - start)) {
    const one = Math.min(size, 1);
    return Array.from({ length: end - start }, (_, n) => ({
      start: start + n,
      end: start + n + 1,
      size: one,
    }));
  }
  return end > start || size > 0 ? [{ start, end, size }] : [];
}

/** The first hunk of both stacks, with all that overlap it, directly or through others. */
function takeGroup(mine: Hunk[], other: Hunk[]): [Hunk[], Hunk[]] {
  const [a, b] = [mine.at(-1), other.at(-1)];
  const isMine = !b || (a !== undefined && isNotAfter(a, b));
  const first = (isMine ? mine : other).pop() as Hunk;
  const taken: [Hunk[], Hunk[]] = isMine ? [[first], []] : [[], [first]];
  const { start } = first;
  let { end } = first;
  for (let grown = true; grown;) {
    grown = false;
    for (const [side, stack] of [mine, other].entries()) {
      for (let next = stack.at(-1); next && overlaps(next, start, end); next = stack.at(-1)) {
        end = Math.max(end, next.end);
        taken[side as 0 | 1].push(stack.pop() as Hunk);
        grown = true;
      }
    }
  }
  return taken;
}

function isNotAfter(one: Hunk, other: Hunk): boolean {
  return one.start < other.start || (one.start === other.start && one.end <= other.end);
}

/** Two that add at one place stand together; what is added beside a changed line does not. */
function overlaps(hunk: Hunk, start: number, end: number): boolean {
  return hunk.start < end || (hunk.start === hunk.end && hunk.start === start && start === end);
}

function coveredBy(hunks: readonly Hunk[]): Set<number> {
  const lines = new Set<number>();
  for (const hunk of hunks) for (let line = hunk.start; line < hunk.end; line += 1) lines.add(line);
  return lines;
}

function sizeOf(hunks: readonly Hunk[], baseSize: number): number {
  return hunks.reduce((size, hunk) => size + hunk.size - (hunk.end - hunk.start), baseSize);
}

/** A side's own lines: what the other side changed is not brought back by it. */
function addedLines(lines: readonly string[], matches: Matches, base: Range, side: Range): string[] {
  const old = new Set<number>();
  for (let line = base[0]; line < base[1]; line += 1) old.add(matches.get(line) ?? -1);
  return lines.slice(...side).filter((_, index) => !old.has(side[0] + index));
}

/** Who emptied a paragraph leaves an empty line where the other's words now stand. */
function withoutEmptied(ours: string[], theirs: string[]): [string[], string[]] {
  const [blank, otherBlank] = [ours, theirs].map((lines) => keysOf(lines).every(isBlank));
  return [blank && !otherBlank ? [] : ours, otherBlank && !blank ? [] : theirs];
}

/** All lines of both in order; what both added alike stands once, empty lines excepted. */
function union(ours: readonly string[], theirs: readonly string[]): string[] {
  const keys = keysOf(ours);
  const parts: string[][] = [];
  let [i, j] = [0, 0];
  for (const [our, their] of matchLines(keys, keysOf(theirs))) {
    if (isBlank(keys[our] as string)) continue;
    parts.push(ours.slice(i, our), theirs.slice(j, their), ours.slice(our, our + 1));
    [i, j] = [our + 1, their + 1];
  }
  return [...parts, ours.slice(i), theirs.slice(j)].flat();
}
