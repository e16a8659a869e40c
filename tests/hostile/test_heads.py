"""The first bytes of a connection: what is no plain HTTP/1 head of a bounded size never becomes a request.

`malformed` cases carry a good key, so nothing but their form keeps them from being served.
"""

from collections.abc import Sequence

import pytest

from tests.hostile.harness import Case, Forwarded, ask, get, got, malformed, passes, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYED = "X-API-Key: <key>"
TLS_HELLO = bytes.fromhex("160301002f010000") + bytes(43)
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"


def raw(*lines: str, end: str = "\r\n") -> bytes:
    """A head of these lines, whatever they are."""
    return end.join([*lines, "", ""]).encode("latin-1")


def version(text: str) -> bytes:
    return ask(version=text)


BYTES: dict[str, Case] = {
    **{
        f"{name} in a value": malformed(get("/api/version", f"X-Odd: a{byte}b"))
        for name, byte in (("NUL", "\0"), ("CR", "\r"), ("LF", "\n"), ("BEL", "\7"), ("DEL", "\x7f"), ("VT", "\v"))
    },
    **{
        f"{name} in a name": malformed(get("/api/version", f"X-O{byte}dd: a"))
        for name, byte in (("NUL", "\0"), ("a space", " "), ("a tab", "\t"), ("a letter of Latin-1", "\xe4"))
    },
    "NUL in the key": malformed(get(key="<key>\0")),
    "no name": malformed(get("/api/version", ": x")),
    "no colon": malformed(get("/api/version", "X-Odd")),
    "space before the colon": malformed(get("/api/version", "X-Odd : a")),
    "space before the colon of Host": malformed(raw("GET /api/version HTTP/1.1", "Host : 127.0.0.1", KEYED)),
    "a folded field": malformed(get("/api/version", "X-Odd: a\r\n b")),
    "a field folded by a tab": malformed(get("/api/version", "X-Odd: a\r\n\tb")),
    "a folded key": malformed(raw("GET /api/version HTTP/1.1", "Host: localhost", "X-API-Key:\r\n <key>")),
    "a fold before the first field": malformed(raw("GET /api/version HTTP/1.1", " X: y", "Host: ::1", KEYED)),
    "line feeds for line ends": malformed(raw("GET /api/version HTTP/1.1", "Host: localhost", KEYED, end="\n")),
    "one line feed for a line end": malformed(raw("GET /api/version HTTP/1.1\nHost: localhost", KEYED)),
    "a line feed at the end": malformed(get()[:-4] + b"\n\n"),
    "carriage returns for line ends": malformed(raw("GET /api/version HTTP/1.1", "Host: ::1", end="\r") + b"\n\n"),
    "two authorizations": Case(
        get("/api/version", "Authorization: Bearer <key>", "Authorization: Bearer x"), (400,)
    ),
    "an upgrade to websockets": refused(get("/", "Connection: Upgrade", "Upgrade: websocket"), 400, "malformed"),
    "an upgrade to HTTP/2": refused(get("/", "Upgrade: h2c", "HTTP2-Settings: AAAA"), 400, "malformed"),
    "settings of HTTP/2 alone": refused(get("/", "HTTP2-Settings: AAAA"), 400, "malformed"),
    "two content types": Case(ask("POST", "/api/chat", "Content-Type: text/plain"), (400,), "malformed"),
}  # fmt: skip

LINES: dict[str, Case] = {
    **{f"version {text!r}": malformed(version(text)) for text in (
        *("HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.10", "HTTP/01.1", "HTTP/1", "HTTP/1.1x"),
        *("http/1.1", "HTTP/11", "HTTPS/1.1", "ICY/1.1", "HTTP/1.1 x", "HTTP /1.1", "HTTP/+1.1"),
    )},
    "no version": malformed(raw("GET /api/version", "Host: localhost", KEYED)),
    "HTTP/0.9": malformed(b"GET /api/version\r\n"),
    "HTTP/0.9 by a line feed": malformed(b"GET /api/version\n"),
    "a tab between words": malformed(get().replace(b"GET /api/version", b"GET\t/api/version")),
    "a vertical tab between words": malformed(get().replace(b"GET /api/version", b"GET\x0b/api/version")),
    "two spaces": malformed(get().replace(b"GET /", b"GET  /")),
    "a space in front": malformed(b" " + get()),
    "a space in the target": malformed(get("/api/ver sion")),
    "NUL in the method": malformed(get().replace(b"GET", b"G\0T")),
    "an endless method": Case(b"G" * 9000 + get(), (400, 414), closes=True),
    "nothing but line ends": malformed(b"\r\n" * 600),
    "a line end in front": Case(b"\r\n" + get(), (200, 400), None, got(), closes=True),
    "the preface of HTTP/2": malformed(HTTP2, may_be_silent=True),
    "an upgrade's HTTP/2": malformed(HTTP2 + get(), may_be_silent=True),
    "SSH": malformed(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a greeting": malformed(b"EHLO evil.example\r\n"),
    "binary": malformed(bytes(range(256)) + b"\r\n\r\n", may_be_silent=True),
    "a proxy protocol line": malformed(b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + get()),
}  # fmt: skip


def fields(count: int) -> Sequence[str]:
    """So many header fields, Host and key among them."""
    return [f"X-{number}: y" for number in range(count - 2)]


SIZES: dict[str, Case] = {
    "100 fields": passes(get("/api/version", *fields(100)), got()),
    "101 fields": refused(get("/api/version", *fields(101)), 431, "head_too_large", closes=True),
    "2000 fields": refused(get("/api/version", *fields(2000)), 431, "head_too_large", closes=True),
    "30 KiB of fields": passes(get("/api/version", *[f"X-{n}: " + "y" * 1000 for n in range(29)]), got()),
    "33 KiB of fields": refused(
        get("/api/version", *[f"X-{n}: " + "y" * 1000 for n in range(33)]), 431, "head_too_large", closes=True
    ),
    "one field of 256 KiB": refused(get("/api/version", "X: " + "y" * 2**18), 431, "head_too_large", closes=True),
    "a head without end": refused(b"GET / HTTP/1.1\r\nX: " + b"y" * 2**18, 431, "head_too_large", closes=True),
    "a query of 8 KiB": passes(get("/api/version?" + "y" * 8000), got("/api/version?" + "y" * 8000)),
    "a query of 9 KiB": refused(get("/api/version?" + "y" * 9216), 414, "target_too_long", closes=True),
    "a request line without end": Case(b"GET /" + b"y" * 2**18, (414, 431), closes=True),
    "a small limit of one's own": refused(
        get("/api/version", "X: " + "y" * 2000), 431, "head_too_large",
        closes=True, environ={"SLUICE_LIMITS__HEADER_BYTES": "1024"},
    ),
}  # fmt: skip

HURRY = {"SLUICE_LIMITS__HEAD_S": "0.3"}
SLOW: dict[str, bytes] = {
    "half a head": b"GET /api/version HTTP/1.1\r\nHost: loc",
    "half a request line": b"GET /api/ver",
    "a head without its last line end": get()[:-2],
}

SOUND: dict[str, Case] = {
    "values beyond ASCII": passes(get("/api/version", "X-Odd: \xe4\xff"), got()),
    "no space behind a colon": passes(get("/api/version", "X-Odd:a"), got()),
    "an empty value": passes(get("/api/version", "X-Odd:"), got()),
    "names in capitals": passes(get("/api/version", key=None, host="localhost").replace(
        b"\r\n\r\n", b"\r\nX-API-KEY: <key>\r\n\r\n"), got()),
    "HTTP/1.0": passes(ask(version="HTTP/1.0"), Forwarded("POST /api/chat HTTP/1.0")),
}  # fmt: skip


@pytest.mark.parametrize("case", BYTES.values(), ids=BYTES)
async def test_odd_bytes_in_a_head_are_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", LINES.values(), ids=LINES)
async def test_what_is_no_request_line_of_http_1_is_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", SIZES.values(), ids=SIZES)
async def test_a_head_is_bounded(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
async def test_a_head_that_does_not_end_in_time_is_closed(sent: bytes, theatre: Theatre) -> None:
    await play(Case(sent, None, environ=HURRY), theatre)


async def test_tls_on_the_plain_port_is_dropped(theatre: Theatre) -> None:
    await play(Case(TLS_HELLO, (400,), "malformed", closes=True, may_be_silent=True), theatre)


@pytest.mark.parametrize("case", SOUND.values(), ids=SOUND)
async def test_a_plain_head_is_served(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)
