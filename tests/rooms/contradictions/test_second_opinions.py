"""`suixing contradictions --adjudicate`: what the adjudicator doubts is left out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import contradictions
from tests.support.chat_server import KEY, ChatServer, chatting
from tests.support.small_nli import lay_model

REAL = ("村里的公路是2019年修好的。", "村里的公路是2021年修好的。")
# To the small model, which knows numbers only, these two say the same.
DOUBTED = ("镇上的水厂已经建成了。", "镇上的水厂还没有建成。")
STATEMENTS = [
    {"id": f"{doc}{at}", "doc_id": doc, "text": text, "order": at}
    for doc, texts in (("real", REAL), ("doubted", DOUBTED))
    for at, text in enumerate(texts)
]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chatting() as served:
        yield served


def run(rows: list[dict[str, Any]], *words: str, **settings: str) -> Result:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    env = {f"SUIXING_{name.upper()}": value for name, value in settings.items()}
    app = typer.Typer()
    contradictions.mount(app)
    return CliRunner().invoke(app, list(words), input=lines, env=env | {"COLUMNS": "300"})


def flags(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_doubted_flag_is_left_out_and_a_confirmed_one_keeps_its_score(tmp_path: Path) -> None:
    by_rules = flags(run(STATEMENTS))
    assert [flag["a"] for flag in by_rules] == ["real0", "doubted0"]
    folder = str(lay_model(tmp_path / "small"))
    [kept] = flags(run(STATEMENTS, "--adjudicate", nli_model=folder))
    assert kept["a"] == "real0"
    assert kept["score"] == by_rules[0]["score"]
    assert kept["rule"].startswith(by_rules[0]["rule"] + " ~ confirmed")
    assert {**kept, "rule": by_rules[0]["rule"]} == by_rules[0]


def test_a_doubted_pair_becomes_other_and_no_other_pair_is_asked_about(server: ChatServer) -> None:
    pairs = [{"id": "1", "a": REAL[0], "b": REAL[1]}, {"id": "2", "a": DOUBTED[0], "b": DOUBTED[1]}]
    pairs.append({"id": "3", "a": REAL[0], "b": REAL[0]})
    settings = {"llm_url": server.url, "llm_model": "small", "llm_key": KEY}
    labels = [row["label"] for row in flags(run(pairs, "--nli", "--adjudicate", **settings))]
    assert labels == ["contradiction", "other", "other"]
    assert len(server.asked) == 2


def test_without_an_answer_the_rules_stand_and_stderr_says_so(server: ChatServer) -> None:
    server.way = "text"
    settings = {"llm_url": server.url, "llm_model": "small", "llm_key": KEY}
    result = run(STATEMENTS, "--adjudicate", **settings)
    assert flags(result) == flags(run(STATEMENTS))
    assert result.stderr.count("no opinion") == 2


def test_without_an_adjudicator_the_command_says_what_to_set(tmp_path: Path) -> None:
    result = run(STATEMENTS, "--adjudicate")
    assert result.exit_code == 2
    assert "SUIXING_NLI_MODEL" in result.stderr
    absent = run(STATEMENTS, "--adjudicate", nli_model=str(tmp_path / "absent"))
    assert absent.exit_code == 2
    assert "incomplete" in absent.stderr
