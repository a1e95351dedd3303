"""Edit beats delete: a deletion removes only a record whose every write by others it had seen."""

from services.sync.batch import Batch, Draft
from services.sync.merge import Writing, deletion_counts


def removes_what_it_saw(batch: Batch, draft: Draft, writing: Writing) -> bool:
    """True when the deletion had seen every write of others.

    The stamps tell of most. Where the deleting device wrote the very value that another had just
    written, the stamp is its own, and only the log still knows of the other.
    """
    base = writing.base
    if base is None or not deletion_counts(draft.others_seq(writing.device), base):
        return base is None
    return not any(
        entry["stood"] and entry["device"] != writing.device and (entry["seq"] or 0) > base
        for entry in batch.past_of(draft.type.name, draft.values["id"])
    )
