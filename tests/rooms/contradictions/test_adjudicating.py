"""A second opinion on a flag, the whole way through the job, with a real model and server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from services.contradictions import ADJUDICATE, Contradiction, queue_unjudged
from services.jobs import Job
from services.sync import read_history
from tests.rooms.contradictions.conftest import Table
from tests.support.chat_server import KEY, ChatServer, chatting
from tests.support.listening import open_desk
from tests.support.small_nli import lay_model

ROAD_2019 = "村里的公路是2019年修好的。"
ROAD_2021 = "村里的公路是2021年修好的。"
# To the small model, which knows numbers only, these two say the same.
DONE = "村里的公路已经修好了。"
NOT_DONE = "村里的公路还没有修好。"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chatting() as served:
        yield served


@pytest.fixture
def remote(tmp_path: Path, server: ChatServer) -> Iterator[Table]:
    """A house whose adjudicator is the server."""
    settings = {"llm_url": server.url, "llm_model": "small", "llm_key": KEY}
    with open_desk(tmp_path / "data", **settings) as desk:
        yield Table(desk)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Table]:
    """A house whose adjudicator is a folder."""
    folder = lay_model(tmp_path / "small")
    with open_desk(tmp_path / "data", nli_model=str(folder)) as desk:
        yield Table(desk)


def differing(table: Table, first: str, second: str) -> Contradiction:
    """Two notes that cannot both hold, read; the one flag, as the rules made it."""
    table.note(first, said_at="2026-11-18T01:00:00Z")
    table.note(second, said_at="2026-11-18T03:00:00Z")
    assert set(table.read()) == {"done"}
    [flag] = table.flags("open")
    assert "~" not in flag.rule
    return flag


def jobs(table: Table) -> list[Job]:
    with table.desk.house.db.read() as session:
        return list(session.exec(select(Job).where(Job.kind == ADJUDICATE)))


def plain(flag: Contradiction) -> dict[str, Any]:
    return flag.model_dump()


def test_a_doubted_flag_stays_with_less_confidence_and_says_who_doubted(local: Table) -> None:
    before = differing(local, DONE, NOT_DONE)
    assert local.desk.work() == ["done"]
    [after] = local.flags()
    assert after.state == "open"
    assert after.rule.startswith(f"{before.rule} ~ downgraded ")
    assert after.rule.endswith(" by nli:small")
    assert after.confidence is not None
    assert before.confidence is not None
    assert after.confidence <= before.confidence / 2
    changed = {name for name, value in plain(after).items() if value != plain(before)[name]}
    assert changed == {"rule", "confidence"}


def test_a_confirmed_flag_is_as_sure_as_the_rules_and_no_surer(local: Table) -> None:
    before = differing(local, ROAD_2019, ROAD_2021)
    assert local.desk.work() == ["done"]
    [after] = local.flags()
    assert after.rule.startswith(f"{before.rule} ~ confirmed ")
    assert after.confidence == before.confidence


def test_the_opinion_can_be_traced_to_its_time_and_what_stood_before(remote: Table) -> None:
    before = differing(remote, DONE, NOT_DONE)
    remote.desk.work()
    with remote.desk.house.db.read() as session:
        history = read_history(
            session, remote.desk.actor, remote.desk.trip, ("contradiction", before.id)
        )
    told = [one for one in history if one.field == "rule"]
    assert [one.value for one in told] == [before.rule, remote.flags()[0].rule]
    assert {one.device for one in told} == {"server"}
    assert remote.flags()[0].rule.endswith("by llm:small")


def test_reading_and_judging_again_changes_nothing(remote: Table, server: ChatServer) -> None:
    differing(remote, DONE, NOT_DONE)
    remote.desk.work()
    [judged] = remote.flags()
    remote.edit("note", judged.a["record"], text=DONE)
    remote.read()
    remote.desk.work()
    assert [plain(flag) for flag in remote.flags()] == [plain(judged)]
    assert len(server.asked) == 1


def test_other_words_are_judged_anew(remote: Table, server: ChatServer) -> None:
    differing(remote, DONE, NOT_DONE)
    remote.desk.work()
    [judged] = remote.flags()
    remote.edit("note", judged.a["record"], text="是的，" + DONE)
    remote.read()
    [moved] = remote.flags("open")
    assert "~" not in moved.rule
    remote.desk.work()
    assert "~ downgraded" in remote.flags("open")[0].rule
    assert len(server.asked) == 2


@pytest.mark.parametrize("way", ["error", "text", "drip"])
def test_without_an_answer_the_flag_stays_as_it_was_and_the_job_says_so(
    tmp_path: Path, server: ChatServer, way: str
) -> None:
    server.way = way
    settings: dict[str, Any] = {"llm_url": server.url, "llm_model": "small", "llm_key": KEY}
    with open_desk(tmp_path / "data", llm_timeout_s=0.3, **settings) as desk:
        table = Table(desk)
        before = differing(table, DONE, NOT_DONE)
        for _ in range(5):
            desk.work()
            desk.clock.advance(minutes=5)
        [job] = jobs(table)
        assert (job.state, job.error) == ("failed", "AdjudicationError")
        assert [plain(flag) for flag in table.flags()] == [plain(before)]


@pytest.mark.parametrize("state", ["ruled", "verifying"])
def test_what_people_have_in_hand_is_not_even_shown(
    remote: Table, server: ChatServer, state: str
) -> None:
    flag = differing(remote, DONE, NOT_DONE)
    ruling = {"ruling": {"verdict": "a", "reason": "看过"}} if state == "ruled" else {}
    remote.edit("contradiction", flag.id, state=state, **ruling)
    [before] = remote.flags()
    assert remote.desk.work() == ["done"]
    assert [plain(one) for one in remote.flags()] == [plain(before)]
    assert server.asked == []


@pytest.mark.parametrize("sensitivity", ["restricted", "off_record"])
def test_what_became_private_never_leaves(
    remote: Table, server: ChatServer, sensitivity: str
) -> None:
    flag = differing(remote, DONE, NOT_DONE)
    remote.edit("note", flag.b["record"], sensitivity=sensitivity)
    remote.desk.work()
    assert server.asked == []


def test_a_text_that_was_edited_and_not_yet_read_is_not_shown(
    remote: Table, server: ChatServer
) -> None:
    flag = differing(remote, DONE, NOT_DONE)
    remote.edit("note", flag.b["record"], text="什么也没说。")
    remote.desk.work()
    assert server.asked == []


def test_no_transaction_is_open_while_the_server_thinks(remote: Table, server: ChatServer) -> None:
    """Another write goes through in the middle of the question: SQLite has one writer."""
    differing(remote, DONE, NOT_DONE)
    server.meanwhile = lambda: remote.note("写于对方思考之时。")
    assert remote.desk.work() == ["done"]
    assert "~ downgraded" in remote.flags()[0].rule


def test_a_ruling_made_while_the_server_thinks_stands(remote: Table, server: ChatServer) -> None:
    flag = differing(remote, DONE, NOT_DONE)
    ruling = {"verdict": "both", "reason": "先后"}
    server.meanwhile = lambda: remote.edit("contradiction", flag.id, state="ruled", ruling=ruling)
    assert remote.desk.work() == ["done"]
    [after] = remote.flags()
    assert (after.state, after.rule, after.confidence) == ("ruled", flag.rule, flag.confidence)


def test_without_an_adjudicator_nothing_is_queued(table: Table) -> None:
    differing(table, DONE, NOT_DONE)
    assert jobs(table) == []


def test_flags_from_before_it_was_set_and_those_left_without_answer_are_queued_again(
    remote: Table, server: ChatServer
) -> None:
    flag = differing(remote, DONE, NOT_DONE)
    server.way = "text"
    for _ in range(5):
        remote.desk.work()
        remote.desk.clock.advance(minutes=5)
    server.way = ""
    for _ in range(2):
        with remote.desk.house.db.write() as session:
            queue_unjudged(session)
    assert remote.desk.work() == ["done"]
    assert remote.flags()[0].rule.startswith(f"{flag.rule} ~ downgraded")
    with remote.desk.house.db.write() as session:
        queue_unjudged(session)
    assert remote.desk.work() == []
