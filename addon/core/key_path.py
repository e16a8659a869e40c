"""The key in the path: `/k/KEY/api/chat`, for `ollama` on the command line, which can send it in no other way.

Promise: a request target is taken apart once, at the door. What is kept of it, logged and sent on holds no key,
not even one that stands where none belongs.
"""

import re
from collections.abc import Sequence

_KEY_PATH = re.compile(rb"/k/([^/?]+)(.*)", re.DOTALL)
_HIDDEN = b"-"
# An API key, and a JSON Web Token with its signature.
_SECRET_FORM = re.compile(rb"(sl_[a-z2-7]{8}_|eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.)[A-Za-z0-9_-]+")


def take_key(target: bytes) -> tuple[str | None, bytes]:
    """The key that a target shows, or None; and the target with a `-` in its place."""
    match = _KEY_PATH.fullmatch(target)
    if match is None:
        return None, redacted(target)
    return match[1].decode("latin-1"), b"/k/" + _HIDDEN + redacted(match[2])


def redacted(text: bytes) -> bytes:
    """The text with a `-` for whatever has the form of a key or a signed token."""
    return _SECRET_FORM.sub(_HIDDEN, text)


def below_key(target: bytes) -> bytes:
    """What is asked for below `/k/KEY`; any other target as it is. `/k/KEY` itself is the root."""
    match = _KEY_PATH.fullmatch(target)
    if match is None:
        return target
    rest = match[2]
    return rest if rest.startswith(b"/") else b"/" + rest


def dialect_path(target: bytes, prefixes: Sequence[str] = ()) -> str:
    """The path whose dialect a request speaks: without key, prefix and query, whether it leads anywhere or not."""
    path = below_key(target).partition(b"?")[0].decode("latin-1")
    return next((path[len(prefix) :] for prefix in prefixes if path.startswith(f"{prefix}/")), path)
