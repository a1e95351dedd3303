"""Texts are compared while others write: one long text against another takes minutes."""

import sqlite3
from typing import Any

import pytest

from services.contradictions import jobs
from tests.rooms.contradictions.conftest import Table


def test_others_write_while_texts_are_compared(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table.desk.house.db.engine.url.database
    compared = []

    def find_flags(*args: Any) -> Any:
        other = sqlite3.connect(str(path), timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()
        compared.append(len(args))
        return find(*args)

    find = jobs.find_flags
    monkeypatch.setattr(jobs, "find_flags", find_flags)
    table.note("医院有300张床位。")
    table.note("医院有320张床位。")
    assert table.read() == ["done"]
    assert compared
    assert len(table.flags("open")) == 1
