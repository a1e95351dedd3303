"""Why a recording cannot be heard."""

from typing import Literal

Unread = Literal["media_empty", "media_unreadable", "media_no_sound"]


class Unreadable(Exception):
    """Nothing of this file can be heard; `code` says why and the file is kept as it is."""

    def __init__(self, code: Unread) -> None:
        super().__init__(code)
        self.code = code
