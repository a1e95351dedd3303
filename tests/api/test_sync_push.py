"""Push to the contract: each change alone, statuses, ids, clocks, envelope errors."""

import json

from services.kernel.clock import milliseconds
from services.kernel.ids import new_id
from tests.support.house import Caller


def note(aide: Caller, trip: str, **fields: object) -> str:
    record = new_id()
    wanted = {"kind": "observation", "text": "2 号泵房只开一台泵"} | fields
    (result,) = aide.results(trip, aide.change("note", record, wanted))
    assert result["status"] == "applied", result
    return record


def other_device(aide: Caller, device: str = "tablet_b1") -> Caller:
    return Caller(aide.client, aide.user, aide.token, device, aide.clock)


class TestFounding:
    def test_a_trip_is_born_by_its_first_change_and_its_maker_is_its_aide(
        self, aide: Caller
    ) -> None:
        trip = aide.make_trip(title="柳坪镇调研")
        rows = {row["entity"]: row for row in aide.pull(trip)["rows"]}
        assert rows["trip"]["fields"]["title"] == "柳坪镇调研"
        assert rows["trip"]["fields"]["created_by"] == aide.user
        assert rows["member"]["fields"]["role"] == "aide"
        assert rows["member"]["fields"]["user"] == aide.user

    def test_other_changes_to_an_unknown_trip_are_404(self, aide: Caller) -> None:
        trip = new_id()
        response = aide.push(trip, aide.change("note", new_id(), {"kind": "quote"}))
        assert (response.status_code, response.json()["code"]) == (404, "trip_unknown")

    def test_a_trip_without_a_title_is_rejected_and_nothing_hangs_on_it(self, aide: Caller) -> None:
        trip = new_id()
        first, second = aide.results(
            trip,
            aide.change("trip", trip, {"kind": "research"}),
            aide.change("note", new_id(), {"kind": "quote"}),
        )
        assert first["problem"]["code"] == "missing_fields"
        assert first["problem"]["errors"][0]["field"] == "title"
        assert second["problem"]["code"] == "trip_unknown"
        assert aide.push(trip).status_code == 404

    def test_a_stranger_gets_404(self, aide: Caller, stranger: Caller) -> None:
        trip = aide.make_trip()
        response = stranger.push(trip, stranger.change("note", new_id(), {"kind": "quote"}))
        assert response.status_code == 404


class TestEachChangeAlone:
    def test_a_bad_change_is_rejected_and_the_rest_stands(self, aide: Caller) -> None:
        trip = aide.make_trip()
        good, person = new_id(), new_id()
        results = aide.results(
            trip,
            "not an object",
            aide.change("nonsense", new_id(), {}),
            aide.change("note", new_id(), {"kind": "gossip"}),
            aide.change("person", person, {"name": "李桂兰", "role": "书" * 201}),
            aide.change("note", new_id(), {"kind": "quote", "lat": "NaN"}),
            {"id": new_id(), "entity": "note"},
            aide.change("note", good, {"kind": "quote", "text": "通水 412 户"}),
        )
        assert [each["status"] for each in results] == ["rejected"] * 6 + ["applied"]
        codes = [each["problem"]["code"] for each in results[:6]]
        assert codes == [
            "change_malformed",
            "unknown_entity",
            "invalid_fields",
            "invalid_fields",
            "invalid_fields",
            "change_malformed",
        ]
        assert results[0]["id"] is None
        assert results[3]["problem"]["errors"][0]["field"] == "role"
        assert aide.row(trip, good)["fields"]["text"] == "通水 412 户"

    def test_a_rejected_id_may_be_sent_again_and_is_judged_afresh(self, aide: Caller) -> None:
        trip = aide.make_trip()
        change = aide.change("person", new_id(), {"role": "支书"})
        assert aide.results(trip, change)[0]["status"] == "rejected"
        change["fields"]["name"] = "李桂兰"
        assert aide.results(trip, change)[0]["status"] == "applied"

    def test_a_replay_is_a_duplicate_with_the_recorded_seq(self, aide: Caller) -> None:
        trip = aide.make_trip()
        change = aide.change("note", new_id(), {"kind": "quote"})
        (first,) = aide.results(trip, change)
        twice = aide.results(trip, change, change)
        assert [each["status"] for each in twice] == ["duplicate", "duplicate"]
        assert {each["seq"] for each in twice} == {first["seq"]}

    def test_an_accepted_id_with_other_content_is_id_reused(self, aide: Caller) -> None:
        trip = aide.make_trip()
        change = aide.change("note", new_id(), {"kind": "quote", "text": "甲"})
        aide.results(trip, change)
        change["fields"] = {"kind": "quote", "text": "乙"}
        assert aide.results(trip, change)[0]["problem"]["code"] == "id_reused"

    def test_every_accepted_change_has_its_own_seq(self, aide: Caller) -> None:
        trip = aide.make_trip()
        changes = [aide.change("note", new_id(), {"kind": "quote"}) for _ in range(40)]
        seqs = [each["seq"] for each in aide.results(trip, *changes)]
        assert len(set(seqs)) == 40
        assert seqs == sorted(seqs)

    def test_a_record_of_another_trip_cannot_be_taken(self, aide: Caller) -> None:
        first, second = aide.make_trip(), aide.make_trip()
        record = note(aide, first)
        (result,) = aide.results(second, aide.change("note", record, {"text": "抢"}))
        assert result["problem"]["code"] == "record_elsewhere"
        (result,) = aide.results(second, aide.change("trip", first, {"title": "抢"}))
        assert result["problem"]["code"] == "record_elsewhere"

    def test_what_only_the_server_writes_is_refused(self, aide: Caller) -> None:
        trip = aide.make_trip()
        segment = {"media": new_id(), "start_ms": 0, "end_ms": 10}
        media = {"kind": "photo", "processing": "ready"}
        results = aide.results(
            trip,
            aide.change("segment", new_id(), segment),
            aide.change("media", new_id(), media),
            aide.change("member", new_id(), {"user": aide.user, "role": "principal"}),
        )
        assert [each["problem"]["code"] for each in results] == ["server_made"] * 3


class TestMerge:
    def test_different_fields_merge_and_nothing_is_contested(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip)
        base = aide.row(trip, record)["seq"]
        tablet = other_device(aide)
        aide.results(trip, aide.change("note", record, {"text": "两台泵"}, base=base))
        tablet.results(trip, tablet.change("note", record, {"certainty": "sure"}, base=base))
        row = aide.row(trip, record)
        assert (row["fields"]["text"], row["fields"]["certainty"]) == ("两台泵", "sure")
        assert "contested" not in row

    def test_one_field_by_two_who_had_not_seen_each_other_is_contested(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip, text="")
        base = aide.row(trip, record)["seq"]
        tablet = other_device(aide)
        early = tablet.change("note", record, {"certainty": "doubtful"}, base=base)
        aide.clock.advance(seconds=5)
        aide.results(trip, aide.change("note", record, {"certainty": "sure"}, base=base))
        (lost,) = tablet.results(trip, early)
        assert (lost["status"], lost["seq"]) == ("superseded", None)
        row = aide.row(trip, record)
        assert row["fields"]["certainty"] == "sure"
        assert [each["value"] for each in row["contested"]["certainty"]] == ["sure", "doubtful"]
        aide.results(trip, aide.change("note", record, {"certainty": "hearsay"}, base=row["seq"]))
        settled = aide.row(trip, record)
        assert settled["fields"]["certainty"] == "hearsay"
        assert "contested" not in settled

    def test_a_write_that_saw_the_value_wins_with_a_slow_clock(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip)
        seen = aide.row(trip, record)["seq"]
        tablet = other_device(aide)
        slow = tablet.change("note", record, {"text": "后写的"}, base=seen)
        slow["hlc"] = tablet.hlc(shift_ms=-200_000)
        (result,) = tablet.results(trip, slow)
        assert result["status"] == "applied"
        assert aide.row(trip, record)["fields"]["text"] == "后写的"

    def test_every_value_ever_written_is_in_the_history(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip, text="一")
        old = aide.change("note", record, {"text": "旧"})
        aide.clock.advance(seconds=1)
        aide.results(trip, aide.change("note", record, {"text": "二"}))
        (result,) = aide.results(trip, old)
        assert result["status"] == "superseded"
        url = f"/api/v1/trips/{trip}/history/note/{record}"
        history = aide.client.get(url, headers=aide.headers).json()
        texts = [(past["value"], past["stood"]) for past in history if past["field"] == "text"]
        assert sorted(texts) == sorted([("一", True), ("二", True), ("旧", False)])


class TestDeletion:
    def test_edit_beats_a_delete_that_had_not_seen_it(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip)
        base = aide.row(trip, record)["seq"]
        aide.results(trip, aide.change("note", record, {"text": "补"}, base=base))
        tablet = other_device(aide)
        (result,) = tablet.results(trip, tablet.change("note", record, {}, base=base, deleted=True))
        assert (result["status"], result["seq"]) == ("superseded", None)
        assert aide.row(trip, record)["deleted"] is False

    def test_an_edit_revives_a_deleted_record_even_if_its_field_loses(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record = note(aide, trip)
        old = aide.change("note", record, {"text": "早些时候"})
        aide.clock.advance(seconds=1)
        aide.results(trip, aide.change("note", record, {"text": "晚些时候"}))
        aide.results(trip, aide.change("note", record, {}, deleted=True))
        assert aide.row(trip, record)["deleted"] is True
        (result,) = aide.results(trip, old)
        assert (result["status"], result["seq"] is not None) == ("merged", True)
        row = aide.row(trip, record)
        assert (row["deleted"], row["fields"]["text"]) == (False, "晚些时候")


class TestClocks:
    def test_a_phone_five_hours_ahead_loses_nothing_and_gains_nothing(self, aide: Caller) -> None:
        trip = aide.make_trip()
        record, ahead = note(aide, trip), 5 * 3_600_000
        wrong = aide.change("note", record, {"text": "钟快的手机"})
        wrong["hlc"] = aide.hlc(shift_ms=ahead)
        now = milliseconds(aide.clock.now())
        (result,) = aide.results(trip, wrong, now=now + ahead)
        assert result["status"] == "applied"
        aide.clock.advance(seconds=1)
        tablet = other_device(aide)
        aide_answer = tablet.results(trip, tablet.change("note", record, {"text": "后来的"}))
        assert aide_answer[0]["status"] == "applied"
        assert aide.row(trip, record)["fields"]["text"] == "后来的"


class TestEnvelope:
    def test_half_a_character_refuses_its_change_and_no_other(self, aide: Caller) -> None:
        """As broken keyboards send it: JSON that strict readers refuse as a whole."""
        trip = aide.make_trip()
        halves = aide.change("note", new_id(), {"kind": "quote", "text": "\ud83d"})
        whole = aide.change("note", new_id(), {"kind": "quote", "text": "好"})
        now = milliseconds(aide.clock.now())
        body = {"schema": 1, "device": aide.device, "now": now, "changes": [halves, whole]}
        headers = aide.headers | {"Content-Type": "application/json"}
        url = f"/api/v1/sync/{trip}/push"
        answer = aide.client.post(url, content=json.dumps(body), headers=headers)
        assert [one["status"] for one in answer.json()["results"]] == ["rejected", "applied"]

    def test_what_is_not_json_or_has_no_changes_is_400(self, aide: Caller) -> None:
        url = f"/api/v1/sync/{new_id()}/push"
        for body in (b"{", b"[]", b'{"schema":1}', b"[" * 100_000):
            response = aide.client.post(url, content=body, headers=aide.headers)
            assert response.status_code == 400
            assert response.headers["content-type"] == "application/problem+json"

    def test_501_changes_or_more_than_a_mebibyte_are_413(self, aide: Caller) -> None:
        trip = aide.make_trip()
        many = aide.push(trip, *[{}] * 501)
        assert (many.status_code, many.json()["code"]) == (413, "too_many_changes")
        big = aide.push(trip, aide.change("note", new_id(), {"text": "长" * 600_000}))
        assert (big.status_code, big.json()["code"]) == (413, "push_too_large")

    def test_an_unknown_schema_is_426(self, aide: Caller) -> None:
        assert aide.push(aide.make_trip(), schema=0).status_code == 426

    def test_nobody_is_401(self, aide: Caller) -> None:
        response = aide.client.post(f"/api/v1/sync/{new_id()}/push", json={})
        assert (response.status_code, response.json()["code"]) == (401, "signed_out")
