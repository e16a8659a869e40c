"""Passwords: rules, hashing, and equal work for unknown accounts."""

import unicodedata

import bcrypt
import pytest

from admin_app.errors import InputError
from admin_app.passwords import Passwords, check_password

PASSWORDS = Passwords(4)


@pytest.mark.parametrize("password", ["abcd" * 3, "abcd" * 256, "correct horse", "пароль-пароль", "\0abc" * 3])
def test_what_was_hashed_is_right_and_anything_else_is_not(password: str) -> None:
    stored = PASSWORDS.hash(check_password(password))
    assert PASSWORDS.is_right(password, stored)
    assert not PASSWORDS.is_right(password + "x", stored)
    assert not PASSWORDS.is_right(password[:-1], stored)


@pytest.mark.parametrize("length", [0, 11, 1025])
def test_too_short_and_too_long_are_refused_with_a_sentence(length: int) -> None:
    with pytest.raises(InputError, match=r"^A password .*\.$"):
        check_password("x" * length)


@pytest.mark.parametrize("password", ["a" * 12, "abababababab", "Password1234", "ann.bo.annann.bo.ann"])
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(InputError, match="first that anybody would try"):
        check_password(password, "ann.bo.ann")


def test_passwords_that_agree_in_their_first_72_bytes_differ() -> None:
    assert not PASSWORDS.is_right("x" * 72 + "b", PASSWORDS.hash("x" * 72 + "a"))


def test_an_accent_counts_the_same_however_it_was_typed() -> None:
    composed, decomposed = (unicodedata.normalize(form, "café-café-café") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert PASSWORDS.is_right(decomposed, PASSWORDS.hash(composed))


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_failure() -> None:
    assert not PASSWORDS.is_right("\ud800" * 12, PASSWORDS.hash("?" * 12))


def test_the_cost_is_in_the_hash() -> None:
    assert Passwords(5).hash("x" * 12).startswith(b"$2b$05$")


def test_nobodys_password_is_checked_at_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[bytes] = []
    check = bcrypt.checkpw

    def recording(password: bytes, stored: bytes) -> bool:
        checked.append(stored)
        return check(password, stored)

    monkeypatch.setattr(bcrypt, "checkpw", recording)
    assert not PASSWORDS.is_right("x" * 12, None)
    assert not PASSWORDS.is_right("x" * 12, PASSWORDS.hash("y" * 12))
    assert [stored[:7] for stored in checked] == [b"$2b$04$", b"$2b$04$"]
    assert len(checked[0]) == len(checked[1])
