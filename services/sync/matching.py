"""Which lines of two texts are the same: the alignment that the merge of paragraphs stands on.

Patience diff (unique common lines, longest increasing run), with the longest common subsequence
where there are none. `frontend/src/kernel/matching.ts` is the same step for step: a change here is
a change there, and `tests/sync/vectors/paragraphs.json` is run by both.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

Pair = tuple[int, int]
# Beyond this many comparisons lines without unique neighbours count as replaced.
TABLE_LIMIT = 250_000


def match_lines(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """Index pairs of equal lines, both rising; deterministic, nearly linear for real texts."""
    pairs: list[Pair] = []
    open_ranges = [(0, len(one), 0, len(other))]
    while open_ranges:
        start, end, other_start, other_end = open_ranges.pop()
        while start < end and other_start < other_end and one[start] == other[other_start]:
            pairs.append((start, other_start))
            start, other_start = start + 1, other_start + 1
        while start < end and other_start < other_end and one[end - 1] == other[other_end - 1]:
            end, other_end = end - 1, other_end - 1
            pairs.append((end, other_end))
        if start == end or other_start == other_end:
            continue
        part, other_part = one[start:end], other[other_start:other_end]
        anchors = _rising(_unique_pairs(part, other_part))
        if not anchors:
            common = _longest_common(part, other_part)
            pairs.extend((start + i, other_start + j) for i, j in common)
            continue
        edge, other_edge = start, other_start
        for i, j in anchors:
            pairs.append((start + i, other_start + j))
            open_ranges.append((edge, start + i, other_edge, other_start + j))
            edge, other_edge = start + i + 1, other_start + j + 1
        open_ranges.append((edge, end, other_edge, other_end))
    return sorted(pairs)


def _unique_pairs(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    counts, other_counts = Counter(one), Counter(other)
    place = {line: j for j, line in enumerate(other) if other_counts[line] == 1}
    return [(i, place[line]) for i, line in enumerate(one) if counts[line] == 1 and line in place]


def _rising(pairs: list[Pair]) -> list[Pair]:
    """The longest run of pairs whose second index rises; of equally long ones patience's own."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(last[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        last[place : place + 1] = [number]
    run: list[Pair] = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]


def _longest_common(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    if len(one) * len(other) > TABLE_LIMIT:
        return []
    width = len(other)
    table = [[0] * (width + 1)]
    for line in reversed(one):
        below, row = table[-1], [0] * (width + 1)
        for j in range(width - 1, -1, -1):
            row[j] = below[j + 1] + 1 if line == other[j] else max(below[j], row[j + 1])
        table.append(row)
    table.reverse()
    pairs: list[Pair] = []
    i = j = 0
    while i < len(one) and j < width:
        if one[i] == other[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
