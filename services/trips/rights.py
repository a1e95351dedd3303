"""The Rights table of the contract as data, and the pure rules over it: no session, no clock."""

from dataclasses import dataclass
from typing import Literal

from services.trips.models import Role

Reach = Literal["all", "own", "none"]

KEEPERS: frozenset[Role] = frozenset({"principal", "aide"})
# Raised when the rules below change, so that every reader pulls again from the start.
RULES_VERSION = 1


@dataclass(frozen=True)
class RoleRights:
    """What one role may do. `sees` lists the sensitivities of others' records it reads.

    `sees_own` says whether it reads its own records of every sensitivity; `writes` names the
    entities it may write, `own` meaning those records that it made itself.
    """

    sees: frozenset[str]
    sees_own: bool
    writes: Reach
    entities: frozenset[str] = frozenset()
    answers: bool = False


_DESK = frozenset({"checklist_item", "invitation", "document", "matter", "progress"})
_NEARLY_ALL = frozenset({"normal", "restricted"})
_NORMAL = frozenset({"normal"})

RIGHTS: dict[Role, RoleRights] = {
    "principal": RoleRights(_NEARLY_ALL, sees_own=True, writes="all", answers=True),
    "aide": RoleRights(_NEARLY_ALL, sees_own=True, writes="all", answers=True),
    "companion": RoleRights(_NORMAL, sees_own=True, writes="own", answers=True),
    "office": RoleRights(_NORMAL, sees_own=True, writes="none", entities=_DESK, answers=True),
    "viewer": RoleRights(_NORMAL, sees_own=False, writes="none"),
}

# Whoever may answer may prove the answer.
ANSWER_FIELDS = {"question": frozenset({"answer", "state", "evidence"})}


@dataclass(frozen=True)
class Guard:
    """What no person writes of an entity, whatever the role.

    `only`: the fields that people may write, on existing records alone; None means all but
    `never`. An empty `only` makes the entity read-only.
    """

    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()


READ_ONLY = Guard(only=frozenset())
GUARDS: dict[str, Guard] = {
    "member": READ_ONLY,
    "transcript": READ_ONLY,
    "segment": Guard(only=frozenset({"text", "speaker"})),
    "contradiction": Guard(only=frozenset({"state", "ruling"})),
    "media": Guard(never=frozenset({"processing", "problem", "stored_at", "width", "height"})),
}


def may_read(role: Role, *, is_author: bool, sensitivity: str) -> bool:
    """Whether the role reads a record of this sensitivity."""
    rights = RIGHTS[role]
    return sensitivity in rights.sees or (is_author and rights.sees_own)


def may_write(
    role: Role, entity: str, fields: frozenset[str], *, is_author: bool, is_new: bool
) -> bool:
    """Whether the role writes these fields (none for a bare deletion) of a record it reads."""
    rights = RIGHTS[role]
    if rights.writes == "all" or entity in rights.entities:
        return True
    if rights.writes == "own" and is_author and entity != "trip":
        return True
    answers = ANSWER_FIELDS.get(entity, frozenset())
    return rights.answers and not is_new and bool(fields) and fields <= answers


def guard_forbids(entity: str, fields: frozenset[str], *, is_new: bool) -> bool:
    """Whether this is something that only the server writes."""
    guard = GUARDS.get(entity)
    if guard is None:
        return False
    if guard.only is not None:
        return is_new or not fields or not fields <= guard.only
    return bool(fields & guard.never)
