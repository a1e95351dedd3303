"""Front door of the room: backups, their restoring, and the checker of the whole database."""

from services.safekeeping.archives import Backup, open_backup
from services.safekeeping.backing_up import make_backup
from services.safekeeping.checking import Place, check_data
from services.safekeeping.flaws import MENDS, Flaw
from services.safekeeping.ground import Ground, Progress
from services.safekeeping.manifest import Lost, Manifest
from services.safekeeping.restoring import Restored, restore_backup, verify_backup

__all__ = [
    "MENDS",
    "Backup",
    "Flaw",
    "Ground",
    "Lost",
    "Manifest",
    "Place",
    "Progress",
    "Restored",
    "check_data",
    "make_backup",
    "open_backup",
    "restore_backup",
    "verify_backup",
]
