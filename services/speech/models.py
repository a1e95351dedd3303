"""The folder of Whisper models: finding, fetching, copying in and checking them.

Nothing here loads a model; services/speech/faster.py does.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from services.speech.port import EngineStatus

# Without tokenizer.json faster-whisper would ask the hub for one, for 25 seconds, at load time.
NEEDED = ("config.json", "model.bin", "tokenizer.json")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

# Size on disk in megabytes, rounded; figures of the faster-whisper conversions (16-bit floats).
SIZES_MB = {
    "tiny": 75,
    "base": 145,
    "small": 484,
    "medium": 1530,
    "large-v3": 3090,
    "turbo": 1620,
}


class ModelError(Exception):
    """A model could not be fetched, copied in or used; the message says the mend."""


@dataclass(frozen=True)
class ModelFolder:
    """Where a model is, or would be."""

    name: str
    path: Path

    def missing(self) -> list[str]:
        """The needed files that are absent or empty."""
        return [f for f in NEEDED if not _has_bytes(self.path / f)]

    def status(self) -> EngineStatus:
        """`ready` means that all files are there, not yet that they load."""
        missing = self.missing()
        if not missing:
            return EngineStatus("ready", self.name)
        if len(missing) < len(NEEDED):
            hint = f"The model in {self.path} lacks {', '.join(missing)}; fetch it again."
            return EngineStatus("incompatible", self.name, hint)
        hint = f"Run: suixing models download {self.name}"
        if self.path.name == ".invalid":
            hint = "SUIXING_WHISPER_MODEL must be a model's name or an absolute folder."
        elif Path(self.name).is_absolute():
            hint = f"No model in {self.path}; run: suixing models import FOLDER"
        return EngineStatus("no_model", self.name, hint)

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the model's weights are replaced."""
        try:
            stat = (self.path / "model.bin").stat()
        except OSError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_size)


def models_folder(data: Path) -> Path:
    """The folder of all models in the data folder."""
    return data.resolve() / "models"


def find_model(data: Path, name: str) -> ModelFolder:
    """The folder of a model given by its name in the data folder or by an absolute path.

    A setting that is neither names a folder that never exists: no model, but no failed start.
    """
    path = Path(name).expanduser()
    if path.is_absolute():
        return ModelFolder(name, path)
    return ModelFolder(name, models_folder(data) / (name if _NAME.fullmatch(name) else ".invalid"))


def installed_models(data: Path) -> list[ModelFolder]:
    """The complete models in the data folder, by name."""
    folder = models_folder(data)
    if not folder.is_dir():
        return []
    found = [ModelFolder(p.name, p) for p in sorted(folder.iterdir()) if _NAME.fullmatch(p.name)]
    return [model for model in found if not model.missing()]


def checked_name(name: str) -> str:
    """The name, if it can be a folder's name; ModelError otherwise."""
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name!r} cannot be the name of a model.")
    return name


def download_model(
    data: Path, name: str, *, fetch: Callable[[str, Path], None], replace: bool = False
) -> ModelFolder:
    """Fetch a model into the data folder; it appears there whole or not at all.

    `fetch(name, folder)` fills a folder; a download that broke off is taken up where it ended.
    """
    target = ModelFolder(checked_name(name), models_folder(data) / name)
    if not target.missing() and not replace:
        return target
    partial = target.path.with_name(f".{name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    fetch(name, partial)
    return _put_in_place(partial, target)


def import_model(
    data: Path, source: Path, *, name: str = "", check: Callable[[Path], object] = lambda _: None
) -> ModelFolder:
    """Copy a model in from a folder or a zip, as carried there on a USB stick.

    `check(folder)` tries the copy out and raises ModelError; only then does it take its place.
    """
    target_name = checked_name(name or (source.stem if source.is_file() else source.resolve().name))
    target = ModelFolder(target_name, models_folder(data) / target_name)
    partial = target.path.with_name(f".{target_name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _copy_files(source, partial)
        _check_whole(partial)
        check(partial)
        return _put_in_place(partial, target)
    except (OSError, BadZipFile) as error:
        raise ModelError(f"{source} could not be copied: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_files(source: Path, target: Path) -> None:
    if source.is_dir():
        _copy_folder(source, target)
    elif source.is_file():
        _copy_zip(source, target)
    else:
        raise ModelError(f"{source} is neither a folder nor a zip file.")


def _copy_folder(source: Path, target: Path) -> None:
    for file in sorted(source.iterdir()):
        if file.is_file() and _belongs(file.name):
            shutil.copyfile(file, target / file.name)


def _copy_zip(source: Path, target: Path) -> None:
    with ZipFile(source) as archive:
        for entry in archive.infolist():
            # Only the bare name is used, so no entry can be written outside the folder.
            name = Path(entry.filename).name
            if not entry.is_dir() and _belongs(name):
                with archive.open(entry) as read, (target / name).open("wb") as write:
                    shutil.copyfileobj(read, write)


def _belongs(name: str) -> bool:
    return name in (*NEEDED, "preprocessor_config.json") or name.startswith("vocabulary.")


def _put_in_place(partial: Path, target: ModelFolder) -> ModelFolder:
    _check_whole(partial)
    shutil.rmtree(partial / ".cache", ignore_errors=True)
    old = target.path.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.path.exists():
        target.path.rename(old)
    partial.rename(target.path)
    shutil.rmtree(old, ignore_errors=True)
    return target


def _check_whole(folder: Path) -> None:
    missing = ModelFolder(folder.name, folder).missing()
    if missing:
        raise ModelError(f"This is no complete model: {', '.join(missing)} missing.")


def _has_bytes(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size > 0
    except OSError:
        return False
