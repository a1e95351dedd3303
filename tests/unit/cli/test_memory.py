"""What the serving process does not hold."""

import subprocess
import sys

from cli._memory import done_apart

# Each is several megabytes that the API has no use for.
NOT_FOR_THE_API = {"numpy", "alembic", "psycopg", "PIL", "av", "onnxruntime", "faster_whisper"}


def test_what_is_done_apart_leaves_nothing_here_and_says_when_it_failed() -> None:
    left: list[int] = []
    assert done_apart(lambda: left.append(1))
    assert not done_apart(lambda: left[0])
    assert left == []


def test_the_api_is_built_without_the_large_packages() -> None:
    told = "import sys, cli.serve, cli.demo; print(*{name.split('.')[0] for name in sys.modules})"
    shown = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert NOT_FOR_THE_API & set(shown.stdout.split()) == set()
