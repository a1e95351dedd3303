"""Edit beats delete: a deletion removes only a record whose every write by others it had seen."""

from services.sync.batch import Batch, Draft
from services.sync.merge import Writing, brings_back, deletion_counts
from services.sync.resent import seen_at


def removes_what_it_saw(batch: Batch, draft: Draft, writing: Writing) -> bool:
    """True when the deletion had seen every write of others.

    The stamps tell of most. Where the deleting device wrote the very value that another had just
    written, the stamp is its own, and only the log still knows of the other.
    """
    base = writing.base
    if base is None or not deletion_counts(draft.others_seq(writing), base):
        return base is None
    return not any(
        entry["stood"] and entry["device"] != writing.device and seen_at(entry) > base
        for entry in batch.past_of(draft.type.name, draft.values["id"])
    )


def revives(batch: Batch, draft: Draft, writing: Writing) -> bool:
    """True when a write that is no deletion brings a deleted record back."""
    if not draft.head["deleted"]:
        return False
    if not writing.is_resent:
        return True
    past = batch.past_of(draft.type.name, draft.values["id"])
    deletion = next((one for one in past if one["seq"] == draft.head["deleted_seq"]), None)
    return deletion is None or brings_back(deletion["seq"], deletion["base"], writing.base or 0)
