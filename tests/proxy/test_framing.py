"""A head that could be read in two ways, or that asks for another protocol, is refused whoever asks."""

import pytest
from mitmproxy import http

from addon.core.refusal import Reason
from addon.proxy.framing import refuse_framing
from addon.proxy.headers import header_pairs

HOST = ("Host", "sluice.example")
NAMES = frozenset({"sluice.example"})


def reason_for(
    *fields: tuple[str, str], version: bytes = b"HTTP/1.1", authority: bytes = b"", host: bool = True
) -> Reason | None:
    """Why a request with these header lines is refused; None when it is sound."""
    request = http.Request.make("POST", "http://127.0.0.1/api/chat")
    lines = [HOST, *fields] if host else list(fields)
    request.headers = http.Headers([(name.encode(), value.encode()) for name, value in lines])
    request.data.http_version, request.data.authority = version, authority
    refusal = refuse_framing(request, header_pairs(request), NAMES)
    return None if refusal is None else refusal.reason


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("Content-Length", "5"), ("Content-Type", "application/json")],
        [("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "Chunked")],
        [("Expect", "100-Continue")],
        [("X-API-Key", "a"), ("X-API-Key", "a")],
        [("Cookie", "a=b"), ("Cookie", "c=d")],
        [("Accept", "a"), ("Accept", "b")],
        [("Upgrade-Insecure-Requests", "1")],
        [("Connection", "X-API-Key, close")],
        [("TE", "trailers")],
    ],
)
def test_a_sound_head_passes(fields: list[tuple[str, str]]) -> None:
    assert reason_for(*fields) is None
    assert reason_for(*fields, version=b"HTTP/1.0") is None


@pytest.mark.parametrize(
    "fields",
    [
        [("Host", "sluice.example")],
        [("host", "other.example")],
        [("Authorization", "Bearer a"), ("authorization", "Bearer a")],
        [("Content-Type", "a"), ("CONTENT-TYPE", "a")],
        [("Content-Length", "5"), ("Content-Length", "5")],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "gzip, chunked")],
        [("Transfer-Encoding", "identity")],
        [("Transfer-Encoding", "")],
        [("Upgrade", "h2c")],
        [("Upgrade", "websocket"), ("Connection", "Upgrade")],
        [("upgrade", "")],
        [("HTTP2-Settings", "AAMAAABkAAQAAP__")],
    ],
)
def test_an_ambiguous_head_is_malformed(fields: list[tuple[str, str]]) -> None:
    assert reason_for(*fields) is Reason.MALFORMED


@pytest.mark.parametrize("version", [b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/3.0", b"http/1.1", b""])
def test_other_versions_are_not_spoken(version: bytes) -> None:
    assert reason_for(version=version) is Reason.MALFORMED


def test_a_target_with_an_authority_and_a_missing_host_are_malformed() -> None:
    assert reason_for(authority=b"sluice.example") is Reason.MALFORMED
    assert reason_for(host=False) is Reason.MALFORMED


@pytest.mark.parametrize(
    "host", ["evil.example", "", "sluice.example@evil.example", "sluice.example, evil.example"]
)
def test_another_host_is_misdirected(host: str) -> None:
    assert reason_for(("Host", host), host=False) is Reason.FOREIGN_HOST


@pytest.mark.parametrize("fields", [["x"], ["100-continue", "100-continue"], ["100-continue, x"], [""]])
def test_an_odd_expectation_is_refused(fields: list[str]) -> None:
    assert reason_for(*(("Expect", value) for value in fields)) is Reason.BAD_EXPECT
