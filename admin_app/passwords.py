"""Passwords: what is accepted, and how it is kept.

bcrypt reads 72 bytes and refuses more (bcrypt 5), so it is fed the base64 of a SHA-256: 44 bytes whatever was
typed, without the NUL bytes a bare digest may hold. Unicode is normalised (NFC), because keyboards differ in how
they compose an accent. Checking a password costs the same whether or not there is an account to check it against.
"""

import base64
import hashlib
import unicodedata

import bcrypt

from admin_app.errors import InputError

_FEWEST_CHARACTERS = 12
_MOST_CHARACTERS = 1024


def check_password(password: str) -> str:
    """A password that may be chosen. Raises InputError, which never repeats it."""
    if len(password) < _FEWEST_CHARACTERS:
        raise InputError(f"A password needs {_FEWEST_CHARACTERS} characters or more. A few words make a good one.")
    if len(password) > _MOST_CHARACTERS:
        raise InputError(f"A password has at most {_MOST_CHARACTERS} characters.")
    return password


class Passwords:
    """Hashes and checks at one cost (the logarithm of the rounds; 12 takes about 0.25 s)."""

    def __init__(self, cost: int) -> None:
        self._cost = cost
        # A well-formed hash that no password has: bcrypt does all its work before it can tell.
        self._nobody = f"$2b${cost:02d}$".encode() + b"." * 53

    def hash(self, password: str) -> bytes:
        """What is stored of a password."""
        return bcrypt.hashpw(_digest(password), bcrypt.gensalt(self._cost))

    def is_right(self, password: str, stored: bytes | None) -> bool:
        """Whether this is the password; with None (no such account) the same work is done in vain."""
        is_same = bcrypt.checkpw(_digest(password), self._nobody if stored is None else stored)
        return is_same and stored is not None


def _digest(password: str) -> bytes:
    # JSON can carry half a surrogate pair; it must not match another password, and must not raise either.
    typed = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
    return base64.b64encode(hashlib.sha256(typed).digest())
