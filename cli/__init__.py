"""The `suixing` command: one module per group of commands; heavy rooms are imported when asked."""

from importlib import import_module
from pkgutil import iter_modules

import typer

app = typer.Typer(
    name="suixing",
    help="Field notes for research trips.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Entry point: mounts every module's commands, then runs the one asked for."""
    for module in sorted(found.name for found in iter_modules(__path__)):
        if not module.startswith("_"):
            import_module(f"{__name__}.{module}").mount(app)
    app()
