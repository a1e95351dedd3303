"""The job `sweep_uploads`: what nobody came back for is finished when complete, else dropped."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from services.jobs import Handler, JobRun, enqueue
from services.kernel.errors import SuixingError
from services.kernel.log import get_logger
from services.media.arrivals import Upload
from services.media.intake import Intake
from services.media.uploads import SWEEP, SWEEP_SECONDS
from services.storage import STAGING, ObjectStore

_log = get_logger("media")
_LEFT_BEHIND = timedelta(days=1)


def sweep_handler(intake: Intake) -> Handler:
    """The job `sweep_uploads`; it comes again while any upload is known."""

    def handle(job: JobRun) -> None:
        sweep(intake)
        with job.write() as session:
            if session.exec(select(col(Upload.id)).limit(1)).first() is not None:
                enqueue(session, SWEEP, {}, key="all", delay=SWEEP_SECONDS)

    return handle


def sweep(intake: Intake) -> None:
    """Finish what is complete, drop what has expired and what belongs to nothing."""
    with intake.db.read() as session:
        rows = {row.id: row for row in session.exec(select(Upload))}
    for upload_id in intake.staging.uploads():
        if upload_id not in rows:
            intake.staging.discard_if_old(upload_id)
    now = intake.clock.now()
    for upload in rows.values():
        try:
            _sweep_one(intake, upload, now)
        except SuixingError as error:
            _log.warning("sweep", upload=upload.id, code=error.code)
    _drop_half_written(intake.store)


def _sweep_one(intake: Intake, upload: Upload, now: datetime) -> None:
    if upload.expires_at < now:
        intake.forget(upload.id)
    elif not upload.finished and intake.staging.offset(upload.id) == upload.length:
        with intake.staging.claim(upload.id) as file:
            intake.finish(upload.id, file)


def _drop_half_written(store: ObjectStore) -> None:
    """What a put left that died before it gave its object a name; parts of uploads lie deeper."""
    for entry in list(store.entries(STAGING)):
        is_put = "/" not in entry.key.removeprefix(STAGING)
        if is_put and datetime.now(UTC) - entry.modified > _LEFT_BEHIND:
            store.delete(entry.key)
