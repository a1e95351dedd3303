"""A phone in the middle of a trip: some of it on the server, hundreds of changes that are not."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import aide
from tests.support.released import Gate
from tests.support.server import Server

UNSENT_NOTES = 300
EMAIL = "aide@example.org"
DRAFT = "还没写完的一条"
SYNCED = "水库一号闸去年修过"

# Types and keeps notes as fast as the app takes them; the app's own code does every one of them.
_WRITE_NOTES = """async (texts) => {
  const box = document.querySelector('textarea');
  const type = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
  const rest = () => new Promise((resolve) => setTimeout(resolve, 4));
  for (const text of texts) {
    type.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    await rest();
    const enter = { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
    box.dispatchEvent(new KeyboardEvent('keydown', enter));
    while (box.value !== '') await rest();
  }
}"""

# The whole database as plain data: what a later version has to open.
_DUMP = """async () => {
  const wait = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const base64 = (buffer) => {
    let text = '';
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const plain = (key, value) =>
    value instanceof ArrayBuffer ? { $bytes: base64(value) } : value;
  const database = await wait(indexedDB.open('suixing'));
  const stores = [];
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    const indexes = [...store.indexNames].map((one) => {
      const { keyPath, unique, multiEntry } = store.index(one);
      return { name: one, keyPath, unique, multiEntry };
    });
    const { keyPath, autoIncrement } = store;
    stores.push({ name, keyPath, autoIncrement, indexes, rows: await wait(store.getAll()) });
  }
  const { version } = database;
  database.close();
  return JSON.stringify({ version, stores }, plain);
}"""


def begin(page: Page, server: Server, url: str) -> str:
    """An account, a trip with a stop and a statement, all of it synced; returns the trip's id."""
    link = server.setup_link().replace(server.url, url)
    aide.make_first_account(page, link, name="小宋", email=EMAIL)
    aide.wait_offline_ready(page)
    page.goto(f"{url}/capture")
    aide.make_trip(page, "三村用水调研")
    page.goto(f"{url}/capture")
    aide.make_stop(page, "石渡村村口")
    aide.write_note(page, SYNCED, speaker="何志远", role="镇长")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("都传到了")).to_be_visible(timeout=90_000)
    rows = json.loads(page.evaluate(_DUMP))["stores"]
    return str(next(store for store in rows if store["name"] == "trip")["rows"][0]["id"])


def go_on_unsent(page: Page, gate: Gate, photo: Path) -> list[str]:
    """With the server out of reach: notes, a photo, a recording, a draft; returns the texts."""
    gate.is_open = False
    texts = [f"第 {n + 1} 户：水表读数 {1000 + n}" for n in range(UNSENT_NOTES)]
    page.evaluate(_WRITE_NOTES, texts)
    aide.take_photo(page, photo)
    expect(page.locator("a[href^='/photo/']").first).to_be_visible()
    record(page, seconds=3)
    page.get_by_role("link", name="采集").click()
    page.get_by_label("写下所见").fill(DRAFT)
    expect(page.get_by_text("草稿已在本机")).to_be_visible()
    return texts


def record(page: Page, *, seconds: int) -> None:
    """A recording of its own, from the capture screen; ends on its page."""
    aide.start_recording(page)
    page.wait_for_timeout(seconds * 1000)
    page.get_by_role("button", name="停止录音").click()
    expect(page.get_by_role("button", name="停止录音")).to_be_hidden()
    page.go_back()
    expect(page.get_by_label("写下所见")).to_be_visible()


def dump(page: Page) -> str:
    """JSON of the phone's database: `{version, stores: [{name, keyPath, indexes, rows}]}`."""
    return str(page.evaluate(_DUMP))
