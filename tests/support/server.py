"""A real `suixing serve` in its own process group, to be started, killed and started again."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
TINY_MODEL = ROOT / "tests" / "data" / "whisper-tiny" / "model"
# What makes the tiny model say its sentences: one pause-bounded span per window, no sampling.
SPEECH = {
    "SUIXING_WHISPER_MODEL": str(TINY_MODEL),
    "SUIXING_WHISPER_TEMPERATURE": "0",
    "SUIXING_WHISPER_MIN_SILENCE_MS": "160",
    "SUIXING_WHISPER_SPEECH_PAD_MS": "60",
}
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_command(data: Path, *words: str, stdin: str = "") -> str:
    """Run one `suixing` command on a data folder and return its stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=ROOT,
        env=os.environ | {"SUIXING_DATA": str(data)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Server:
    """The server of one data folder, always on the same port so that a browser finds it again."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    has_worker: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """What it and its workers say, outside the data folder."""
        return self.data.parent / f"{self.data.name}-server.log"

    def setup_link(self) -> str:
        """The one-time link that the server printed."""
        links = re.findall(r"http\S+/setup\?token=[\w-]+", self.log.read_text())
        return str(links[-1])

    def start(self) -> None:
        """Start serving and wait until it answers."""
        words = ["serve", "--host", "127.0.0.1", "--port", str(self.port), "--data", str(self.data)]
        words += [] if self.has_worker else ["--no-worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", *words],
                cwd=ROOT,
                env=os.environ | SPEECH | {"SUIXING_PUBLIC_URL": self.url} | self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_ready()

    def kill(self) -> None:
        """SIGKILL to every process of the server at once, as a power cut would."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)
            self.process = None

    def _wait_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, "the server ended at its start; see its log"
            try:
                if httpx.get(f"{self.url}/api/v1/healthz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not become ready")
