"""Passwords: what is accepted, and how it is kept.

bcrypt reads 72 bytes and refuses more (bcrypt 5), so it is fed the base64 of a SHA-256: 44 bytes whatever was
typed, without the NUL bytes a bare digest may hold. Unicode is normalised (NFC), because keyboards differ in how
they compose an accent. Checking a password costs the same whether or not there is an account to check it against.

A quarter of a second of work each, so only two passwords are worked on at a time and a few more wait: the other
threads go on serving pages (60 simultaneous sign-ins once kept a page waiting for 6 s).
"""

import base64
import hashlib
import threading
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager

import bcrypt

from addon.core.refusal import Reason, Refusal
from admin_app.errors import InputError, RefusedError

_FEWEST_CHARACTERS = 12
_MOST_CHARACTERS = 1024
_AT_ONCE = 2
_WAITING = 8
_PATIENCE_S = 10.0
# What people choose who have to have twelve characters (the head of public lists of leaked passwords).
_COMMON = frozenset(
    {
        "password1234", "passwordpassword", "password12345", "password123456", "123456789012", "1234567890123",
        "1234567891011", "qwertyuiop123", "qwertyuiopasdf", "qwerty123456", "qwertyuiop12", "1q2w3e4r5t6y",
        "1qaz2wsx3edc", "adminadminadmin", "administrator", "letmeinletmein", "welcome12345", "changeme1234",
        "iloveyou1234", "abcdefghijkl", "abcdefghijklm", "correcthorsebatterystaple",
    }
)  # fmt: skip


def check_password(password: str, name: str = "") -> str:
    """A password that may be chosen by the person of this name. Raises InputError, which never repeats it."""
    if len(password) < _FEWEST_CHARACTERS:
        raise InputError(f"A password needs {_FEWEST_CHARACTERS} characters or more. A few words make a good one.")
    if len(password) > _MOST_CHARACTERS:
        raise InputError(f"A password has at most {_MOST_CHARACTERS} characters.")
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 4 or (name and plain.replace(name.casefold(), "") == ""):
        raise InputError(
            "This password is among the first that anybody would try. Choose a few words of your own."
        )
    return password


class Passwords:
    """Hashes and checks at one cost (the logarithm of the rounds; 12 takes about 0.25 s)."""

    def __init__(self, cost: int) -> None:
        self._cost = cost
        # A well-formed hash that no password has: bcrypt does all its work before it can tell.
        self._nobody = f"$2b${cost:02d}$".encode() + b"." * 53
        self._places = threading.BoundedSemaphore(_AT_ONCE + _WAITING)
        self._workers = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> bytes:
        """What is stored of a password. Raises RefusedError while too many are worked on."""
        with self._turn():
            return bcrypt.hashpw(_digest(password), bcrypt.gensalt(self._cost))

    def is_right(self, password: str, stored: bytes | None) -> bool:
        """Whether this is the password; with None (no such account) the same work is done in vain.

        Raises RefusedError while too many are worked on.
        """
        with self._turn():
            is_same = bcrypt.checkpw(_digest(password), self._nobody if stored is None else stored)
        return is_same and stored is not None

    @contextmanager
    def _turn(self) -> Generator[None]:
        if not self._places.acquire(blocking=False):
            raise RefusedError(Refusal(Reason.PASSWORDS_BUSY))
        try:
            if not self._workers.acquire(timeout=_PATIENCE_S):
                raise RefusedError(Refusal(Reason.PASSWORDS_BUSY))
            try:
                yield
            finally:
                self._workers.release()
        finally:
            self._places.release()


def _digest(password: str) -> bytes:
    # JSON can carry half a surrogate pair; it must not match another password, and must not raise either.
    typed = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
    return base64.b64encode(hashlib.sha256(typed).digest())
