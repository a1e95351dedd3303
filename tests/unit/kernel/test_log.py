"""The log goes to standard error as it is at the moment of writing."""

import io
import sys

import pytest

from services.kernel.log import configure_log, get_logger


def test_a_replaced_standard_error_gets_the_next_line(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure_log("info")
    log = get_logger("test")
    log.info("one")
    first.close()
    monkeypatch.setattr(sys, "stderr", second)
    log.info("two", note="n1")
    assert "event=two" in second.getvalue()
    assert "note=n1" in second.getvalue()
