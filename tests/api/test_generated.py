"""What is generated for the client is fresh: `make generate` would change nothing."""

import os
import subprocess
import sys
from pathlib import Path

from api.entity_types import write_entities
from api.generate import write_openapi
from tests.support.tree import ROOT

FRONTEND = ROOT / "frontend"
GENERATED = FRONTEND / "src" / "generated"
STALE = "stale: run `make generate` and commit the result"


def test_the_clients_row_types_are_fresh() -> None:
    fresh = _committed("entities.ts") == write_entities()
    assert fresh, STALE


def test_the_committed_openapi_document_is_fresh() -> None:
    fresh = _committed("openapi.json") == write_openapi()
    assert fresh, STALE


def test_the_clients_api_types_are_fresh(tmp_path: Path) -> None:
    made = tmp_path / "api.d.ts"
    node = Path(sys.executable).parent / "node"
    assert node.is_file(), "run `make setup`: node is missing from the environment"
    command = FRONTEND / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    subprocess.run(
        [str(node), str(command), str(GENERATED / "openapi.json"), "--output", str(made)],
        check=True,
        capture_output=True,
        cwd=FRONTEND,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        timeout=120,
    )
    fresh = _committed("api.d.ts") == made.read_text(encoding="utf-8")
    assert fresh, STALE


def _committed(name: str) -> str:
    return (GENERATED / name).read_text(encoding="utf-8")
