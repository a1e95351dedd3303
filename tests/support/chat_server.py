"""A small server with OpenAI's chat address; it compares the numbers in the two quotes."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "right-key"


@dataclass
class ChatServer:
    """Its address, what it was asked, and how it misbehaves.

    `way`: empty, or one of text, fenced, more, unsure, empty, error, format, slow, drip;
    `meanwhile` is called between a question and its answer.
    """

    url: str = ""
    way: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def chatting() -> Iterator[ChatServer]:
    """Serve on a free port of this machine until the block ends."""
    served = ChatServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": served}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield served
    finally:
        served.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def opinion_on(candidate: dict[str, Any]) -> dict[str, Any]:
    """What this server thinks: two accounts with the same numbers can both hold."""
    first, second = (re.findall(r"\d+", candidate[side]["quote"]) for side in ("first", "second"))
    return {"verdict": "compatible" if first == second else "conflict", "sure": 0.9}


class _Handler(BaseHTTPRequestHandler):
    served: ChatServer

    def log_message(self, *_: Any) -> None:
        """Tests have no use for it."""

    def do_GET(self) -> None:
        self._answer(500 if self.served.way == "error" else 200, {"data": [{"id": "small"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._answer(401, {"error": "key"})
            return
        self.served.asked.append(body)
        self.served.meanwhile()
        if self.served.way == "error":
            self._answer(500, {"error": "broken"})
        elif self.served.way == "format" and "response_format" in body:
            self._answer(400, {"error": "response_format is not supported"})
        elif self.served.way == "slow":
            self.served.over.wait(60)
        elif self.served.way == "drip":
            self._drip()
        else:
            content = _content(self.served.way, json.loads(body["messages"][-1]["content"]))
            message = {"role": "assistant", "content": content}
            self._answer(200, {"choices": [{"index": 0, "message": message}]})

    def _answer(self, code: int, content: dict[str, Any]) -> None:
        plain = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(plain)))
        self.end_headers()
        self.wfile.write(plain)

    def _drip(self) -> None:
        """A byte now and then, so that no time-out between two bytes ever strikes."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.served.over.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            pass  # the client has left, as it should


def _content(way: str, candidate: dict[str, Any]) -> str | None:
    plain = json.dumps(opinion_on(candidate))
    ways = {
        "text": "They cannot both be true.",
        "fenced": f"```json\n{plain}\n```",
        "more": json.dumps(opinion_on(candidate) | {"raise_to": 1.0}),
        "unsure": json.dumps(opinion_on(candidate) | {"sure": 7}),
        "empty": None,
    }
    return ways.get(way, plain)
