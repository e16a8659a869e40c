"""A key has one form, survives a round trip, and never shows its secret by accident."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.keys import PREFIX_BYTES, SECRET_BYTES, compose_key, is_same_digest, parse_key
from tests.core.builders import patient

ENTROPY = PREFIX_BYTES + SECRET_BYTES
GOOD = compose_key(bytes(range(ENTROPY))).text


@given(st.binary(min_size=ENTROPY, max_size=ENTROPY))
@patient
def test_a_composed_key_reads_back_as_itself(entropy: bytes) -> None:
    key = compose_key(entropy)
    assert parse_key(key.text) == key
    assert len(key.text) == 3 + 8 + 1 + 43


@given(st.binary(min_size=ENTROPY, max_size=ENTROPY), st.binary(min_size=ENTROPY, max_size=ENTROPY))
@patient
def test_different_entropy_makes_a_different_key(one: bytes, other: bytes) -> None:
    assert (compose_key(one) == compose_key(other)) == (one == other)


@pytest.mark.parametrize("length", [0, ENTROPY - 1, ENTROPY + 1])
def test_any_other_amount_of_entropy_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"37 random bytes, not {length}"):
        compose_key(bytes(length))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sl_",
        GOOD[:-1],
        GOOD + "A",
        GOOD + "\n",
        " " + GOOD,
        GOOD.upper(),
        GOOD.replace("sl_", "sk-", 1),
        GOOD.replace("_", "-", 1),
        GOOD[:-1] + "+",
        GOOD[:-1] + "é",
        "sl_" + "1" * 8 + "_" + "A" * 43,
        "ollama",
        "sk-none",
        "eyJh.eyJh.AAAA",
    ],
)
def test_what_does_not_have_the_form_is_no_key(text: str) -> None:
    assert parse_key(text) is None


def test_only_a_hash_of_the_secret_needs_to_be_kept() -> None:
    key = compose_key(bytes(range(ENTROPY)))
    assert key.digest == hashlib.sha256(key.secret.encode()).digest()


def test_the_representation_hides_the_secret() -> None:
    key = compose_key(bytes(range(ENTROPY)))
    assert key.secret not in repr(key)
    assert key.prefix in repr(key)


def test_digests_are_compared_whole() -> None:
    assert is_same_digest(b"a" * 32, b"a" * 32)
    assert not is_same_digest(b"a" * 32, b"a" * 31 + b"b")
    assert not is_same_digest(b"a" * 32, b"")
