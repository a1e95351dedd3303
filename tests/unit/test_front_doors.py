"""Rooms are entered by their front door: what `services/<room>/__init__.py` lists."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.tree import ROOT, name_of, parsed, python_files

# The ground floor has no room behind it: its modules are its doors.
OPEN = {"kernel"}
ROOMS = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")} - OPEN


def test_no_module_imports_the_inside_of_another_room() -> None:
    trespasses = [
        f"{name_of(path)}:{line} {module}"
        for path in python_files("api", "cli", "services")
        for line, module in _imported(path)
        if _inside_of(module) not in (None, _room_of(path))
    ]
    assert not trespasses, "\n".join(trespasses)


def test_every_front_door_lists_what_it_opens() -> None:
    unlisted = []
    for room in sorted(ROOMS):
        door = parsed(ROOT / "services" / room / "__init__.py")
        brought = {
            alias.asname or alias.name
            for node in door.body
            if isinstance(node, ast.ImportFrom) and node.module != "__future__"
            for alias in node.names
        }
        unlisted += [f"{room}.{name}" for name in sorted(brought - _listed(door))]
    assert not unlisted, "\n".join(unlisted)


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def _inside_of(module: str) -> str | None:
    """The room whose inner module this is; None for a front door or a stranger."""
    parts = module.split(".")
    if len(parts) > 2 and parts[0] == "services" and parts[1] in ROOMS:
        return parts[1]
    return None


def _room_of(path: Path) -> str | None:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "services" and len(parts) > 2 else None


def _listed(door: ast.Module) -> set[str]:
    for node in door.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()
