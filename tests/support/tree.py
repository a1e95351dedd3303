"""The project's own source files, for checks that read them."""

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
EXEMPT = ("frontend/src/generated/", "alembic/versions/")
_FOREIGN = {".git", ".venv", "node_modules", "dist", "build", "var", "__pycache__"}


@cache
def source_files(*suffixes: str) -> tuple[Path, ...]:
    """Files with one of these suffixes, without packages, builds and data."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _FOREIGN]
        found += [Path(folder) / name for name in names if name.endswith(suffixes)]
    return tuple(sorted(found))


def name_of(path: Path) -> str:
    """The path inside the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def python_files(*folders: str) -> list[Path]:
    """The project's Python files below these folders."""
    found = source_files(".py")
    return [path for path in found if name_of(path).startswith(tuple(f"{f}/" for f in folders))]
