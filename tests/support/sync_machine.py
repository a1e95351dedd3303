"""The state machine of the convergence harness: phones, people and faults in any order.

Hypothesis chooses and shrinks. One site serves all examples of a run, each on a trip of its own.
"""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.kernel.ids import new_id
from tests.support import convergence as after
from tests.support.devices import Json, Phone
from tests.support.faulty_wire import Person, Site, Wire, catch_up, found_trip, new_phone, send_all

HOUR = 3_600_000
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "note": {
        "certainty": st.sampled_from([None, "sure", "doubtful", "hearsay"]),
        "lat": st.sampled_from([None, 30.5, 31.5, 32.5]),
        "sensitivity": st.sampled_from(["normal", "restricted", "off_record"]),
    },
    "document": {
        "title": st.sampled_from(["", "汇报", "纪要", "讲话"]),
        "state": st.sampled_from(["draft", "review", "approved"]),
    },
}
FAULTS = st.sampled_from(["none", "none", "dropped", "answer lost", "twice", "late", "cut"])
NUMBER = st.integers(0, 5)
FEW = st.integers(1, 3)
PHONE = st.integers(0, 3)
# Whose phone it is, and the role it begins with; the first one made the trip.
OWNERS = ((0, "aide"), (0, "aide"), (1, "companion"), (2, "viewer"))
ROLES = st.sampled_from(["aide", "principal", "companion", "office", "viewer"])


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Json]:
    """An entity, and one or two of its fields with new values."""
    entity = draw(st.sampled_from(sorted(FIELDS)))
    names = draw(st.lists(st.sampled_from(sorted(FIELDS[entity])), min_size=1, max_size=2))
    return entity, {name: draw(FIELDS[entity][name]) for name in dict.fromkeys(names)}


class SyncMachine(RuleBasedStateMachine):
    """Four phones of three people on one trip; `site` and `people` are set by `machine_on`."""

    site: Site
    people: tuple[Person, ...]

    def __init__(self) -> None:
        super().__init__()
        self.wire: Wire
        self.wire, first = found_trip(self.site, self.people[0])
        self.roles: dict[int, str | None] = {0: "aide", 1: None, 2: None}
        first.write(("note", new_id()), {"kind": "observation"})
        first.write(("document", new_id()), {"title": "汇报"})
        catch_up(self.wire, first)
        self.phones = [first]
        for owner, role in OWNERS[1:]:
            if self.roles[owner] is None:
                self._invite(owner, role)
            self.phones.append(new_phone(self.site, self.people[owner], self.wire.trip))
            catch_up(self.wire, self.phones[-1])
        self.revoked: set[int] = set()
        self.held: dict[int, Json] = {}

    # ---- what people write ------------------------------------------------------------------

    @rule(phone=PHONE, edit=edits())
    def create(self, phone: int, edit: tuple[str, Json]) -> None:
        entity, fields = edit
        required = {"kind": "observation"} if entity == "note" else {}
        self.phones[phone].write((entity, new_id()), required | fields)

    @rule(phone=PHONE, edit=edits(), which=NUMBER)
    def edit(self, phone: int, edit: tuple[str, Json], which: int) -> None:
        entity, fields = edit
        keys = sorted(key for key in self.phones[phone].shown() if key[0] == entity)
        if keys:
            self.phones[phone].write(keys[which % len(keys)], fields)

    @rule(phone=PHONE, which=NUMBER)
    def delete(self, phone: int, which: int) -> None:
        keys = sorted(key for key in self.phones[phone].shown() if key[0] in FIELDS)
        if keys:
            self.phones[phone].write(keys[which % len(keys)], {}, deleted=True)

    @rule(phone=PHONE)
    def ask_again_for_what_was_refused(self, phone: int) -> None:
        for change in self.phones[phone].outbox:
            if change.state == "rejected":
                self.phones[phone].resend(change)

    # ---- the wire ---------------------------------------------------------------------------

    @rule(phone=PHONE, limit=FEW, fault=FAULTS)
    def push(self, phone: int, limit: int, fault: str) -> None:
        self._apply_held(phone)
        self.wire.push(self.phones[phone], limit, fault)

    @precondition(lambda self: self.wire.late)
    @rule(which=NUMBER)
    def a_late_push_arrives(self, which: int) -> None:
        self.wire.deliver_late(which)

    @rule(phone=PHONE, limit=FEW, fault=st.sampled_from(["none", "none", "answer lost"]))
    def pull_one_page(self, phone: int, limit: int, fault: str) -> None:
        self._apply_held(phone)
        self.wire.pull(self.phones[phone], limit, fault)

    @rule(phone=PHONE)
    def sync(self, phone: int) -> None:
        self._apply_held(phone)
        catch_up(self.wire, self.phones[phone])

    @rule(phone=PHONE, limit=FEW)
    def ask_for_a_page_that_takes_its_time(self, phone: int, limit: int) -> None:
        self._apply_held(phone)
        page = self.wire.fetch_page(self.phones[phone], limit)
        if page is not None:
            self.held[phone] = page

    # ---- time, machines, rights -------------------------------------------------------------

    @rule(ms=st.sampled_from([1, 1000, 10 * 60_000, 3 * HOUR]))
    def time_passes(self, ms: int) -> None:
        self.site.clock.advance(milliseconds=ms)

    @rule(phone=PHONE, skew=st.sampled_from([0, 2 * 60_000, -3 * HOUR, 5 * HOUR, -26 * HOUR]))
    def a_phone_clock_jumps(self, phone: int, skew: int) -> None:
        self.phones[phone].skew_ms = skew

    @rule()
    def the_server_restarts(self) -> None:
        self.site.reopen()

    @rule(phone=PHONE)
    def the_app_is_installed_anew(self, phone: int) -> None:
        owner = OWNERS[phone][0]
        self.held.pop(phone, None)
        self.revoked.discard(phone)
        self.phones[phone] = new_phone(self.site, self.people[owner], self.wire.trip)

    @rule(phone=PHONE)
    def a_device_is_revoked(self, phone: int) -> None:
        headers = self.people[OWNERS[phone][0]].headers
        url = f"/api/v1/devices/{self.phones[phone].device}"
        answer = self.site.http.delete(url, headers=headers)
        if answer.status_code < 300:
            self.revoked.add(phone)
        else:
            assert answer.json()["code"] == "device_unknown", "it has not pushed yet"

    @rule(owner=st.integers(1, 2), role=ROLES)
    def a_role_is_given(self, owner: int, role: str) -> None:
        if self.roles[owner] is None:
            self._invite(owner, role)
        else:
            self._members("PATCH", owner, {"role": role})
            self.roles[owner] = role

    @rule(owner=st.integers(1, 2))
    def a_membership_ends(self, owner: int) -> None:
        if self.roles[owner] is not None:
            self._members("DELETE", owner)
            self.roles[owner] = None

    # ---- quiet ------------------------------------------------------------------------------

    def teardown(self) -> None:
        for number in range(len(self.phones)):
            self._apply_held(number)
        while self.wire.late:
            self.wire.deliver_late(0)
        for phone in self.phones:
            send_all(self.wire, phone)
        for phone in self.phones:
            catch_up(self.wire, phone)
        self._check()

    def _check(self) -> None:
        state = after.read_server(self.wire)
        after.check_log(self.wire, state)
        after.check_merge(self.wire, state)
        after.check_quarantine(self.wire, self.people[0])
        # The log was checked whole; the way by which people read it, for the two busiest records.
        busy = Counter(one.key for one in self.wire.ledger.arrivals).most_common(2)
        after.check_history(self.wire, self.people[0], state, [key for key, _ in busy])
        for owner, role in self.roles.items():
            if role is None:
                continue
            phones = self._phones_of(owner)
            wanted = after.visible_to(self.people[owner], role, state)
            for phone in phones:
                after.check_replica(phone, wanted, state)
            after.check_newcomer(self.wire, self.people[owner], phones)

    def _phones_of(self, owner: int) -> list[Phone]:
        numbers = [n for n, (whose, _) in enumerate(OWNERS) if whose == owner]
        return [self.phones[number] for number in numbers if number not in self.revoked]

    def _apply_held(self, phone: int) -> None:
        page = self.held.pop(phone, None)
        if page is not None:
            self.phones[phone].apply_page(page)

    def _invite(self, owner: int, role: str) -> None:
        self._members("POST", owner, {"user": self.people[owner].user, "role": role})
        self.roles[owner] = role

    def _members(self, method: str, owner: int, body: Json | None = None) -> None:
        url = f"/api/v1/trips/{self.wire.trip}/members"
        if method != "POST":
            url += f"/{self.people[owner].user}"
        headers = self.people[0].headers
        answer = self.site.http.request(method, url, json=body, headers=headers)
        assert answer.status_code < 300, answer.text


def machine_on(opened: Site) -> type[SyncMachine]:
    """The machine bound to a site, with its three people."""
    names = ("小宋", "老周", "小刘")

    class BoundMachine(SyncMachine):
        site = opened
        people = tuple(opened.new_person(name) for name in names)

    return BoundMachine
