"""How much room the database takes."""

from pathlib import Path

from sqlalchemy import make_url


def database_bytes(url: str) -> int:
    """The size of the file and of its write-ahead log, which grows until it is written back."""
    file = Path(make_url(url).database or "")
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())
