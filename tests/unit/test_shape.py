"""The shape of the house: sizes, where a transaction ends, what no file may contain."""

import ast
import re
from pathlib import Path

from tests.support.tree import EXEMPT, ROOT, name_of, parsed, python_files, source_files

CEILINGS = {".py": 300, ".svelte": 250, ".ts": 300}
FUNCTION_CEILING = 50
COMMITTING = ["services/kernel/db.py"]
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|manager|base_service|misc)(_|$)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_no_source_file_is_longer_than_its_ceiling() -> None:
    too_long = []
    for path in source_files(*CEILINGS):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > CEILINGS[path.suffix] and not name_of(path).startswith(EXEMPT):
            too_long.append(f"{name_of(path)}: {lines}")
    assert not too_long, "\n".join(too_long)


def test_no_python_function_is_longer_than_its_ceiling() -> None:
    too_long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in source_files(".py")
        if not name_of(path).startswith(EXEMPT)
        for node in ast.walk(parsed(path))
        if isinstance(node, Function) and _length(node) > FUNCTION_CEILING
    ]
    assert not too_long, "\n".join(too_long)


def test_every_python_module_of_the_product_says_what_it_holds() -> None:
    silent = [
        name_of(path)
        for path in python_files("api", "cli", "services")
        if not ast.get_docstring(parsed(path))
    ]
    assert not silent, "\n".join(silent)


def test_a_transaction_is_committed_in_the_database_module_only() -> None:
    committing = {
        name_of(path)
        for path in python_files("api", "cli", "services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    }
    assert sorted(committing) == COMMITTING


def test_only_commands_print() -> None:
    printing = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("api", "services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not printing, "\n".join(printing)


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [name_of(path) for path in source_files(".py", ".ts") if VAGUE.search(path.stem)]
    assert not vague, "\n".join(vague)


def test_the_migrations_folder_does_not_shadow_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_lock_files_hold_no_address() -> None:
    locks = [ROOT / "constraints.txt", ROOT / "frontend" / "package-lock.json"]
    assert [name_of(lock) for lock in locks if _addresses(lock)] == []


def test_every_pin_of_the_constraints_is_exact() -> None:
    pins = [
        line
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert len(pins) > 50
    assert [
        pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", pin)
    ] == []


def _length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _addresses(lock: Path) -> list[str]:
    text = lock.read_text(encoding="utf-8")
    # What npm says of a package itself (who is thanked with money) is no source of packages.
    text = re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\]|"[^"]*")', "", text)
    return re.findall(r'"resolved"|https?://[^"\s]+|--index-url|--extra-index-url', text)
