"""What the aide entered, kept apart from app and server, and what became of it in both."""

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.kernel.ids import new_id
from tests.e2e.kills.phone import Phone

DEVICE = "colleague1"
Rows = dict[str, dict[str, Any]]
# Entities that people enter.
ENTERED = ("trip", "stop", "person", "note", "media", "mark", "question", "matter")
_OF_THE_PHONE = {"local", "trip"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Ledger:
    """Texts and bytes of which the app said that they are kept, or that were entered again after
    a kill because the app did not show them."""

    notes: list[str] = field(default_factory=list)
    # SHA-256 of each photo's file.
    photos: list[str] = field(default_factory=list)
    # Of each recording by media id: size and SHA-256 of what lay on the phone at the kill.
    sounds: dict[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What is missing, and what is there more than once, each in words."""

    lost: list[str]
    doubled: list[str]
    # What the server makes by itself, and the phone has not pulled yet: lost when it never does.
    differing: list[str]


class Office:
    """The server as a program with a token sees it: what it has of a trip."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def rows(self, trip: str) -> dict[str, Rows]:
        """Living rows by entity and id, their fields with the id."""
        found: dict[str, Rows] = {}
        after, more = 0, True
        while more:
            answer = self.client.get(f"/sync/{trip}/pull", params={"after": after})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for row in page["rows"]:
                if not row.get("deleted") and not row.get("withdrawn"):
                    fields = row["fields"] | {"id": row["record"]}
                    found.setdefault(row["entity"], {})[row["record"]] = fields
            after, more = page["next"], page["more"]
        return found

    def push(self, trip: str, changes: list[tuple[str, str, dict[str, Any]]]) -> None:
        """Write as one more device of the aide."""
        now = int(time.time() * 1000)
        body = {
            "schema": 1,
            "device": DEVICE,
            "now": now,
            "changes": [
                {
                    "id": new_id(),
                    "entity": entity,
                    "record": record,
                    "fields": fields,
                    "hlc": f"{now}-{number:04x}-{DEVICE}",
                }
                for number, (entity, record, fields) in enumerate(changes)
            ],
        }
        answer = self.client.post(f"/sync/{trip}/push", json=body)
        assert answer.status_code == 200, answer.text
        assert {one["status"] for one in answer.json()["results"]} == {"applied"}, answer.text

    def write_notes(self, trip: str, count: int) -> list[str]:
        """Notes of a colleague, in batches; returns their texts."""
        texts = [f"同事写的第{number}条" for number in range(count)]
        for start in range(0, count, 500):
            notes = texts[start : start + 500]
            self.push(trip, [("note", new_id(), {"kind": "minute", "text": one}) for one in notes])
        return texts

    def content(self, media: str) -> bytes:
        answer = self.client.get(f"/media/{media}/content")
        return answer.content if answer.status_code == 200 else b""

    def history(self, trip: str, entity: str, record: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(
            f"/trips/{trip}/history/{entity}/{record}"
        ).json()
        return found


def compare(ledger: Ledger, phone: Phone, office: Office, trip: str) -> Verdict:
    """Ledger against server, ledger against phone, phone against server, row by row."""
    rows = office.rows(trip)
    texts = Counter(row["text"] for row in rows.get("note", {}).values())
    kept = Counter(row["text"] for row in phone.rows("note").values())
    lost: list[str] = []
    doubled: list[str] = []
    for place, found in (("server", texts), ("phone", kept)):
        wanted = Counter(ledger.notes)
        lost += [f"note {one[:20]} on the {place}" for one in wanted - found]
        doubled += [f"note {one[:20]} on the {place}" for one in found - wanted]
    _compare_bytes(ledger, (rows.get("media", {}), phone, office), (lost, doubled))
    differing: list[str] = []
    for entity in rows:
        _compare_rows(entity, (rows[entity], phone.rows(entity)), (lost, differing))
    for entity in ENTERED:
        lost += [
            f"{entity} {one} is on the phone alone"
            for one in phone.rows(entity).keys() - rows.get(entity, {}).keys()
        ]
    return Verdict(lost, doubled, differing)


def _compare_bytes(
    ledger: Ledger,
    places: tuple[Rows, Phone, Office],
    verdict: tuple[list[str], list[str]],
) -> None:
    media, phone, office = places
    lost, doubled = verdict
    contents = {one: office.content(one) for one in media}
    hashes = {one: sha256(content) for one, content in contents.items()}
    for one, found in hashes.items():
        if phone.bytes.get(one, {}).get("sha256") != found or media[one]["sha256"] != found:
            lost.append(f"bytes of {media[one]['kind']} {one} differ")
    photos = Counter(hashes[one] for one in media if media[one]["kind"] == "photo")
    wanted = Counter(ledger.photos)
    lost += [f"photo {one[:8]}" for one in wanted - photos]
    doubled += [f"photo {one[:8]}" for one in photos - wanted]
    sounds = {one for one in media if media[one]["kind"] == "audio"}
    doubled += [f"recording {one}" for one in sounds - ledger.sounds.keys()]
    for one, (size, digest) in ledger.sounds.items():
        if sha256(contents.get(one, b"")[:size]) != digest:
            lost.append(f"recording {one}: its first {size} bytes")


def _compare_rows(
    entity: str, places: tuple[Rows, Rows], verdict: tuple[list[str], list[str]]
) -> None:
    server, phone = places
    lost, differing = verdict
    missing = lost if entity in ENTERED else differing
    missing += [f"{entity} {one} is not on the phone" for one in server.keys() - phone.keys()]
    for one in server.keys() & phone.keys():
        names = (server[one].keys() & phone[one].keys()) - _OF_THE_PHONE
        other = [name for name in names if server[one][name] != phone[one][name]]
        differing += [f"{entity} {one} differs in {name}" for name in other]
