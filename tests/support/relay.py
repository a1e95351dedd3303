"""A wire between a client and a server: counts what goes up, and can hold it at one byte."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

_READ = 64 * 1024


@dataclass
class Relay:
    """Passes connections on to a port of this machine.

    At byte `hold_at` of all that goes up, that connection goes silent and `held` is set; `cut`
    ends it. Later connections pass freely.
    """

    target: int
    hold_at: int = 0
    sent: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    _cut: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _door: socket.socket = field(init=False)

    def __enter__(self) -> "Relay":
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()
        self._door.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    @property
    def _there(self) -> tuple[str, int]:
        return ("127.0.0.1", self.target)

    def cut(self) -> None:
        self._cut.set()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        # A server that is away is a connection that closes at once.
        with client, suppress(OSError), socket.create_connection(self._there) as server:
            down = threading.Thread(target=_pump, args=(server, client), daemon=True)
            down.start()
            with suppress(OSError):
                self._up(client, server)
            _shut(server)
            down.join()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        while data := client.recv(_READ):
            with self._lock:
                room = self.hold_at - self.sent
                is_last = self.hold_at > 0 and not self.held.is_set() and room <= len(data)
                passed = data[:room] if is_last else data
                self.sent += len(passed)
            server.sendall(passed)
            if is_last:
                self.held.set()
                self._cut.wait()
                return


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_READ):
            target.sendall(data)
    _shut(source)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
