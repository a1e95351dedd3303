"""Which store the settings mean: a folder, or a bucket of anything that speaks S3."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.store import S3Store

from services.kernel.errors import Invalid
from services.kernel.settings import Settings
from services.storage.local import LocalObjects
from services.storage.objects import Objects
from services.storage.port import ObjectStore

if TYPE_CHECKING:
    from obstore.store import S3Config  # stands in the stubs only

GIVE_UP_AFTER = timedelta(seconds=30)


def open_store(settings: Settings) -> ObjectStore:
    """The store of `storage_url`: file:///folder or s3://bucket/prefix."""
    url = urlsplit(settings.resolved_storage_url)
    if url.scheme == "file":
        return LocalObjects(Path(unquote(url.path)))
    if url.scheme == "s3" and url.netloc:
        return Objects(_s3(settings, url.netloc, url.path.strip("/")))
    raise Invalid("storage_url_unknown", "SUIXING_STORAGE_URL is file:///folder or s3://bucket/…")


def _s3(settings: Settings, bucket: str, prefix: str) -> S3Store:
    # What is not set here, obstore takes from AWS_* variables or the machine's own role.
    config: S3Config = {}
    if settings.storage_endpoint:
        config["endpoint"] = settings.storage_endpoint
    if settings.storage_region:
        config["region"] = settings.storage_region
    if settings.storage_key_id:
        config["access_key_id"] = settings.storage_key_id
        config["secret_access_key"] = settings.storage_secret.get_secret_value()
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={"allow_http": settings.storage_endpoint.startswith("http://")},
        retry_config={"retry_timeout": GIVE_UP_AFTER, "max_retries": 5},
    )
