"""Processor time and peak memory of a server with all its processes, read from Linux's /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True)
class Reading:
    """Of one command: processor seconds so far, and the most memory it ever held (bytes)."""

    command: str
    seconds: float
    peak_bytes: int


def read_group(group: int) -> dict[int, Reading]:
    """What each living process of a process group has used, children that ended included."""
    readings = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (reading := _read(int(entry.name), group)):
            readings[int(entry.name)] = reading
    return readings


def seconds_between(before: dict[int, Reading], after: dict[int, Reading]) -> float:
    """Processor seconds of all processes; one that began meanwhile counts from nothing."""
    return sum(
        reading.seconds - (before[pid].seconds if pid in before else 0.0)
        for pid, reading in after.items()
    )


def _read(pid: int, group: int) -> Reading | None:
    try:
        # proc(5): the command stands in brackets and may hold blanks; field 5 is the group,
        # 14 to 17 are utime, stime, cutime and cstime.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        if int(fields[2]) != group:
            return None
        ticks = sum(int(field) for field in fields[11:15])
        command = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return Reading(command, ticks / TICKS_PER_SECOND, _peak(pid))
    except (FileNotFoundError, ProcessLookupError):
        return None


def _peak(pid: int) -> int:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
