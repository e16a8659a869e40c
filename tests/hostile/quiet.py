"""Whatever a stranger sends is no news to the owner: it must not fill the log with warnings and tracebacks."""

import logging
from collections.abc import Generator
from contextlib import contextmanager


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def no_complaints() -> Generator[None]:
    """Fail when anything inside the block logs a warning or worse."""
    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(complaints)
    assert complaints.lines == []
