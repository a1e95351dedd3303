"""The contract of the adjudicator port, run against a real server and a real ONNX model."""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.adjudication import (
    AdjudicationError,
    Adjudicator,
    Candidate,
    Side,
    has_adjudicator,
    open_adjudicator,
)
from services.adjudication.endpoint import Address, EndpointAdjudicator
from services.adjudication.nli import FILES, NliAdjudicator
from services.kernel.settings import Settings
from tests.support.chat_server import KEY, ChatServer, chatting
from tests.support.small_nli import lay_model

DIFFER = Candidate(
    "date",
    Side("村里的公路是2019年修好的。", "2019年"),
    Side("村里的公路是2021年修好的。", "2021年"),
)
AGREE = Candidate("status", Side("2019年修好了公路。", "修好了"), Side("公路2019年修好。", "修好"))


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with chatting() as served:
        yield served


@pytest.fixture(params=["endpoint", "nli"])
def adjudicator(
    request: pytest.FixtureRequest, server: ChatServer, tmp_path: Path
) -> Iterator[Adjudicator]:
    if request.param == "nli":
        settings = Settings(nli_model=str(lay_model(tmp_path / "small")))
    else:
        server.way = ""
        settings = Settings(llm_url=server.url, llm_model="small", llm_key=KEY)
    made = open_adjudicator(settings)
    assert made is not None
    yield made
    made.close()


def asking(server: ChatServer, way: str, timeout: float = 20) -> EndpointAdjudicator:
    server.way = way
    return EndpointAdjudicator(Address(server.url, "small", KEY, timeout))


def test_one_that_is_ready_says_so_and_has_a_name(adjudicator: Adjudicator) -> None:
    assert adjudicator.status().ready
    assert adjudicator.name.endswith(":small")


def test_a_real_difference_is_confirmed(adjudicator: Adjudicator) -> None:
    opinion = adjudicator.judge(DIFFER)
    assert opinion.outcome == "confirmed"
    assert 0.5 <= opinion.sure <= 1


def test_what_can_both_hold_is_downgraded(adjudicator: Adjudicator) -> None:
    opinion = adjudicator.judge(AGREE)
    assert opinion.outcome == "downgraded"
    assert 0.5 <= opinion.sure <= 1


def test_the_same_candidate_gets_the_same_opinion(adjudicator: Adjudicator) -> None:
    assert adjudicator.judge(DIFFER) == adjudicator.judge(DIFFER)


def test_it_can_be_asked_again_after_it_was_closed(adjudicator: Adjudicator) -> None:
    adjudicator.close()
    assert adjudicator.judge(AGREE).outcome == "downgraded"


def test_a_very_long_quote_is_judged_and_does_not_fail(adjudicator: Adjudicator) -> None:
    long = Candidate("date", Side("公路2019年修好。" * 2000, "2019年"), DIFFER.second)
    assert adjudicator.judge(long).outcome == "confirmed"


def test_none_is_set_by_default() -> None:
    assert not has_adjudicator(Settings())
    assert open_adjudicator(Settings()) is None


def test_with_both_set_nothing_leaves_this_machine(server: ChatServer, tmp_path: Path) -> None:
    both = Settings(nli_model=str(lay_model(tmp_path / "small")), llm_url=server.url)
    chosen = open_adjudicator(both)
    assert isinstance(chosen, NliAdjudicator)


def test_the_server_sees_two_quotes_and_two_values_and_nothing_else(server: ChatServer) -> None:
    asking(server, "").judge(DIFFER)
    body = server.asked[-1]
    assert set(body) == {"model", "temperature", "messages", "response_format"}
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert json.loads(body["messages"][1]["content"]) == {
        "kind": "date",
        "first": {"quote": DIFFER.first.quote, "value": "2019年"},
        "second": {"quote": DIFFER.second.quote, "value": "2021年"},
    }


@pytest.mark.parametrize("way", ["text", "fenced", "more", "unsure", "empty"])
def test_another_answer_than_was_asked_for_is_none(server: ChatServer, way: str) -> None:
    with pytest.raises(AdjudicationError, match="another answer") as caught:
        asking(server, way).judge(DIFFER)
    assert "公路" not in str(caught.value)


def test_a_broken_server_is_an_error_with_its_number(server: ChatServer) -> None:
    broken = asking(server, "error")
    with pytest.raises(AdjudicationError, match="answers 500"):
        broken.judge(DIFFER)
    assert broken.status().state == "unreachable"


@pytest.mark.parametrize("way", ["slow", "drip"])
def test_an_answer_that_takes_too_long_is_given_up(server: ChatServer, way: str) -> None:
    with pytest.raises(AdjudicationError):
        asking(server, way, timeout=0.3).judge(DIFFER)


def test_a_server_without_json_mode_is_asked_without_it(server: ChatServer) -> None:
    plain = asking(server, "format")
    assert plain.judge(DIFFER).outcome == "confirmed"
    assert "response_format" not in server.asked[-1]


def test_a_wrong_key_an_absent_server_and_a_bad_address_are_errors(server: ChatServer) -> None:
    with pytest.raises(AdjudicationError, match="answers 401"):
        EndpointAdjudicator(Address(server.url, "small", "wrong")).judge(DIFFER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        nobody = EndpointAdjudicator(Address(f"http://127.0.0.1:{port}/v1", "small"))
        assert nobody.status().state == "unreachable"
        with pytest.raises(AdjudicationError):
            nobody.judge(DIFFER)
    with pytest.raises(AdjudicationError):
        EndpointAdjudicator(Address("http://[bad/v1", "small")).judge(DIFFER)


def test_an_address_without_a_model_says_which_setting_is_missing(server: ChatServer) -> None:
    status = EndpointAdjudicator(Address(server.url, "")).status()
    assert (status.state, "SUIXING_LLM_MODEL" in status.hint) == ("incomplete", True)


@pytest.mark.parametrize("lost", FILES)
def test_a_folder_that_lacks_a_file_says_which(tmp_path: Path, lost: str) -> None:
    (lay_model(tmp_path / "small") / lost).unlink()
    incomplete = NliAdjudicator(tmp_path / "small")
    assert incomplete.status().state == "incomplete"
    assert lost in incomplete.status().hint
    with pytest.raises(AdjudicationError):
        incomplete.judge(DIFFER)


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_folder_with_a_damaged_file_is_incompatible(tmp_path: Path, broken: str) -> None:
    (lay_model(tmp_path / "small") / broken).write_bytes(b"\x00damaged")
    assert NliAdjudicator(tmp_path / "small").status().state == "incompatible"


@pytest.mark.parametrize(
    ("labels", "outputs"),
    [
        ({"0": "POSITIVE", "1": "NEGATIVE"}, 2),
        ({"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}, 3),
        ({"0": "entailment", "1": "neutral", "2": "contradiction"}, 2),
        ({"1": "entailment", "2": "contradiction"}, 2),
    ],
)
def test_a_model_of_another_trade_is_refused(
    tmp_path: Path, labels: dict[str, str], outputs: int
) -> None:
    other = NliAdjudicator(lay_model(tmp_path / "other", labels=labels, outputs=outputs))
    assert other.status().state == "incompatible"
    with pytest.raises(AdjudicationError):
        other.judge(DIFFER)


def test_a_model_that_is_not_there_yet_is_noticed_when_it_is(tmp_path: Path) -> None:
    waiting = NliAdjudicator(tmp_path / "later")
    assert waiting.status().state == "incomplete"
    shutil.copytree(lay_model(tmp_path / "small"), tmp_path / "later")
    assert waiting.judge(DIFFER).outcome == "confirmed"
