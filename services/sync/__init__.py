"""Sync: operations, merge, log and exchange for any registered entity; knows no trip."""

from services.sync.events import RecordChange, RecordsChanged
from services.sync.exchange import Envelope, Exchange, push, read_envelope
from services.sync.models import SyncChange, SyncHead, SyncLost, SyncScope
from services.sync.notices import Hub
from services.sync.port import Policy, Refusal, Subject, View
from services.sync.reading import pull, read_history, subject_of
from services.sync.registry import Deed, EntityType, Registry
from services.sync.replay import Replayed, replay
from services.sync.restored import LostSpan, leave_behind, lost_spans
from services.sync.server import ServerWrite, write_as_server
from services.sync.wire import MAX_BYTES, PastValue, PullAnswer, PushAnswer

__all__ = [
    "MAX_BYTES",
    "Deed",
    "EntityType",
    "Envelope",
    "Exchange",
    "Hub",
    "LostSpan",
    "PastValue",
    "Policy",
    "PullAnswer",
    "PushAnswer",
    "RecordChange",
    "RecordsChanged",
    "Refusal",
    "Registry",
    "Replayed",
    "ServerWrite",
    "Subject",
    "SyncChange",
    "SyncHead",
    "SyncLost",
    "SyncScope",
    "View",
    "leave_behind",
    "lost_spans",
    "pull",
    "push",
    "read_envelope",
    "read_history",
    "replay",
    "subject_of",
    "write_as_server",
]
