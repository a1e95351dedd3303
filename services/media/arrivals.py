"""Tables of bytes on their way in and of bytes that came; neither is synced."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlmodel import Field, SQLModel

from services.kernel.entity import UtcDateTime


class Upload(SQLModel, table=True):
    """One tus upload; how much of it is stored is what its staged bytes say, never a column.

    At most one is open for a media; a finished one answers a client that missed the last reply,
    until it expires.
    """

    __tablename__ = "upload"

    id: str = Field(primary_key=True, sa_type=String(36))
    trip: str = Field(foreign_key="trip.id", sa_type=String(36))
    media: str = Field(index=True, sa_type=String(36))
    user: str = Field(index=True, sa_type=String(36))
    device: str | None = Field(default=None, sa_type=String(64))
    length: int | None = Field(default=None, sa_type=BigInteger)
    sha256: str | None = Field(default=None, sa_type=String(64))
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    finished: bool = False


class MediaBlob(SQLModel, table=True):
    """Bytes that came for a media and are in the object store; `sha256` is what they really have.

    `user` sent them, and their size counts against that user's quota.

    Only an upload for this very media makes one: knowing a hash gives nobody another's bytes.
    """

    __tablename__ = "media_blob"

    media: str = Field(primary_key=True, sa_type=String(36))
    sha256: str = Field(primary_key=True, sa_type=String(64))
    trip: str = Field(foreign_key="trip.id", index=True, sa_type=String(36))
    user: str | None = Field(default=None, index=True, sa_type=String(36))
    size: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=UtcDateTime)
