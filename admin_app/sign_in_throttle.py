"""Guessing passwords and tokens, made slow.

Promise: an attempt is counted before it is judged and forgiven unless it turns out wrong, so simultaneous guesses
count too, and nothing costly is done for one too many. Five failures in 15 minutes for one name from one address,
30 a minute for one address; nobody is shut out for what others do elsewhere, nor for attempts that were not
judged. Passwords and tokens are counted apart from each other and from API keys. Source: OWASP, Authentication
Cheat Sheet.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from addon.core.addresses import parse_address
from addon.core.refusal import Reason, Refusal
from addon.core.throttle import Throttle, place_of
from addon.store.errors import StoreBusyError, StoreError
from addon.store.users import name_key
from admin_app.errors import InputError, RefusedError, WrongCredentialsError

_NAME_FAILURES, _NAME_WINDOW_S = 5, 15 * 60.0
_LONGEST_NAME = 64

type _Counts = tuple[tuple[Throttle, str], ...]


class SignInThrottle:
    """Counts failed attempts; made for many threads."""

    def __init__(self) -> None:
        self._names = Throttle(_NAME_FAILURES, _NAME_WINDOW_S)
        self._places = Throttle()
        self._tokens = Throttle()
        self._lock = threading.Lock()

    @contextmanager
    def signing_in(self, name: str, address: str | None, now: float) -> Generator[None]:
        """An attempt to sign in, or to show one's present password: wrong if the block says so.

        Raises RefusedError, before the block, for one attempt too many.
        """
        place = _place(address)
        # By what the account is found by: the same name can be typed in thousands of ways.
        person = f"{place} {name_key(name)[: _LONGEST_NAME + 1]}"
        with self._judging(((self._places, place), (self._names, person)), now):
            yield

    @contextmanager
    def showing_token(self, address: str | None, now: float) -> Generator[None]:
        """An attempt to use the token of a link. Raises RefusedError as `signing_in` does."""
        with self._judging(((self._tokens, _place(address)),), now):
            yield

    @contextmanager
    def _judging(self, counts: _Counts, now: float) -> Generator[None]:
        self._count(counts, now)
        was_wrong = False
        try:
            yield
        except StoreBusyError:
            raise
        except (WrongCredentialsError, InputError, StoreError):
            was_wrong = True
            raise
        finally:
            if not was_wrong:
                with self._lock:
                    _forgive(counts)

    def _count(self, counts: _Counts, now: float) -> None:
        with self._lock:
            for number, (throttle, place) in enumerate(counts):
                wait_s = throttle.fail(place, now)
                if wait_s is not None:
                    # It will not be judged: who waits for the one limit must not come nearer to the other
                    # meanwhile. The limits behind it are not even asked: an attempt that the address may not
                    # make would have its name remembered, and names without number push out the one that is held.
                    _forgive(counts[:number])
                    raise RefusedError(Refusal(Reason.TOO_MANY_SIGN_INS, hint_s=wait_s))


def _forgive(counts: _Counts) -> None:
    for throttle, place in counts:
        throttle.forgive(place)


def _place(address: str | None) -> str:
    return place_of(None if address is None else parse_address(address), None)
