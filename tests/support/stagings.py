"""Both ways of keeping unfinished uploads, for tests, and a process that writes into one of them.

`python -m tests.support.stagings ENDPOINT BUCKET FOLDER UPLOAD BYTES` claims, appends, syncs, says
"held", appends as much again without syncing, and then holds on until it is killed.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.kernel.db import Database
from services.kernel.settings import Settings
from services.media import FileStaging, Staging
from services.media.leases import SPAN, Leases, UploadLease
from services.media.staged_parts import PartStaging
from services.storage import open_store


class ClockAhead:
    """The machine's clock, some time from now."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Place:
    """Where a staging lies: a folder alone, or an S3 bucket with a database in the folder."""

    folder: Path
    endpoint: str = ""
    bucket: str = ""

    @property
    def arguments(self) -> list[str]:
        return [self.endpoint, self.bucket, str(self.folder)]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'leases.db'}"

    def open(self, database: str = "", *, ahead: timedelta = timedelta()) -> Staging:
        """The staging; `ahead` puts the clock of its leases forward."""
        if not self.endpoint:
            return FileStaging(self.folder / "uploads")
        settings: dict[str, Any] = {
            "storage_url": f"s3://{self.bucket}/house",
            "storage_endpoint": self.endpoint,
            "storage_region": "us-east-1",
            "storage_key_id": "test",
            "storage_secret": "test",
        }
        db = Database(database or self.url)
        UploadLease.__table__.create(db.engine, checkfirst=True)  # type: ignore[attr-defined] # SQLModel
        return PartStaging(open_store(Settings(**settings)), Leases(db, clock=ClockAhead(ahead)))

    def open_later(self) -> Staging:
        """As another machine sees it once the leases of the dead have ended."""
        return self.open(ahead=SPAN + timedelta(seconds=1))


def _write(place: Place, upload: str, size: int) -> None:
    file = place.open().claim(upload)
    file.append(b"a" * size)
    file.sync()
    file.append(b"b" * size)
    sys.stdout.write("held\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    endpoint, bucket, folder, upload, size = sys.argv[1:]
    _write(Place(Path(folder), endpoint, bucket), upload, int(size))
