"""A server lost and begun anew from a backup that lacks a day: phones give back what they hold."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.server import ROOT, Server, run_command
from tests.sync.test_client_devices import run_phones


def test_what_a_backup_lacks_comes_back_from_the_phones(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    server.start()
    try:
        with _controlled(server, tmp_path) as control:
            run_phones(server, "tests-live/restore", {"SUIXING_TEST_CONTROL": control})
        words = [sys.executable, "-m", "cli", "doctor", "--check-data", "--data", str(server.data)]
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
    finally:
        server.kill()


@contextmanager
def _controlled(server: Server, place: Path) -> Iterator[str]:
    """Let the phones' test ask for a backup, and for the loss of the server."""
    kept = place / "kept"

    def backup() -> None:
        run_command(server.data, "backup", str(kept))

    def restore() -> None:
        server.kill()
        server.data = place / "restored"
        run_command(server.data, "restore", str(kept))
        server.start()

    deeds = {"/backup": backup, "/restore": restore}

    class Control(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                deeds[self.path]()
                self.send_response(200)
            except Exception as error:  # whatever it is, the phones' test has to hear of it
                self.send_response(500, repr(error)[:200].replace("\n", " "))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    http = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
