"""The trip of the contradictions' tests, seen from the questions."""

from tests.rooms.contradictions.conftest import table

__all__ = ["table"]
