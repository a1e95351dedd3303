"""A real HTTP proxy between browser and server, in a thread of its own: it passes requests on, or
holds, delays, cuts, drops or answers them itself. It decides nothing; its judge does."""

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from tests.support.server import free_port

Place = Literal["request", "half", "answer"]
_END = b"\r\n\r\n"
_READ = 64 * 1024


@dataclass(frozen=True)
class Asked:
    """One request as the browser sent it."""

    method: str
    path: str
    head: bytes
    body: bytes


@dataclass
class Hold:
    """A request that stops at one place: before the server hears of it, with half of its body
    there, or with the server's answer on the way. Once released, it is cut off there."""

    method: str
    path: str
    place: Place
    nth: int = 1
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def catches(self, asked: Asked) -> bool:
        if self.nth <= 0 or asked.method != self.method or not re.search(self.path, asked.path):
            return False
        self.nth -= 1
        return self.nth == 0

    def release(self) -> None:
        self.released.set()


@dataclass(frozen=True)
class Fate:
    """What becomes of one request. `sent` and `given` are shares of its body and of its answer:
    0 = the connection closes without a byte of it, 1 = all of it passes."""

    delay: float = 0
    sent: float = 1
    given: float = 1
    answer: bytes | None = None
    hold: Hold | None = None


PASS = Fate()


class Proxy:
    """Listens on a port that stays the same; `url` is what the browser opens."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = free_port()
        self.judge: Callable[[Asked], Fate] = lambda _asked: PASS
        # Answers to paths that begin so are changed on their way: a newer app, for one.
        self.edits: dict[str, Callable[[bytes], bytes]] = {}
        self.asked: list[Asked] = []
        self._holds: list[Hold] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> "Proxy":
        self._thread.start()
        opened: Future[asyncio.Server] = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", self.port), self._loop
        )
        self._server = opened.result(timeout=10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def hold(self, method: str, path: str, place: Place, *, nth: int = 1) -> Hold:
        """Stop the nth coming request whose path (with its query) matches the pattern."""
        made = Hold(method, path, place, nth)
        self._holds.append(made)
        return made

    def clear(self) -> None:
        """No more holds, edits or judgement; what is held is cut off."""
        for hold in self._holds:
            hold.release()
        self._holds.clear()
        self.edits.clear()
        self.judge = lambda _asked: PASS

    async def _end(self) -> None:
        if self._server is not None:
            # First it accepts no more, then what it has accepted arrives, and only then is it
            # closed: a closed server fails over a connection that is still on its way to it.
            for sock in self._server.sockets:
                self._loop.remove_reader(sock.fileno())
            await asyncio.sleep(0.05)
            self._server.close()
        # A connection that was just accepted gets its task a turn of the loop later, and a
        # transport closes its socket a turn after its task: until a round finds none of either.
        # Only our own tasks are cancelled: one of asyncio's would leave its socket open.
        while asyncio.all_tasks() != {asyncio.current_task()}:
            for task, writer in list(self._serving.items()):
                writer.transport.abort()
                task.cancel()
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is None:
            return
        self._serving[task] = writer
        try:
            await self._answer(reader, writer)
        finally:
            del self._serving[task]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser that was killed, or a server that is away: the connection just ends.
        with closing(writer), suppress(OSError, EOFError, asyncio.CancelledError):
            asked = await _read_request(reader)
            self.asked.append(Asked(asked.method, asked.path, asked.head, b""))
            fate = self._decide(asked)
            await asyncio.sleep(fate.delay)
            if fate.answer is not None:
                writer.write(fate.answer)
                await writer.drain()
            elif fate.sent > 0 or fate.hold is not None:
                await self._forward(asked, fate, reader, writer)

    def _decide(self, asked: Asked) -> Fate:
        for hold in self._holds:
            if hold.catches(asked):
                return Fate(sent={"request": 0.0, "half": 0.5}.get(hold.place, 1.0), hold=hold)
        return self.judge(asked)

    async def _forward(
        self,
        asked: Asked,
        fate: Fate,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if fate.hold is not None and fate.sent == 0:
            await _stay(fate.hold)
            return
        upstream, server = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            server.write(asked.head + asked.body[: int(len(asked.body) * fate.sent)])
            await server.drain()
            if fate.sent < 1:
                await _stay(fate.hold)
                return
            head = await upstream.readuntil(_END)
            if b"text/event-stream" in head:
                await _stream(head, (upstream, writer), reader)
                return
            answer = await upstream.read(-1)
            await _stay(fate.hold)
            if fate.hold is None and fate.given > 0:
                writer.write(self._edited(asked, head, answer, fate.given))
                await writer.drain()
        finally:
            server.close()

    def _edited(self, asked: Asked, head: bytes, answer: bytes, given: float) -> bytes:
        for path, edit in self.edits.items():
            if asked.path.startswith(path):
                answer = edit(answer)
                length = f"\r\ncontent-length: {len(answer)}".encode()
                head = re.sub(rb"(?i)\r\ncontent-length: \d+", length, head)
        head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head)
        head = head.removesuffix(_END) + b"\r\nConnection: close" + _END
        return head + answer[: int(len(answer) * given)]


async def _read_request(reader: asyncio.StreamReader) -> Asked:
    head = await reader.readuntil(_END)
    method, path, _version = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head)
    return Asked(method, path, head.removesuffix(_END) + b"\r\nConnection: close" + _END, body)


async def _stay(hold: Hold | None) -> None:
    """Wait where a held request is held; it goes no further afterwards."""
    if hold is None:
        return
    hold.reached.set()
    while not hold.released.is_set():
        await asyncio.sleep(0.02)


async def _stream(
    head: bytes,
    ways: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    browser: asyncio.StreamReader,
) -> None:
    """Pass notices on until either side ends."""
    upstream, writer = ways
    writer.write(head)

    async def pump() -> None:
        while data := await upstream.read(_READ):
            writer.write(data)
            await writer.drain()

    tasks = [asyncio.ensure_future(pump()), asyncio.ensure_future(browser.read(1))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
