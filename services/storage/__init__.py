"""Bytes by key, durably, in a folder or an S3 store; knows nothing of what they mean."""

from services.storage.opening import open_store
from services.storage.port import NO_ROOM, STAGING, Entry, MissingObject, ObjectStore

__all__ = ["NO_ROOM", "STAGING", "Entry", "MissingObject", "ObjectStore", "open_store"]
