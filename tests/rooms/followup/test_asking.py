"""The questions of a flag move its state, whoever writes them and wherever from."""

from typing import Any

import pytest

from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from services.sync import Envelope, push
from tests.rooms.contradictions.conftest import Table

TYPED = "村里的公路是2019年修好的。"
HEARD = "村里的公路是2021年修好的。"
WITHDRAWN = {"deleted": {"deleted": True}, "dropped": {"state": "dropped"}}


def a_flag(table: Table) -> tuple[str, str]:
    """A note and the flag that it gives with another."""
    note = table.note(TYPED)
    table.note(HEARD)
    table.read()
    [flag] = table.flags()
    return note, flag.id


def ask(table: Table, flag: str, **fields: Any) -> str:
    """A question of the flag; whoever asks by REST may leave the flag's state alone."""
    question = new_id()
    source = {"entity": "contradiction", "record": flag}
    table.edit("question", question, text="公路哪年修好的？", source=source, **fields)
    return question


def withdraw(table: Table, question: str, way: str) -> None:
    fields = dict(WITHDRAWN[way])
    deleted = bool(fields.pop("deleted", False))
    table.desk.change("question", question, fields, deleted=deleted)


def states(table: Table) -> list[str]:
    return [flag.state for flag in table.flags()]


def test_a_flag_is_being_verified_as_soon_as_somebody_asks(table: Table) -> None:
    _, flag = a_flag(table)
    ask(table, flag)
    assert states(table) == ["verifying"]


@pytest.mark.parametrize("way", WITHDRAWN)
def test_a_flag_is_open_again_when_its_last_question_is_withdrawn(table: Table, way: str) -> None:
    _, flag = a_flag(table)
    first, second = ask(table, flag), ask(table, flag)
    table.edit("contradiction", flag, state="verifying")
    withdraw(table, first, way)
    assert states(table) == ["verifying"]
    withdraw(table, second, way)
    assert states(table) == ["open"]


def test_a_question_that_is_taken_up_again_takes_the_flag_with_it(table: Table) -> None:
    _, flag = a_flag(table)
    question = ask(table, flag)
    withdraw(table, question, "deleted")
    table.edit("question", question, text="公路到底哪年修好的？")
    assert states(table) == ["verifying"]
    withdraw(table, question, "dropped")
    table.edit("question", question, state="answered", answer="2021年，有竣工牌")
    assert states(table) == ["verifying"]


def test_the_answer_to_a_question_leaves_the_flag_to_be_ruled_on(table: Table) -> None:
    _, flag = a_flag(table)
    question = ask(table, flag)
    table.edit("question", question, state="answered", answer="2021年")
    assert states(table) == ["verifying"]
    table.edit("contradiction", flag, ruling={"verdict": "b", "reason": "竣工牌"})
    withdraw(table, question, "deleted")
    assert states(table) == ["ruled"]


def test_where_a_ruling_was_doubted_it_stands_again(table: Table) -> None:
    _, flag = a_flag(table)
    table.edit("contradiction", flag, ruling={"verdict": "b", "reason": "竣工牌"})
    question = ask(table, flag)
    assert states(table) == ["ruled"]
    table.edit("contradiction", flag, state="verifying")
    withdraw(table, question, "dropped")
    [row] = table.flags()
    assert (row.state, row.ruling and row.ruling["verdict"]) == ("ruled", "b")


def test_where_a_pair_was_opened_again_it_is_open_after_the_question(table: Table) -> None:
    _, flag = a_flag(table)
    table.edit("contradiction", flag, ruling={"verdict": "b", "reason": "竣工牌"})
    table.edit("contradiction", flag, state="open")
    question = ask(table, flag)
    assert states(table) == ["verifying"]
    withdraw(table, question, "deleted")
    [row] = table.flags()
    assert (row.state, row.ruling and row.ruling["verdict"]) == ("open", "b")


def test_what_a_person_wrote_of_the_flag_later_is_not_replaced(table: Table) -> None:
    _, flag = a_flag(table)
    question = ask(table, flag)
    dropped = milliseconds(table.desk.clock.now())
    table.desk.clock.advance(minutes=2)
    table.edit("contradiction", flag, state="verifying")
    # The drop was made two minutes before, on another phone that was offline meanwhile.
    late_push(table, "question", question, {"state": "dropped"}, dropped)
    assert states(table) == ["verifying"]


def test_what_a_person_wrote_of_the_flag_without_knowing_stands_over_the_server(
    table: Table,
) -> None:
    _, flag = a_flag(table)
    question = ask(table, flag)
    ruled = milliseconds(table.desk.clock.now())
    table.desk.clock.advance(minutes=2)
    withdraw(table, question, "dropped")
    assert states(table) == ["open"]
    ruling = {"verdict": "a", "reason": "看了竣工牌"}
    late_push(table, "contradiction", flag, {"state": "ruled", "ruling": ruling}, ruled)
    assert states(table) == ["ruled"]


def test_a_flag_that_comes_back_is_being_verified_while_its_question_is_live(
    table: Table,
) -> None:
    note, flag = a_flag(table)
    ask(table, flag)
    table.edit("note", note, text="没有公路。")
    table.read()
    assert states(table) == ["withdrawn"]
    table.edit("note", note, text=TYPED)
    table.read()
    assert states(table) == ["verifying"]


def late_push(table: Table, entity: str, record: str, fields: dict[str, Any], made: int) -> None:
    """A change that another phone made a while ago and sends only now."""
    device = "phone002"
    change = {"id": new_id(), "entity": entity, "record": record, "fields": fields}
    change["hlc"] = f"{made:013d}-0000-{device}"
    now = milliseconds(table.desk.clock.now())
    with table.desk.house.db.write() as session:
        answer = push(session, table.desk.actor, table.desk.trip, Envelope(device, now, [change]))
    assert answer.results[0].status in ("applied", "merged"), answer
