"""Heads that pass, heads that do not, and heads that cannot become good any more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.head import HeadLimits, refuse_head
from addon.core.refusal import Reason
from tests.core.builders import patient

LIMITS = HeadLimits(head_bytes=1000, line_bytes=100, fields=5)
GOOD = b"POST /api/chat?x=1 HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Tab: a\tb\r\n\r\n"


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        b"GET / HTTP/1.0\r\n\r\n",
        b"post * HTTP/1.1\r\nhost: x\r\n\r\n",  # for the admission to refuse, with its own words
        GOOD + b"body \x00\n\r\r of any kind" * 1000,
        b"GET /\xc3\xa9 HTTP/1.1\r\nX: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5 + b"\r\n",
    ],
)
def test_a_sound_head_passes(data: bytes) -> None:
    assert refuse_head(data, LIMITS) is None


@pytest.mark.parametrize("size", range(len(GOOD)))
def test_every_beginning_of_a_sound_head_passes(size: int) -> None:
    assert refuse_head(GOOD[:size], LIMITS) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01",  # TLS
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"PRI * HTTP/2",
        b"GET /\r\n",  # HTTP/0.9
        b"GET / HTTP/1.2\r\n",
        b"GET / HTTP/3.0\r\n",
        b"GET / http/1.1\r\n",
        b"GET / HTTP/1.1x\r\n",
        b"GET  / HTTP/1.1\r\n",
        b"GET\t/ HTTP/1.1\r\n",
        b"GET /\x0bx HTTP/1.1\r\n",
        b"GET / HTTP/1.1 more\r\n",
        b" GET / HTTP/1.1\r\n",
        b"G\x00T / HTTP/1.1\r\n",
        b"\r\n",
        b"\n",
        b"\x00",
        b"{}",
        b"G" * 33,
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n",
        b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n",
        b"GET / HTTP/1.1\r\nHost: x\x00\r\n",
        b"GET / HTTP/1.1\r\nHost: \x7f\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\tfolded\r\n",
    ],
)
def test_what_cannot_become_a_head_is_refused_at_once(data: bytes) -> None:
    refusal = refuse_head(data, LIMITS)
    assert refusal is not None
    assert refusal.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET /" + b"a" * 100, Reason.TARGET_TOO_LONG),
        (b"GET /" + b"a" * 100 + b" HTTP/1.1\r\n\r\n", Reason.TARGET_TOO_LONG),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 1000, Reason.HEAD_TOO_LARGE),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 1000 + b"\r\n\r\n", Reason.HEAD_TOO_LARGE),
        (b"a" * 1001, Reason.HEAD_TOO_LARGE),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5 + b"A", Reason.HEAD_TOO_LARGE),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 6 + b"\r\n", Reason.HEAD_TOO_LARGE),
    ],
)
def test_what_is_too_large_is_refused_with_its_own_word(data: bytes, reason: Reason) -> None:
    refusal = refuse_head(data, LIMITS)
    assert refusal is not None
    assert refusal.reason is reason


@given(data=st.binary(max_size=60), more=st.binary(max_size=60))
@patient
def test_what_was_refused_stays_refused_whatever_follows(data: bytes, more: bytes) -> None:
    if refuse_head(data, LIMITS) is not None:
        assert refuse_head(data + more, LIMITS) is not None


@given(st.binary(max_size=200))
@patient
def test_no_head_that_passes_holds_a_line_that_readers_could_split_differently(data: bytes) -> None:
    whole = b"GET / HTTP/1.1\r\n" + data + b"\r\n\r\n"
    if refuse_head(whole, LIMITS) is None:
        head = whole.partition(b"\r\n\r\n")[0]
        assert head.replace(b"\r\n", b"").translate(None, b"\r\n\x00") == head.replace(b"\r\n", b"")
