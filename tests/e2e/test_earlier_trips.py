"""An organisation visited again: what it says now beside what it said then, and asked about."""

import time
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Playwright, expect

from services.kernel.ids import new_id
from tests.e2e import aide
from tests.e2e.browser import PHONE, Browser
from tests.support.server import Server, run_command

EMAIL, UNIT, DEVICE = "aide@example.org", "青石坳茶叶合作社", "office_pc1"
YEAR_AGO = "2025-10-20T02:00:00Z"


def push(client: httpx.Client, trip: str, *records: tuple[str, dict[str, Any]]) -> list[str]:
    """Records written by the office's REST client; their ids."""
    now, ids = int(time.time() * 1000), [new_id() for _ in records]
    changes = [
        {"id": new_id(), "entity": entity, "record": trip if entity == "trip" else record}
        | {"fields": fields, "hlc": f"{now:013d}-{number:04x}-{DEVICE}"}
        for number, (record, (entity, fields)) in enumerate(zip(ids, records, strict=True))
    ]
    body = {"schema": 1, "device": DEVICE, "now": now, "changes": changes}
    answer = client.post(f"/sync/{trip}/push", json=body).raise_for_status().json()
    assert {result["status"] for result in answer["results"]} == {"applied"}, answer
    return ids


def two_visits(server: Server) -> str:
    """The same organisation on a trip of last year and on one of today; today's unit."""
    token = run_command(server.data, "token", "create", EMAIL, "--name", "office").strip()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers) as client:
        for title, year, said in (
            ("去年秋天的调研", "2015年", YEAR_AGO),
            ("今年的调研", "2017年", None),
        ):
            households = "42户" if said else "51户"
            texts = (f"合作社成立于{year}。", f"合作社有{households}社员。")
            quotes = [("note", {"kind": "quote", "text": text, "said_at": said}) for text in texts]
            ids = push(
                client,
                new_id(),
                ("trip", {"title": title, "kind": "research"}),
                ("unit", {"name": UNIT}),
                *quotes,
            )
    return ids[1]


def test_what_was_said_last_time_stands_beside_what_is_said_now(
    server: Server, driver: Playwright, tmp_path: Path
) -> None:
    run_command(
        server.data, "user", "add", EMAIL, "--name", "小宋", "--password-stdin",
        stdin=aide.PASSWORD + "\n",
    )  # fmt: skip
    unit = two_visits(server)
    with Browser(driver, tmp_path / "device", PHONE) as device:
        page = device.open(server.url)
        aide.sign_in(page, server.url, email=EMAIL)
        page.goto(f"{server.url}/units?open={unit}")
        page.get_by_role("link", name="和以前几次对比").click()
        pairs = page.get_by_role("listitem").filter(has=page.locator("blockquote"))
        # The worker reads the notes in its own time.
        for _ in range(60):
            expect(page.get_by_role("status").filter(has_text="正在比对")).to_have_count(0)
            if pairs.count() == 2:
                break
            page.reload()
        expect(page.get_by_role("heading", name="对不上")).to_be_visible()
        expect(pairs.first).to_contain_text("去年秋天的调研")
        expect(pairs.first).to_contain_text("合作社成立于2015年。")
        expect(page.get_by_role("heading", name="这段时间变了")).to_be_visible()
        expect(pairs.last).to_contain_text("42户")
        pairs.first.get_by_role("button", name="去问一问").click()
        expect(page.get_by_text("已列入明天")).to_be_visible()
        page.goto(f"{server.url}/matters")
        page.get_by_role("button", name="待问 1").click()
        expect(page.get_by_text("“2015年”")).to_be_visible()
