"""Many writers and one reader at once, on SQLite and on PostgreSQL: nothing is skipped or lost."""

import threading

from pydantic_core import from_json

from services import sync
from services.bootstrap import House
from services.identity import NewUser, add_user
from services.kernel.actor import Actor
from services.kernel.clock import milliseconds
from services.kernel.ids import new_id

WRITERS, PUSHES, CHANGES = 4, 8, 5


def actor_of(house: House) -> Actor:
    with house.db.write() as session:
        user = add_user(session, NewUser(email="aide@example.org", name="小宋"))
        return Actor(user=user.id, name=user.name)


def push(house: House, actor: Actor, trip: str, device: str, fields: list[tuple[str, str]]) -> None:
    now = milliseconds(house.clock.now())
    changes: list[object] = [
        {
            "id": new_id(),
            "entity": entity,
            "record": record,
            "fields": {"title": "调研", "kind": "research"}
            if entity == "trip"
            else {"kind": "quote"},
            "hlc": f"{now}-{index:04x}-{device}",
        }
        for index, (entity, record) in enumerate(fields)
    ]
    envelope = sync.Envelope(device, now, changes)
    with house.db.write() as session:
        answer = sync.push(session, actor, trip, envelope)
    assert {result.status for result in answer.results} == {"applied"}


def test_a_cursor_never_skips_what_another_writer_commits(any_house: House) -> None:
    house, trip = any_house, new_id()
    actor = actor_of(house)
    push(house, actor, trip, "device0000", [("trip", trip)])
    made = [[new_id() for _ in range(PUSHES * CHANGES)] for _ in range(WRITERS)]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for start in range(0, PUSHES * CHANGES, CHANGES):
                part = [("note", record) for record in made[number][start : start + CHANGES]]
                push(house, actor, trip, f"device{number + 1:04d}", part)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen: dict[str, int] = {}
    cursor, ended = 0, False
    while not ended:
        ended = not any(thread.is_alive() for thread in threads)
        with house.db.read() as session:
            page = from_json(sync.pull(session, actor, trip, after=cursor, limit=50))
        for row in page["rows"]:
            assert row["record"] not in seen, "no record changed twice, so none may come twice"
            seen[row["record"]] = row["seq"]
        ended = ended and not page["more"]
        cursor = page["next"]
    assert not failures
    notes = {record for records in made for record in records}
    assert notes <= seen.keys()
    assert len(set(seen.values())) == len(seen)
