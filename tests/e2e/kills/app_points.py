"""Points at which the app itself changes (a new version), or a person decides something."""

import re
from typing import Any

from playwright.sync_api import expect

from services.kernel.ids import new_id
from tests.e2e.kills.phone import hold_store
from tests.e2e.kills.sync_points import hold_push
from tests.e2e.kills.trial import Trial

MINUTE = 60_000
NEXT = '<meta name="next-version">'


def update_installing(trial: Trial) -> None:
    """The new version's files are being fetched: the old one starts without a network, whole."""
    begin_with_draft(trial, "新版本下载到一半")
    offer_new_version(trial)
    hold = trial.proxy.hold("GET", r"^/index\.html", "answer")
    look_for_update(trial)
    trial.reach(hold)
    trial.kill()
    trial.proxy.clear()
    expect_draft(trial)


def update_waiting(trial: Trial) -> None:
    """The new version waits for the aide's word."""
    begin_with_draft(trial, "新版本等着换")
    offer_new_version(trial)
    look_for_update(trial)
    expect(trial.page.get_by_text("新版本准备好了")).to_be_visible(timeout=MINUTE)
    trial.kill()
    expect_draft(trial)
    reach_new_version(trial)


def update_taken(trial: Trial) -> None:
    """Right after "现在换": whichever version starts, it finds everything."""
    for pause in trial.pauses:
        if not trial.trip:
            begin_with_draft(trial, "正在换新版本")
        offer_new_version(trial, f"{NEXT}<!-- {pause} -->")
        look_for_update(trial)
        button = trial.page.get_by_role("button", name="现在换")
        expect(button).to_be_visible(timeout=MINUTE)
        button.click(no_wait_after=True)
        trial.kill(pause)
        expect_draft(trial)
        reach_new_version(trial)
        begin_draft(trial)


def ruling(trial: Trial) -> None:
    """A ruling not yet in the store, then one in the store and unanswered: ruled once."""
    trial.begin("定结论的一刻", offline=False)
    trial.wait_sent()
    flag = make_two_accounts_differ(trial)
    for _ in trial.rounds:
        open_flag(trial, flag)
        trial.go_offline()
        hold_store(trial.page, "shadow")
        trial.page.get_by_role("button", name="以乙为准").click()
        trial.wait_queued()
        trial.kill()
        open_flag(trial, flag)
        expect(trial.page.get_by_role("button", name="以乙为准")).to_be_visible()
        hold = hold_push(trial, "answer")
        trial.page.get_by_role("button", name="以乙为准").click()
        trial.reach(hold)
        trial.kill()
        trial.proxy.clear()
        open_flag(trial, flag)
        expect(trial.page.get_by_role("button", name="改结论")).to_be_visible(timeout=MINUTE)
        trial.wait_sent()
        row = trial.office.rows(trial.trip)["contradiction"][flag]
        assert (row["state"], row["ruling"]["verdict"]) == ("ruled", "b")
        told = trial.office.history(trial.trip, "contradiction", flag)
        assert [one["value"] for one in told if one["field"] == "state"].count("ruled") == 1


def begin_with_draft(trial: Trial, title: str) -> None:
    trial.begin(title, offline=False)
    trial.write_note(trial.text())
    begin_draft(trial)


def begin_draft(trial: Trial) -> None:
    trial.page.get_by_label("写下所见").fill(trial.text("新版本来的时候正在写"))
    expect(trial.page.get_by_text("草稿已在本机")).to_be_visible()


def expect_draft(trial: Trial) -> None:
    """The app starts without a network and shows what was typed; it is kept now."""
    page = trial.open(offline=True)
    box = page.get_by_label("写下所见")
    expect(box).to_have_value(re.compile("新版本来的时候正在写"))
    trial.write_note(box.input_value())
    trial.go_online()


def offer_new_version(trial: Trial, mark: str = NEXT) -> None:
    """The server has a newer app: its start page is another, so its worker is another."""
    revision = f"{abs(hash(mark)):032x}"[:32]
    told = re.compile(rb'(url:"index\.html",revision:")[0-9a-f]{32}')
    changed = rb"\g<1>" + revision.encode()
    trial.proxy.edits = {
        "/sw.js": lambda body: told.sub(changed, body),
        "/index.html": lambda body: body.replace(b"</head>", f"{mark}</head>".encode()),
    }


def look_for_update(trial: Trial) -> None:
    """What the app does by itself whenever it becomes visible."""
    trial.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((one) => { one.update(); })"
    )


def reach_new_version(trial: Trial) -> None:
    """It waits for the aide's word, or has been taken at the start, when nobody used the old."""
    page = trial.page
    button = page.get_by_role("button", name="现在换")
    for _ in range(30):
        if page.locator("meta[name=next-version]").count() == 1:
            break
        if button.is_visible():
            button.click()
        else:
            page.reload()
        page.wait_for_timeout(1000)
    expect(page.locator("meta[name=next-version]")).to_have_count(1)
    expect(page.get_by_label("写下所见")).to_be_visible()


def make_two_accounts_differ(trial: Trial) -> str:
    """Two people say different years; the server finds it. Returns the contradiction's id."""
    people = {"何志远": "2019", "赵敏": "2021"}
    changes: list[tuple[str, str, dict[str, Any]]] = []
    for name, year in people.items():
        person, text = new_id(), f"The village road was finished in {year}."
        changes.append(("person", person, {"name": name}))
        changes.append(("note", new_id(), {"kind": "quote", "text": text, "speaker": person}))
        trial.ledger.notes.append(text)
    trial.office.push(trial.trip, changes)
    trial.wait_until(
        lambda: "contradiction" in trial.office.rows(trial.trip), "a contradiction", seconds=120
    )
    (flag,) = trial.office.rows(trial.trip)["contradiction"]
    return flag


def open_flag(trial: Trial, flag: str) -> None:
    if trial.opened is None:
        trial.open(f"/verify/{flag}")
    else:
        trial.page.goto(f"{trial.proxy.url}/verify/{flag}")
    expect(trial.page.get_by_role("region", name="甲")).to_be_visible(timeout=MINUTE)
