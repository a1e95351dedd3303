"""The phone's database as it lies in the browser: read whole, or one of its stores held shut.

Read with the browser's own IndexedDB, not with the app's code: the app is not its own witness."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_OPEN = """
  const wait = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await wait(indexedDB.open('suixing'));
"""

_ROWS = (
    "async (trip) => {"
    + _OPEN
    + """
  const names = [...database.objectStoreNames].filter((name) => name !== 'chunks');
  const stores = database.transaction(names, 'readonly');
  const found = {};
  for (const name of names) found[name] = await wait(stores.objectStore(name).getAll());
  database.close();
  const mine = (row) => row.trip === undefined || row.trip === trip;
  for (const name of names) {
    if (name !== 'settings') found[name] = found[name].filter(mine);
  }
  return found;
}
"""
)

_BYTES = (
    "async () => {"
    + _OPEN
    + """
  const digits = (one) => one.toString(16).padStart(2, '0');
  const store = () => database.transaction('chunks').objectStore('chunks');
  const keys = await wait(store().getAllKeys());
  const found = {};
  for (const media of new Set(keys.map(([media]) => media))) {
    const range = IDBKeyRange.bound([media, 0], [media, Infinity]);
    const chunks = await wait(store().getAll(range));
    const whole = await new Blob(chunks.map((chunk) => chunk.data)).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
    found[media] = { size: whole.byteLength, sha256: [...hash].map(digits).join('') };
  }
  database.close();
  return found;
}
"""
)

_UNSENT = (
    "async (trip) => {"
    + _OPEN
    + """
  const stores = database.transaction(['outbox', 'blobs', 'feed'], 'readonly');
  const changes = await wait(stores.objectStore('outbox').index('trip').getAll(trip));
  const blobs = await wait(stores.objectStore('blobs').index('trip').getAll(trip));
  const feed = await wait(stores.objectStore('feed').get(trip));
  database.close();
  return [
    ...changes.map((one) => `${one.entity} ${one.state} ${one.problem?.code ?? ''}`),
    ...blobs
      .filter((one) => !one.storedAt)
      .map((one) => `${one.kind} ${one.problem?.code ?? ''}`),
    ...(feed?.pulledAt ? [] : ['never pulled']),
  ];
}
"""
)

_HOLD = (
    "async (name) => {"
    + _OPEN
    + """
  const held = { on: true };
  window.heldStores = { ...window.heldStores, [name]: held };
  const store = database.transaction(name, 'readwrite').objectStore(name);
  // A transaction lives as long as it is asked something.
  const stay = () => {
    store.count().onsuccess = () => (held.on ? stay() : database.close());
  };
  await wait(store.count());
  stay();
}
"""
)


_WAITED_FOR = (
    "async (name) => {"
    + _OPEN
    + """
  const counting = wait(database.transaction(name).objectStore(name).count());
  void counting.then(() => database.close());
  const patience = new Promise((resolve) => setTimeout(() => resolve(true), 2000));
  return Promise.race([counting.then(() => false), patience]);
}
"""
)


@dataclass(frozen=True)
class Phone:
    """What one trip left in the phone's database at one moment."""

    found: dict[str, list[dict[str, Any]]]
    # `{size, sha256}` of what lies in the chunks, by media.
    bytes: dict[str, dict[str, Any]]

    def rows(self, entity: str) -> dict[str, dict[str, Any]]:
        """Living rows by id."""
        return {row["id"]: row for row in self.found[entity] if not row["local"]["deleted"]}


def read_phone(page: Page, trip: str) -> Phone:
    """Everything that the phone has of a trip; waits while a store is held."""
    return Phone(page.evaluate(_ROWS, trip), read_bytes(page))


def read_bytes(page: Page) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of the bytes of each media, read from the chunks alone."""
    found: dict[str, dict[str, Any]] = page.evaluate(_BYTES)
    return found


def read_unsent(page: Page, trip: str) -> list[str]:
    """What of a trip still waits: changes without an answer that was pulled, bytes without the
    second receipt."""
    waiting: list[str] = page.evaluate(_UNSENT, trip)
    return waiting


def hold_store(page: Page, name: str) -> None:
    """Keep one store of the database busy, as a slow disk would: what needs it waits."""
    page.evaluate(_HOLD, name)


def hold_store_next(page: Page, name: str) -> None:
    """Be the next to hold the store, behind whatever of the app waits for it already."""
    page.evaluate(f"(name) => {{ void ({_HOLD})(name); }}", name)


def is_waited_for(page: Page, name: str) -> bool:
    """Whether a write of the app to this store stands in line behind another that is held: then
    even a reader has to wait."""
    waited: bool = page.evaluate(_WAITED_FOR, name)
    return waited


# What other apps hand over lies in a database of its own.
_INBOX = ("'suixing'", "'suixing-inbox'")


def hold_inbox(page: Page) -> None:
    """As `hold_store`, for what was shared and has no place yet."""
    page.evaluate(_HOLD.replace(*_INBOX), "items")


def is_inbox_waited_for(page: Page) -> bool:
    waited: bool = page.evaluate(_WAITED_FOR.replace(*_INBOX), "items")
    return waited


def let_go(page: Page, name: str) -> None:
    page.evaluate("(name) => { window.heldStores[name].on = false; }", name)
