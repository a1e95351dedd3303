"""Tables of visited units with their dossiers, and of people met, with or without account."""

from services.kernel.entity import (
    Clean,
    Entity,
    Fields,
    RefId,
    long_text_field,
    name_field,
    ref_field,
)


class UnitFields(Fields):
    """A visited organisation; the dossier holds what was known beforehand."""

    name: Clean = name_field()
    dossier: Clean = long_text_field()


class Unit(UnitFields, Entity, table=True):
    __tablename__ = "unit"


class PersonFields(Fields):
    """Somebody met on the trip."""

    name: Clean = name_field(default=..., min_length=1)
    role: Clean = name_field()
    unit: RefId | None = ref_field()
    phone: Clean = name_field()


class Person(PersonFields, Entity, table=True):
    __tablename__ = "person"
