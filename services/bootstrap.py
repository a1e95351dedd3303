"""Composes the rooms: the only module that knows them all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from services.adjudication import has_adjudicator
from services.contradictions import (
    ADJUDICATE,
    READ_CLAIMS,
    Contradiction,
    ContradictionFound,
    adjudicate_handler,
    complete_ruling,
    follow_flags,
    follow_sources,
    queue_adjudication,
    queue_changed,
    run_read_claims,
)
from services.directory import Person, Unit
from services.documents import Document
from services.followup import (
    Finding,
    Matter,
    Progress,
    Question,
    follow_found,
    follow_questions,
)
from services.identity import LoginGuard, UserRenamed
from services.jobs import JobHandlers, prepare_engine
from services.kernel.clock import Clock, SystemClock
from services.kernel.db import Database
from services.kernel.events import Handlers
from services.kernel.settings import Settings
from services.media import (
    DERIVE,
    SWEEP,
    AudioStored,
    Mark,
    Media,
    derive_handler,
    open_intake,
    settle_changed,
    sweep_handler,
)
from services.notes import Note
from services.safekeeping import Ground, Place
from services.storage import ObjectStore, open_store
from services.sync import Exchange, Hub, RecordsChanged, Registry
from services.transcription import (
    TRANSCRIBE,
    Segment,
    Transcript,
    follow_changes,
    queue_stored,
    transcribe_handler,
)
from services.trips import (
    ChecklistItem,
    Forum,
    Invitation,
    Member,
    Seat,
    Stop,
    Trip,
    TripPolicy,
    follow_rename,
)

_HERE = Path(__file__).parent
# In a wheel the migrations lie beside this module; in the repository they are alembic/.
MIGRATIONS = next(
    folder for folder in (_HERE / "migrations", _HERE.parent / "alembic") if folder.is_dir()
)
SYNCED = (
    *(Trip, Member, Stop, ChecklistItem, Invitation, Forum, Seat),
    *(Unit, Person, Note, Media, Mark, Transcript, Segment, Contradiction),
    *(Question, Finding, Matter, Progress, Document),
)


@dataclass
class House:
    """Everything a request or a job stands on, built once per process."""

    settings: Settings
    clock: Clock
    db: Database
    hub: Hub
    store: ObjectStore
    jobs: JobHandlers
    login_guard: LoginGuard
    version: str

    def close(self) -> None:
        self.hub.stop()
        self.db.dispose()


def build_house(settings: Settings, *, clock: Clock | None = None) -> House:
    """Compose a house; its data folder is made, its database is expected to be migrated."""
    settings.data.mkdir(parents=True, exist_ok=True)
    handlers = Handlers()
    db = Database(settings.resolved_database_url, handlers)
    time = clock or SystemClock()
    hub = Hub(db)
    Exchange(_registry(), TripPolicy(), time).attach(db, hub)
    house = House(
        settings=settings,
        clock=time,
        db=db,
        hub=hub,
        store=open_store(settings),
        jobs=JobHandlers(),
        login_guard=LoginGuard(),
        version=_version(),
    )
    _wire(house, handlers)
    return house


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema; makes the data folder first."""
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate_tables(settings.resolved_database_url)
    prepare_engine(settings.resolved_jobs, settings.resolved_database_url)


def migrate_tables(url: str) -> None:
    """Bring the tables of any database to the newest schema, without what a job engine adds."""
    # Imported here: whoever does not migrate is smaller without it.
    import alembic.command
    import alembic.config

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    alembic.command.upgrade(config, "head")


def safekeeping_ground(settings: Settings) -> Ground:
    """What backup and restore of these settings stand on."""

    @contextmanager
    def opened(url: str) -> Iterator[Database]:
        house = build_house(settings.model_copy(update={"database_url": url}))
        try:
            yield house.db
        finally:
            house.close()

    return Ground(settings, open_store(settings), _version(), migrate_tables, opened)


def safekeeping_place(house: House) -> Place:
    """What the checker looks at."""
    intake = open_intake(house.settings, house.db, house.store, house.clock)
    return Place(house.db, house.store, intake.staging)


def _registry() -> Registry:
    registry = Registry()
    for table in SYNCED:
        registry.add(table, complete_ruling if table is Contradiction else None)
    return registry


def _wire(house: House, handlers: Handlers) -> None:
    """Let each room subscribe to what it hears and name the jobs it does, floor by floor."""
    handlers.on(UserRenamed, follow_rename)
    handlers.on(RecordsChanged, settle_changed)
    house.jobs.on(DERIVE, derive_handler(house.store))
    intake = open_intake(house.settings, house.db, house.store, house.clock)
    house.jobs.on(SWEEP, sweep_handler(intake))
    handlers.on(AudioStored, queue_stored)
    handlers.on(RecordsChanged, follow_changes)
    house.jobs.on(TRANSCRIBE, transcribe_handler(house.settings, house.store))
    handlers.on(RecordsChanged, follow_flags)
    handlers.on(RecordsChanged, follow_sources)
    house.jobs.on(READ_CLAIMS, run_read_claims)
    house.jobs.on(ADJUDICATE, adjudicate_handler(house.settings))
    handlers.on(RecordsChanged, follow_questions)
    handlers.on(ContradictionFound, follow_found)
    if has_adjudicator(house.settings):
        handlers.on(ContradictionFound, queue_adjudication)
        handlers.on(RecordsChanged, queue_changed)


def _version() -> str:
    try:
        return version("suixing")
    except PackageNotFoundError:
        return "0.0.0"
