"""What identity tells the rooms above, in the transaction of the change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UserRenamed:
    """A user is called otherwise from now on; rooms that copied the name follow."""

    user: str
    name: str
