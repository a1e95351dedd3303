"""The deployment files fit the project and each other, seen without a container engine."""

import re
from pathlib import PurePosixPath
from typing import Any

import yaml

from services.kernel.settings import Settings
from tests.support.tree import ROOT

DEPLOY = ROOT / "deploy"


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", _text("compose.yaml")))
    given = set(re.findall(r"^([A-Z0-9_]+)=", _text("env.example"), re.MULTILINE))
    assert used == given


def test_app_and_worker_run_with_the_same_settings() -> None:
    services = _compose()["services"]
    app, worker = services["app"]["environment"], services["worker"]["environment"]
    assert {name: app[name] for name in worker} == worker
    assert Settings(database_url=app["SUIXING_DATABASE_URL"]).resolved_jobs == "procrastinate"


def test_what_the_compose_file_starts_are_our_commands() -> None:
    services = _compose()["services"]
    for name in ("app", "worker"):
        command = services[name]["command"]
        assert command[0] == "suixing"
        assert (ROOT / "cli" / f"{command[1]}.py").is_file()


def test_every_named_volume_is_declared_and_used() -> None:
    compose = _compose()
    mounts = [
        mount for service in compose["services"].values() for mount in service.get("volumes", [])
    ]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith((".", "/"))}
    assert named == set(compose["volumes"])


def test_the_image_copies_what_there_is() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", _text("Dockerfile"), re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    missing = [source for source in copied if not (ROOT / PurePosixPath(source)).exists()]
    assert not missing


def test_the_image_holds_every_package_of_the_wheel() -> None:
    packages = re.search(
        r"^packages = \[(.+)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert packages
    for package in re.findall(r'"(\w+)"', packages[1]):
        assert f"COPY {package} ./{package}" in _text("Dockerfile")


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_text("compose.yaml"))
    return loaded


def _text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")
