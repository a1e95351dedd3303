"""Bytes by key, durably, in a folder or an S3 store; knows nothing of what they mean."""

from services.storage.opening import open_store
from services.storage.port import STAGING, Entry, MissingObject, ObjectStore

__all__ = ["STAGING", "Entry", "MissingObject", "ObjectStore", "open_store"]
