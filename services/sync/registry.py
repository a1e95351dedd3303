"""The entities that sync carries: how each is validated, stored and sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from sqlalchemy import Table
from sqlmodel import SQLModel
from typing_extensions import TypedDict

from services.kernel.actor import Actor
from services.kernel.entity import MEMBERS, PARAGRAPHS, Entity, Fields, Sensitivity
from services.sync.port import Refusal


@dataclass(frozen=True)
class Deed:
    """Whose write it is and when it came, the row as it stands (empty when new), and its log.

    `past` reads the log's entries of the record (`{fields, ...}`); ask it only when needed.
    """

    actor: Actor
    at: datetime
    standing: Mapping[str, Any]
    past: Callable[[], Iterable[Mapping[str, Any]]]


# What a room adds to a write of its entity, or why it does not take it.
Completion = Callable[[dict[str, Any], Deed], dict[str, Any] | Refusal]


@dataclass(frozen=True)
class EntityType:
    """One synced entity, derived from its declaration once at start."""

    name: str
    table: Table
    writable: frozenset[str]
    required: frozenset[str]
    defaults: dict[str, Callable[[], Any]]
    check: TypeAdapter[dict[str, Any]]
    wire: TypeAdapter[dict[str, Any]]
    # Fields that are merged by paragraph, and those merged as sets.
    texts: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    complete: Completion | None = None

    def parse(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Values as the table keeps them; ValidationError when one cannot be kept."""
        return self.check.validate_python(fields)

    def to_json(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values as they travel: instants and dates as ISO text."""
        plain: dict[str, Any] = self.wire.dump_python(values, mode="json")
        return plain


class Registry:
    """All synced entities by name; bootstrap fills it from the rooms."""

    def __init__(self) -> None:
        self._types: dict[str, EntityType] = {}

    def add(self, table: type[Entity], complete: Completion | None = None) -> None:
        """Carry this table; what may be written is declared by the `Fields` class it stands on."""
        self._types[str(table.__tablename__)] = _describe(table, complete)

    def get(self, name: object) -> EntityType | None:
        return self._types.get(name) if isinstance(name, str) else None

    def __iter__(self) -> Iterator[EntityType]:
        return iter(self._types.values())


def problems_of(error: ValidationError) -> tuple[dict[str, str], ...]:
    """Field and reason of each fault, without the value, which may be private."""
    return tuple(
        {"field": ".".join(map(str, fault["loc"])), "code": fault["type"], "detail": fault["msg"]}
        for fault in error.errors(include_input=False, include_url=False)
    )


@cache  # pydantic takes its time, and every house of a process has the same
def _describe(table: type[Entity], complete: Completion | None) -> EntityType:
    fields = next(base for base in table.__bases__ if issubclass(base, Fields))
    name = str(table.__tablename__)
    declared: dict[str, FieldInfo] = dict(fields.model_fields)
    written = {key: _annotation(info) for key, info in declared.items()}
    written["sensitivity"] = Sensitivity
    own = {key: _annotation(info) for key, info in Entity.model_fields.items()}
    return EntityType(
        name=name,
        table=_table(table),
        writable=frozenset(written),
        required=frozenset(key for key, info in declared.items() if info.is_required()),
        defaults={key: _default(info) for key, info in declared.items() if not info.is_required()},
        check=_adapter(f"{name}_change", written),
        wire=_adapter(f"{name}_row", own | written),
        texts=frozenset(key for key, info in declared.items() if _merges(info, PARAGRAPHS)),
        sets=frozenset(key for key, info in declared.items() if _merges(info, MEMBERS)),
        complete=complete,
    )


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined] # set by SQLModel's metaclass
    return table


def _merges(info: FieldInfo, how: dict[str, str]) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and extra.items() >= how.items()


def _annotation(info: FieldInfo) -> Any:
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _default(info: FieldInfo) -> Callable[[], Any]:
    factory = info.default_factory
    if factory is not None:
        return factory  # type: ignore[return-value] # our factories take no argument
    value = None if info.default is PydanticUndefined else info.default
    return lambda: value


def _adapter(name: str, annotations: dict[str, Any]) -> TypeAdapter[dict[str, Any]]:
    shape = TypedDict(name, annotations, total=False)  # type: ignore[misc] # fields known at run time
    shape.__pydantic_config__ = ConfigDict(  # type: ignore[attr-defined] # read by pydantic
        extra="forbid", allow_inf_nan=False
    )
    return TypeAdapter(shape)  # type: ignore[arg-type] # a TypedDict is a dict of these
