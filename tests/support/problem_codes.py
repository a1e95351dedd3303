"""Every problem code that the server can answer or write into a row, read from its sources.

A code is a text given to a parameter called `code` or `problem` (of an error, a refusal, a
report, or a function that makes one), directly or by the name of a constant.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.kernel import errors
from tests.support.tree import parsed, python_files

_PARAMETERS = {"code", "problem"}
# Backup, restore and the checker speak in the terminal; no phone ever hears them.
_COMMANDS_ONLY = "safekeeping"
_TREE_MODULE = "services.kernel.errors"
_TREE = {name for name in vars(errors) if name[0].isupper()}


@cache
def problem_codes() -> dict[str, str]:
    """Code -> the first file that raises it."""
    files = [path for path in python_files("api", "services") if _COMMANDS_ONLY not in path.parts]
    constants, places = _constants(files), _places(files)
    found: dict[str, str] = {}
    for path in files:
        for text in _codes_in(parsed(path), constants, places):
            found.setdefault(text, path.name)
    return found


def _codes_in(tree: ast.Module, constants: dict[str, str], places: dict[str, int]) -> Iterator[str]:
    own = _own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            at = places.get(name) if name in own else None
            if at is not None and len(node.args) > at:
                yield from _text(node.args[at], constants)
            if _calls_parent(node) and node.args:
                yield from _text(node.args[0], constants)
            for keyword in node.keywords:
                if keyword.arg in _PARAMETERS:
                    yield from _text(keyword.value, constants)


def _calls_parent(node: ast.Call) -> bool:
    """`super().__init__("some_code")` of an error with a code of its own."""
    called = ast.unparse(node.func) == "super().__init__"
    first = node.args[0] if node.args else None
    return called and isinstance(first, ast.Constant) and str(first.value).isidentifier()


def _own_names(tree: ast.Module) -> set[str]:
    """The project's classes and functions that a module can call by name."""
    defined = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }
    imported = {
        alias.name: node.module or ""
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("services", "api"))
        for alias in node.names
    }
    namesakes = {name for name in imported if name in _TREE and imported[name] != _TREE_MODULE}
    return (defined - _TREE) | (imported.keys() - namesakes)


def _text(node: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.Name) and node.id in constants:
        yield constants[node.id]
    elif isinstance(node, ast.IfExp):
        yield from _text(node.body, constants)
        yield from _text(node.orelse, constants)


def _constants(files: list[Path]) -> dict[str, str]:
    """Module-level texts by name, such as HASH_MISMATCH."""
    return {
        target.id: node.value.value
        for path in files
        for node in parsed(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _places(files: list[Path]) -> dict[str, int]:
    """Where in the positional arguments of a function or class the code stands."""
    places: dict[str, int] = {}
    bases: dict[str, str] = {}
    for path in files:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                _note_place(places, node.name, [arg.arg for arg in node.args.args])
            elif isinstance(node, ast.ClassDef):
                parents = [base.id for base in node.bases if isinstance(base, ast.Name)]
                bases[node.name] = parents[0] if parents else ""
                _note_place(places, node.name, _made_of(node))
    return places | {name: 0 for name in bases if _is_error(name, bases)}


def _note_place(places: dict[str, int], name: str, parameters: list[str]) -> None:
    for at, parameter in enumerate(parameters):
        if parameter in _PARAMETERS:
            places.setdefault(name, at)


def _made_of(node: ast.ClassDef) -> list[str]:
    """What a class is called with: of __init__, or the fields of a dataclass."""
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            return [arg.arg for arg in item.args.args[1:]]
    return [
        item.target.id
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]


def _is_error(name: str, bases: dict[str, str]) -> bool:
    while name in bases:
        name = bases[name]
        if name == "SuixingError":
            return True
    return False
