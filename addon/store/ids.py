"""Row ids as people write them."""

import re

# SQLite's integers end at 2**63, and asking it for a longer one is an OverflowError.
_FORM = re.compile(r"[0-9]{1,18}")


def parse_id(text: str) -> int | None:
    """The id, or None when the text cannot be one."""
    return int(text) if _FORM.fullmatch(text) else None
