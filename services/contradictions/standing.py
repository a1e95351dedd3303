"""Flags as they stand: found by where they stand, and recognised when a text is heard anew."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert
from sqlmodel import Session, col, select

from services.contradictions.claims import Claim
from services.contradictions.flags import Flag
from services.contradictions.models import Account, Contradiction, FlagPlace
from services.contradictions.sources import Key, Source, load_sources
from services.contradictions.values_shown import normalised_value
from services.kernel import hlc
from services.sync import RecordsChanged, SyncHead

# Another cut of the same sound begins at most a whole segment earlier or later.
_REHEARD_MS = 30_000
_AT_ONCE = 400
# Built once: to build such a statement costs as much as to run it.
_STANDING_AT = select(FlagPlace.flag).where(
    col(FlagPlace.place).in_(bindparam("places", expanding=True))
)
_FLAGS = (
    select(Contradiction, SyncHead.seq, SyncHead.stamps)
    .join(SyncHead, col(SyncHead.record) == col(Contradiction.id))
    .where(SyncHead.entity == "contradiction", SyncHead.scope == bindparam("trip"))
    .where(col(SyncHead.deleted).is_(False))
    .where(col(Contradiction.id).in_(bindparam("ids", expanding=True)))
    .execution_options(populate_existing=True)
)

Said = tuple[Source, Claim]


@dataclass(frozen=True)
class Standing:
    """A flag in the database, the `seq` it is at, and whether a person wrote its state last."""

    row: Contradiction
    seq: int
    by_person: bool

    @property
    def keys(self) -> list[Key]:
        """Entity and record of both accounts."""
        return [(side["entity"], side["record"]) for side in (self.row.a, self.row.b)]

    @property
    def is_ruled(self) -> bool:
        """True while a ruling of a person stands; opened again, it is in the machine's reach."""
        return self.row.state == "ruled"

    @property
    def is_explained(self) -> bool:
        """True when another scope or time tells why both accounts may hold."""
        return self.row.difference in ("scope", "changed")


def follow_flags(session: Session, event: RecordsChanged) -> None:
    """Keep the index of where flags stand in step with them, whoever wrote them."""
    moved = [
        change.record
        for change in event.changes
        if change.entity == "contradiction" and change.fields & {"a", "b"}
    ]
    for part in _parts(moved):
        session.execute(delete(FlagPlace).where(col(FlagPlace.flag).in_(part)))
        query = select(Contradiction.id, Contradiction.a, Contradiction.b)
        rows = session.exec(query.where(col(Contradiction.id).in_(part))).all()
        places = [{"flag": flag, "place": place} for flag, *ab in rows for place in _places(ab)]
        if places:
            session.execute(insert(FlagPlace), places)


def flags_at(
    session: Session, trip: str, places: Iterable[str], ids: Iterable[str] = ()
) -> dict[str, Standing]:
    """The flags of the trip that stand in one of these records or recordings, or have these ids.

    In whatever state; those deleted are left out. Costs its own, not the trip's flags.
    """
    wanted = set(ids)
    for part in _parts(sorted(set(places))):
        wanted |= set(session.execute(_STANDING_AT, {"places": part}).scalars())
    found: dict[str, Standing] = {}
    for part in _parts(sorted(wanted)):
        for row, seq, stamps in session.execute(_FLAGS, {"trip": trip, "ids": part}):
            stamp = stamps.get("state")
            by_person = stamp is not None and stamp[2] != hlc.SERVER_DEVICE
            found[row.id] = Standing(row, seq, by_person)
    return found


def find_twin(
    session: Session, trip: str, flag: Flag, standing: Iterable[Standing]
) -> Standing | None:
    """The flag that the same two values had before a sentence was reworded or heard anew."""
    for one in standing:
        if one.row.kind != flag.finding.kind or not _matches(flag, one.row):
            continue
        now = {flag.a.id, flag.b.id}
        left = [key for key in one.keys if key not in now]
        # A record that is still there keeps its own flag.
        if not left or not load_sources(session, trip, left):
            return one
    return None


def is_still_said(session: Session, standing: Standing) -> bool:
    """True while both quotes stand in texts that may be read."""
    sources = load_sources(session, standing.row.trip, standing.keys)
    return all(
        (source := sources.get(key)) is not None
        and source.is_open
        and account["quote"] in source.text
        for key, account in zip(standing.keys, (standing.row.a, standing.row.b), strict=True)
    )


def _matches(flag: Flag, row: Contradiction) -> bool:
    one, two = (flag.a, flag.finding.first), (flag.b, flag.finding.second)
    return any(
        _is_same_value(first, row.a) and _is_same_value(second, row.b)
        for first, second in ((one, two), (two, one))
    )


def _is_same_value(side: Said, account: Account) -> bool:
    source, _ = side
    is_here = source.record == account["record"] or milliseconds_apart(source, account) is not None
    return is_here and has_value(side, account)


def milliseconds_apart(source: Source, account: Account) -> int | None:
    """Milliseconds between two cuts of one recording, None when they are not one stretch."""
    if source.media is None or source.media != account.get("media"):
        return None
    apart = abs((source.at_ms or 0) - (account.get("at_ms") or 0))
    return apart if apart <= _REHEARD_MS else None


def has_value(side: Said, account: Account) -> bool:
    """True when the claim says what the account says, in whatever words."""
    source, claim = side
    told = account.get("normalised")
    if told:
        return told == normalised_value(claim)
    return account["value"] == source.text[claim.start : claim.end]


def _places(accounts: Iterable[Any]) -> Iterator[str]:
    named = {account.get(name) for account in accounts for name in ("record", "media")}
    yield from sorted(named - {None})


def _parts(values: list[str]) -> Iterator[list[str]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
