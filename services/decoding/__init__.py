"""Reads files that nobody vouches for, in a process of its own; knows no trip and no database.

Small on purpose: the process imports this for every file, and heavy libraries only when needed.
"""

from services.decoding.outputs import PEAKS, PLAYABLE, THUMBNAIL_SIZES, thumbnail_name
from services.decoding.process import Claimed, decode
from services.decoding.reports import Report

__all__ = [
    "PEAKS",
    "PLAYABLE",
    "THUMBNAIL_SIZES",
    "Claimed",
    "Report",
    "decode",
    "thumbnail_name",
]
