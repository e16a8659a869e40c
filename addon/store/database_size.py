"""How much room the database takes."""

from pathlib import Path

from sqlalchemy import make_url


def database_bytes(url: str) -> int:
    """The size of the file and of its write-ahead log, which grows until it is written back."""
    file = Path(make_url(url).database or "")
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(map(_size, parts))


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0  # SQLite takes the log away with its last connection
