"""`suixing contradictions`: the engine alone, statements in on stdin, flags out on stdout."""

import json
import sys
from typing import Annotated

import typer


def mount(app: typer.Typer) -> None:
    app.command("contradictions")(run_contradictions)


def run_contradictions(
    nli: Annotated[bool, typer.Option(help="Judge sentence pairs instead of statements.")] = False,
) -> None:
    """Read JSON lines of statements (or of pairs with --nli) and print one JSON line per flag."""
    # The dictionaries take a second to load, which no other command should pay.
    from services.contradictions import flag_statements

    rows = [json.loads(line) for line in sys.stdin if line.strip()]
    wanted = {"a", "b"} if nli else {"text"}
    if any(not wanted <= row.keys() for row in rows):
        raise typer.BadParameter(f"every row needs {' and '.join(sorted(wanted))}")
    for answer in flag_statements(rows):
        print(json.dumps(answer, ensure_ascii=False))
