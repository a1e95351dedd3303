"""A real Chromium with a profile of its own, a fake microphone, and no mercy: it can be killed."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from playwright.sync_api import BrowserContext, Page, Playwright

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
# How long anything may take on a busy machine; nothing is decided by speed.
LIVENESS_MS = 60_000
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Notes at which second a sound really begins to play; it plays on as it would.
NOTE_PLAYING = """
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.playedFrom = this.currentTime;
    return play.call(this);
  };
"""


@dataclass(frozen=True)
class Screen:
    """The size of a device in CSS pixels."""

    name: str
    width: int
    height: int


PHONE = Screen("phone", 390, 844)
TABLET = Screen("tablet", 1180, 820)


class Browser:
    """One device's browser; opened again on the same profile it finds what was kept."""

    def __init__(
        self, driver: Playwright, profile: Path, screen: Screen, *, sound: Path | None = None
    ) -> None:
        self.driver = driver
        self.profile = profile
        self.screen = screen
        self.sound = sound
        self.context: BrowserContext | None = None

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def open(
        self, url: str, *, offline: bool = False, locale: str = "zh-CN", scheme: str = "light"
    ) -> Page:
        """Start the browser, without a network when `offline`, and load the address."""
        self.context = self.driver.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None,
            args=[*QUIET, *self._microphone()],
            viewport={"width": self.screen.width, "height": self.screen.height},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
            timezone_id="Asia/Shanghai",
            has_touch=True,
            permissions=["microphone", "geolocation"],
            geolocation={"latitude": 26.5832, "longitude": 106.7135},
        )
        self.context.add_init_script(NOTE_PLAYING)
        self.context.set_default_timeout(LIVENESS_MS)
        self.context.set_offline(offline)
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        page.goto(url, wait_until="load")
        return page

    def close(self) -> None:
        """End the browser in peace: cookies reach the disk, which otherwise takes them 30 s."""
        if self.context is not None:
            self.context.close()
        self.kill()

    def kill(self) -> None:
        """SIGKILL every process of this profile, as when the system takes the app away."""
        for process in _processes_of(self.profile):
            os.kill(process, signal.SIGKILL)
        self.context = None
        end = time.monotonic() + 10
        while _processes_of(self.profile) and time.monotonic() < end:
            time.sleep(0.05)
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def _microphone(self) -> list[str]:
        if self.sound is None:
            return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={self.sound}%noloop",
        ]


def _processes_of(profile: Path) -> list[int]:
    """Ids of living processes whose command line names the profile."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in words and state != "Z":
            found.append(int(entry.name))
    return found
