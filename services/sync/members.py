"""Lists that are sets (what proves an answer): one adds this, another that, and both stay.

Pure; rules and vectors as for long text (docs/sync-protocol.md, "Sets").
"""

from collections.abc import Sequence
from typing import Any


def merge_members(ancestor: Sequence[Any], ours: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """`ours` (what stands), without what `theirs` took out, then what `theirs` added.

    Each member stands once. Taken out by one and left alone by the other is out.
    """
    kept = [one for one in ours if one in theirs or one not in ancestor]
    return kept + [one for one in theirs if one not in ours and one not in ancestor]
