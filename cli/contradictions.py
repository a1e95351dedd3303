"""`suixing contradictions`: the engine alone, statements in on stdin, flags out on stdout."""

import json
import sys
from typing import Annotated

import typer

from services.adjudication import Adjudicator, open_adjudicator
from services.kernel.settings import Settings


def mount(app: typer.Typer) -> None:
    app.command("contradictions")(run_contradictions)


def run_contradictions(
    nli: Annotated[bool, typer.Option(help="Judge sentence pairs instead of statements.")] = False,
    adjudicate: Annotated[
        bool, typer.Option(help="Leave out what the adjudicator of the settings downgrades.")
    ] = False,
) -> None:
    """Read JSON lines of statements (or of pairs with --nli) and print one JSON line per flag."""
    # The dictionaries take a second to load, which no other command should pay.
    from services.contradictions import adjudicate_flags, flag_statements

    rows = [json.loads(line) for line in sys.stdin if line.strip()]
    wanted = {"a", "b"} if nli else {"text"}
    if any(not wanted <= row.keys() for row in rows):
        raise typer.BadParameter(f"every row needs {' and '.join(sorted(wanted))}")
    answers = flag_statements(rows)
    if adjudicate:
        answers = adjudicate_flags(rows, answers, _adjudicator(), _warn)
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False))


def _adjudicator() -> Adjudicator:
    """The one that is set, ready to be asked; else the command ends and says the mend."""
    found = open_adjudicator(Settings())
    if found is None:
        raise typer.BadParameter("--adjudicate needs SUIXING_NLI_MODEL or SUIXING_LLM_URL")
    status = found.status()
    if not status.ready:
        raise typer.BadParameter(f"{found.name}: {status.state}. {status.hint}")
    return found


def _warn(message: str) -> None:
    print(message, file=sys.stderr)
