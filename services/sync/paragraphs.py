"""Three-way merge of a text by paragraph: pure, exact to the last line break, as on the phone.

A paragraph is a line. After Khanna, Kunal and Pierce 2007 ("A formal investigation of diff3"), and
finer inside: neighbours do not clash, only a paragraph that both sides changed does, and then both
stay. `frontend/src/kernel/paragraphs.ts` is the same step for step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.sync.matching import match_lines

Kind = Literal["unchanged", "same", "ours", "theirs", "both", "conflict"]
Range = tuple[int, int]


class Piece(NamedTuple):
    """One stretch of a merge: its lines in the ancestor, in both versions and in the result.

    `unchanged` by both, `same` change on both sides, changed by `ours` or `theirs` alone, `both`
    added something there, `conflict` = both changed one paragraph in different ways.
    """

    kind: Kind
    base: Range
    ours: Range
    theirs: Range
    merged: Range


class Hunk(NamedTuple):
    """Lines of the ancestor (from `start` to `end`) that one side replaced by as many as `size`."""

    start: int
    end: int
    size: int


@dataclass(frozen=True)
class Merged:
    """The lines that came of a merge and how each came about, in order, nothing left out."""

    lines: list[str]
    pieces: list[Piece]

    @property
    def text(self) -> str:
        return join_lines(self.lines)

    @property
    def conflicts(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind == "conflict"]


def split_lines(text: str) -> list[str]:
    """The paragraphs of a text; joined with line feeds they are the text again."""
    return text.split("\n")


def join_lines(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def merge_text(base: str, ours: str, theirs: str) -> str:
    """The merged text alone."""
    if ours in (theirs, base):
        return theirs
    return ours if theirs == base else merge_paragraphs(base, ours, theirs).text


def merge_paragraphs(base: str, ours: str, theirs: str) -> Merged:
    """Merge two texts that were made on `base`; where both added, what is in `ours` comes first."""
    return _Merger(split_lines(base), split_lines(ours), split_lines(theirs)).run()


def keys_of(lines: Sequence[str]) -> list[str]:
    """What paragraphs are compared by: a carriage return before the line feed is no change."""
    return [line[:-1] if line.endswith("\r") else line for line in lines]


def _is_blank(key: str) -> bool:
    return not key.strip(" \t\u3000")


class _Merger:
    """The work of one merge. `z`, `o`, `t` are the next line of ancestor, ours and theirs."""

    def __init__(self, base: list[str], ours: list[str], theirs: list[str]) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.base_keys, self.our_keys, self.their_keys = map(keys_of, (base, ours, theirs))
        self.in_ours = dict(match_lines(self.base_keys, self.our_keys))
        self.in_theirs = dict(match_lines(self.base_keys, self.their_keys))
        # An empty text is one paragraph that two may fill; an empty line inside a text is none.
        self.all_blank = all(map(_is_blank, self.base_keys))
        self.z = self.o = self.t = 0
        self.lines: list[str] = []
        self.pieces: list[Piece] = []

    def run(self) -> Merged:
        for line in sorted(self.in_ours.keys() & self.in_theirs.keys()):
            self._merge_block(line, self.in_ours[line], self.in_theirs[line])
            mine, other = self.ours[self.o], self.theirs[self.t]
            kept = other if mine == self.base[line] else mine
            self._emit("unchanged", (line + 1, self.o + 1, self.t + 1), [kept])
        self._merge_block(len(self.base), len(self.ours), len(self.theirs))
        return Merged(self.lines, self.pieces)

    def _merge_block(self, z_end: int, o_end: int, t_end: int) -> None:
        """What lies between two paragraphs that nobody changed."""
        base, ours, theirs = (
            self.base_keys[self.z : z_end],
            self.our_keys[self.o : o_end],
            self.their_keys[self.t : t_end],
        )
        ends = (z_end, o_end, t_end)
        if ours == theirs:
            if base or ours:
                self._emit("same", ends, self.ours[self.o : o_end])
        elif theirs == base:
            self._emit("ours", ends, self.ours[self.o : o_end])
        elif ours == base:
            self._emit("theirs", ends, self.theirs[self.t : t_end])
        else:
            mine = _hunks(self.in_ours, (self.z, z_end), (self.o, o_end))
            other = _hunks(self.in_theirs, (self.z, z_end), (self.t, t_end))
            while mine or other:
                self._merge_group(*_take_group(mine, other))

    def _merge_group(self, mine: list[Hunk], other: list[Hunk]) -> None:
        """Hunks that overlap each other, or one alone."""
        z_end = max(hunk.end for hunk in mine + other)
        o_end = self.o + _size(mine, z_end - self.z)
        t_end = self.t + _size(other, z_end - self.z)
        ends = (z_end, o_end, t_end)
        if not other:
            self._emit("ours", ends, self.ours[self.o : o_end])
        elif not mine:
            self._emit("theirs", ends, self.theirs[self.t : t_end])
        elif self.our_keys[self.o : o_end] == self.their_keys[self.t : t_end]:
            self._emit("same", ends, self.ours[self.o : o_end])
        else:
            changed = _covered(mine) & _covered(other)
            clash = any(self.all_blank or not _is_blank(self.base_keys[line]) for line in changed)
            added = _added(self.ours, self.in_ours, (self.z, z_end), (self.o, o_end))
            more = _added(self.theirs, self.in_theirs, (self.z, z_end), (self.t, t_end))
            if clash:
                added, more = _without_emptied(added, more)
            self._emit("conflict" if clash else "both", ends, _union(added, more))

    def _emit(self, kind: Kind, ends: tuple[int, int, int], lines: list[str]) -> None:
        start = len(self.lines)
        self.lines.extend(lines)
        z_end, o_end, t_end = ends
        piece = Piece(
            kind, (self.z, z_end), (self.o, o_end), (self.t, t_end), (start, len(self.lines))
        )
        if kind == "unchanged" and self.pieces and self.pieces[-1].kind == kind:
            last = self.pieces.pop()
            spans = zip(last[1:], piece[1:], strict=True)
            piece = Piece(kind, *((old[0], new[1]) for old, new in spans))
        self.pieces.append(piece)
        self.z, self.o, self.t = ends


def _hunks(matches: dict[int, int], base: Range, side: Range) -> list[Hunk]:
    """What one side changed between two lines; last first, so that they can be popped."""
    hunks: list[Hunk] = []
    z, s = base[0], side[0]
    for line in range(base[0], base[1] + 1):
        place = side[1] if line == base[1] else matches.get(line)
        if place is None:
            continue
        hunks.extend(_split_hunk(z, line, place - s))
        z, s = line + 1, place + 1
    return hunks[::-1]


def _split_hunk(start: int, end: int, size: int) -> list[Hunk]:
    # As many lines as before: line for line. None: each line was deleted by itself.
    if end > start and size in (0, end - start):
        return [Hunk(line, line + 1, min(size, 1)) for line in range(start, end)]
    return [Hunk(start, end, size)] if end > start or size else []


def _take_group(mine: list[Hunk], other: list[Hunk]) -> tuple[list[Hunk], list[Hunk]]:
    """The first hunk of both stacks, with all that overlap it, directly or through others."""
    stacks, taken = (mine, other), ([], [])  # type: tuple[list[Hunk], ...], tuple[list[Hunk], ...]
    first = 0 if not other or (mine and mine[-1][:2] <= other[-1][:2]) else 1
    start, end = stacks[first][-1][:2]
    taken[first].append(stacks[first].pop())
    grown = True
    while grown:
        grown = False
        for stack, group in zip(stacks, taken, strict=True):
            while stack and _overlaps(stack[-1], start, end):
                end = max(end, stack[-1].end)
                group.append(stack.pop())
                grown = True
    return taken[0], taken[1]


def _overlaps(hunk: Hunk, start: int, end: int) -> bool:
    # Two that add at one place stand together; what is added beside a changed line does not.
    return hunk.start < end or (hunk.start == hunk.end == start == end)


def _covered(hunks: list[Hunk]) -> set[int]:
    return {line for hunk in hunks for line in range(hunk.start, hunk.end)}


def _size(hunks: list[Hunk], base_size: int) -> int:
    return base_size + sum(hunk.size - (hunk.end - hunk.start) for hunk in hunks)


def _added(lines: list[str], matches: dict[int, int], base: Range, side: Range) -> list[str]:
    """A side's own lines: what the other side changed is not brought back by it."""
    old = {matches[line] for line in range(*base) if line in matches}
    return [lines[place] for place in range(*side) if place not in old]


def _without_emptied(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    # Who emptied a paragraph leaves an empty line where the other's words now stand.
    blank, other_blank = (all(map(_is_blank, keys_of(lines))) for lines in (ours, theirs))
    return ([] if blank and not other_blank else ours, [] if other_blank and not blank else theirs)


def _union(ours: list[str], theirs: list[str]) -> list[str]:
    """All lines of both in order; what both added alike stands once, empty lines excepted."""
    keys = keys_of(ours)
    lines: list[str] = []
    i = j = 0
    for our, their in match_lines(keys, keys_of(theirs)):
        if not _is_blank(keys[our]):
            lines += ours[i:our] + theirs[j:their] + ours[our : our + 1]
            i, j = our + 1, their + 1
    return lines + ours[i:] + theirs[j:]
