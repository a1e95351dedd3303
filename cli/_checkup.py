"""What `suixing doctor` looks at: one function per matter, each answers with what it found."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import col, func, select

from api.static import CLIENT
from services.adjudication import open_adjudicator
from services.bootstrap import MIGRATIONS, House, build_house, migrate
from services.identity import count_users
from services.jobs import Job
from services.kernel.settings import Settings
from services.speech import engine_status

Level = Literal["ok", "note", "broken"]
LEAST_FREE_GB = 2
_PROBE_KEY = "doctor/probe"


@dataclass(frozen=True)
class Finding:
    """One matter: how it is, and what to do when it is not as it should be."""

    level: Level
    what: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, the rest even when one part is broken."""
    yield from _guarded("data folder", lambda: _data_folder(settings))
    yield _guarded_one("database", lambda: _database(settings))
    yield from _guarded("server", lambda: _house(settings))
    yield _guarded_one("speech", lambda: _speech(settings))
    yield _guarded_one("adjudicator", lambda: _adjudicator(settings))
    yield _client()
    yield _address(settings)


def _guarded(matter: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except Exception as error:
        yield Finding("broken", f"{matter}: {type(error).__name__}: {error}", "see the message")


def _guarded_one(matter: str, look: Callable[[], Finding]) -> Finding:
    return next(_guarded(matter, lambda: iter([look()])))


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            yield Finding("ok", f"data folder {folder} can be written")
    except OSError as error:
        mend = "give it to the user who runs suixing, or set SUIXING_DATA to another"
        yield Finding("broken", f"data folder {folder}: {error.strerror}", mend)
        return
    free = shutil.disk_usage(folder).free / 1e9
    if free < LEAST_FREE_GB:
        mend = "make room, or move SUIXING_DATA: an hour of recording is about 30 MB"
        yield Finding("note", f"only {free:.1f} GB are free", mend)
    else:
        yield Finding("ok", f"{free:.0f} GB are free")


def _database(settings: Settings) -> Finding:
    """SQLite is made and migrated by every command; PostgreSQL is only looked at."""
    if settings.resolved_database_url.startswith("sqlite"):
        migrate(settings)
    return schema_finding(settings)


def schema_finding(settings: Settings) -> Finding:
    """Whether the database is of this program's schema; changes nothing."""
    house = build_house(settings)
    try:
        with house.db.read() as session:
            current = MigrationContext.configure(session.connection()).get_current_revision()
    finally:
        house.close()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    newest = ScriptDirectory.from_config(config).get_current_head()
    if current != newest:
        found = f"the database is at {current or 'nothing'}, the program at {newest}"
        return Finding("broken", found, "suixing migrate")
    kind = "SQLite" if settings.resolved_database_url.startswith("sqlite") else "PostgreSQL"
    return Finding("ok", f"{kind} database is migrated ({newest})")


def _house(settings: Settings) -> Iterator[Finding]:
    house = build_house(settings)
    try:
        yield _storage(house)
        yield from _rows(house)
    finally:
        house.close()


def _storage(house: House) -> Finding:
    house.store.put_bytes(_PROBE_KEY, b"doctor")
    held = b"".join(house.store.read(_PROBE_KEY))
    house.store.delete(_PROBE_KEY)
    where = house.settings.resolved_storage_url
    if held != b"doctor":
        return Finding("broken", f"{where} gives back other bytes", "use another store")
    return Finding("ok", f"{where} keeps and gives back bytes")


def _rows(house: House) -> Iterator[Finding]:
    with house.db.read() as session:
        users = count_users(session)
        failed = session.exec(select(func.count(col(Job.id))).where(Job.state == "failed")).one()
    if users:
        yield Finding("ok", f"{users} account{'s' if users > 1 else ''}")
    else:
        mend = "open the link that `suixing serve` prints, or `suixing user add`"
        yield Finding("note", "nobody has an account yet", mend)
    if failed:
        mend = "their reasons are on the screen, with a button to try again"
        yield Finding("note", f"{failed} jobs failed", mend)


def _speech(settings: Settings) -> Finding:
    status = engine_status(settings)
    if status.ready:
        return Finding("ok", f"speech model {status.model} is there")
    # Without a model everything but transcription works, and recordings wait for one.
    return Finding("note", f"speech: {status.state}", status.hint)


def _adjudicator(settings: Settings) -> Finding:
    adjudicator = open_adjudicator(settings)
    if adjudicator is None:
        return Finding("ok", "no adjudicator is set: flags are the rules' own")
    status = adjudicator.status()
    if status.ready:
        return Finding("ok", f"adjudicator {adjudicator.name} can be asked")
    # Flags stay as the rules make them, which is how they are without one.
    return Finding("note", f"adjudicator {adjudicator.name}: {status.state}", status.hint)


def _client() -> Finding:
    if (CLIENT / "index.html").is_file():
        return Finding("ok", "the client is built")
    return Finding("broken", "the client is not built", "make setup")


def _address(settings: Settings) -> Finding:
    url = urlsplit(settings.public_url)
    if url.scheme == "https":
        return Finding("ok", f"people open {settings.public_url}")
    if url.hostname in ("localhost", "127.0.0.1", "::1"):
        mend = "set SUIXING_PUBLIC_URL to an https address; docs/deploy.md shows three ways"
        return Finding("note", f"{settings.public_url} is for this machine only", mend)
    mend = "put Caddy before it (docs/deploy.md) and set SUIXING_PUBLIC_URL"
    found = f"{settings.public_url} is plain http: phones get no offline app and no microphone"
    return Finding("broken", found, mend)
