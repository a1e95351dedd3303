"""What the recorder tests ask beyond what an aide sees: rows of the store, a taken microphone."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# Keeps the microphone's tracks within reach, so that a test can take them away as a call would.
HOLD_TRACKS = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.heldTracks = stream.getAudioTracks();
    return stream;
  };
"""

_READ = """
  ([database, store]) => new Promise((resolve, reject) => {
    const request = indexedDB.open(database);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result;
      const all = db.transaction(store).objectStore(store).getAll();
      all.onerror = () => reject(all.error);
      all.onsuccess = () => {
        db.close();
        resolve(JSON.stringify(all.result));
      };
    };
  })
"""


def rows(page: Page, store: str, database: str = "suixing") -> list[dict[str, Any]]:
    """Everything in one object store of the phone; bytes come as empty objects."""
    found: list[dict[str, Any]] = json.loads(page.evaluate(_READ, [database, store]))
    return found


def blobs(page: Page) -> list[dict[str, Any]]:
    """The bytes on this phone, oldest first."""
    return sorted(rows(page, "blobs"), key=lambda blob: blob["startedAt"])


def tell_track(page: Page, event: str) -> None:
    """What the system tells of the microphone: `mute`, `unmute`, `ended`."""
    page.evaluate("(name) => window.heldTracks[0].dispatchEvent(new Event(name))", event)


def renderers(profile: Path) -> list[int]:
    """Processes that run pages of this profile's browser."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        mine = f"--user-data-dir={profile}".encode() in words
        if mine and b"--type=renderer" in words:
            found.append(int(entry.name))
    return found


def freeze(profile: Path) -> None:
    """The system stops the page's processes, as a phone does with an app in the background."""
    for process in renderers(profile):
        os.kill(process, signal.SIGSTOP)


def thaw(profile: Path) -> None:
    for process in renderers(profile):
        os.kill(process, signal.SIGCONT)
