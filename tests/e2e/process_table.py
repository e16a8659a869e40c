"""Who started whom, and who has ended, read from /proc."""

from collections.abc import Sequence
from pathlib import Path


def children_of(pid: int) -> Sequence[int]:
    """The processes that this one has started and that still run."""
    return [child for child in _all() if (told := _stat(child)) and told[0] != "Z" and int(told[1]) == pid]


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for yet counts as ended."""
    told = _stat(pid)
    return told is None or told[0] == "Z"


def _all() -> Sequence[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _stat(pid: int) -> Sequence[str] | None:
    """The fields from the state onwards; the name before them may hold anything."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
