"""Where a body begins and ends: whatever two readers could see differently is refused, and its connection closed.

Behind each body stands one more request, with a good key: a reader that is led astray would serve it.
"""

import pytest

from tests.hostile.harness import Case, Forwarded, ask, check_house, get, malformed, passes, play, refused
from tests.hostile.stage import BODY
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

HIDDEN = get("/api/tags")
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
SIZE = f"{len(BODY):x}".encode()
ONE_CHUNK = SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n"


def framed(*lines: str, body: bytes = BODY, version: str = "HTTP/1.1") -> bytes:
    """A keyed chat request with these framing lines, and a second request behind it."""
    head = ask("POST", "/api/chat", "Content-Type: application/json", *lines, body=None, version=version)
    return head + body + HIDDEN


def chunked(body: bytes) -> bytes:
    return framed(CHUNKED, body=body)


BROKEN: dict[str, Case] = {
    "length and chunks": malformed(framed(LENGTH, CHUNKED)),
    "chunks and length": malformed(framed(CHUNKED, LENGTH, body=ONE_CHUNK)),
    "short length and chunks": malformed(framed("Content-Length: 4", CHUNKED, body=ONE_CHUNK)),
    "two equal lengths": malformed(framed(LENGTH, LENGTH)),
    "two different lengths": malformed(framed(LENGTH, "Content-Length: 5")),
    "lengths in a list": malformed(framed(f"Content-Length: {len(BODY)}, {len(BODY)}")),
    **{
        f"length {text!r}": malformed(framed(f"Content-Length: {text}"))
        for text in ("+81", "-1", "0081", "0x51", "8_1", "81;", "81.0", "8 1", "", "\N{SUPERSCRIPT TWO}", "81\x0b")
    },
    "space before the colon of a length": malformed(framed(f"Content-Length : {len(BODY)}")),
    "two transfer encodings": malformed(framed(CHUNKED, CHUNKED, body=ONE_CHUNK)),
    **{
        f"transfer encoding {text!r}": malformed(framed(f"Transfer-Encoding: {text}", body=ONE_CHUNK))
        for text in (
            *("xchunked", "chunkedx", "identity", "gzip, chunked", "chunked, identity", '"chunked"', ""),
            *("\x0bchunked", "chunked\x00", "chunked;q=1", "chunked, chunked"),
        )
    },
    "space before the colon of an encoding": malformed(framed("Transfer-Encoding : chunked", body=ONE_CHUNK)),
    "folded encoding": malformed(framed("Transfer-Encoding:\r\n chunked", body=ONE_CHUNK)),
    "chunks in HTTP/1.0": malformed(framed(CHUNKED, body=ONE_CHUNK, version="HTTP/1.0")),
    "encoding hidden by a line feed": malformed(framed("X: y\nTransfer-Encoding: chunked", LENGTH)),
    "encoding hidden by a carriage return": malformed(framed("X: y\rTransfer-Encoding: chunked", LENGTH)),
}

# What is wrong shows only once the head is through, so a close without a word is as good as a 400.
BAD_CHUNKS: dict[str, bytes] = {
    "no size": b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size in words": b"zz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "negative size": b"-" + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size with a sign": b"+" + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size with 0x": b"0x" + SIZE + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size with a gap": SIZE[:1] + b" " + SIZE[1:] + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size of 2**64 and more": b"1" + b"0" * 20 + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "size ended by a line feed": SIZE + b"\n" + BODY + b"\n0\n\n",
    "line feed in an extension": SIZE + b";a\nb\r\n" + BODY + b"\r\n0\r\n\r\n",
    "no line end behind the data": SIZE + b"\r\n" + BODY + b"0\r\n\r\n",
    "more data than said": b"10\r\n" + BODY + b"\r\n0\r\n\r\n",
    "an extension without end": SIZE + b";" + b"x" * 2**20 + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "a trailer": SIZE + b"\r\n" + BODY + b"\r\n0\r\nX: 1\r\n\r\n",
    "a length as trailer": SIZE + b"\r\n" + BODY + b"\r\n0\r\nContent-Length: 4\r\n\r\n",
    "a key as trailer": SIZE + b"\r\n" + BODY + b"\r\n0\r\nX-API-Key: <key>\r\n\r\n",
}  # fmt: skip

SOUND: dict[str, Case] = {
    "a length": passes(framed(LENGTH)[: -len(HIDDEN)]),
    "chunks": passes(chunked(ONE_CHUNK)[: -len(HIDDEN)], Forwarded(is_chunked=True)),
    "chunks, header in capitals": passes(
        framed("TRANSFER-ENCODING: chunked", body=ONE_CHUNK)[: -len(HIDDEN)], Forwarded(is_chunked=True)
    ),
}

LARGE: dict[str, Case] = {
    "10 GiB": refused(framed("Content-Length: 10737418240"), 413, "body_too_large", closes=True),
    "more than 64 bits": Case(framed("Content-Length: 99999999999999999999"), (400, 413), closes=True),
    "huge, and told to go on": refused(
        framed("Content-Length: 10737418240", "Expect: 100-continue", body=b""), 413, "body_too_large", closes=True
    ),
    "chunks beyond the limit": refused(
        chunked(b"800\r\n" + b" " * 0x800 + b"\r\n0\r\n\r\n"),
        413,
        "body_too_large",
        environ={"SLUICE_LIMITS__BODY_BYTES": "1024"},
        closes=True,
    ),
    "a chunk said to be huge": Case(
        chunked(b"FFFFFFFFFF\r\n" + b" " * 4096),
        (400, 413),
        environ={"SLUICE_LIMITS__BODY_BYTES": "1024"},
        closes=True,
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
async def test_a_body_whose_end_is_open_to_doubt_is_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("body", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
async def test_bad_chunks_reach_nobody(body: bytes, theatre: Theatre) -> None:
    await play(Case(chunked(body), (400,), "malformed", closes=True, may_be_silent=True), theatre)


@pytest.mark.parametrize("case", SOUND.values(), ids=SOUND)
async def test_a_sound_body_arrives_byte_for_byte(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", LARGE.values(), ids=LARGE)
async def test_a_body_beyond_the_limit_is_refused_before_it_has_come(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("sent", [framed(LENGTH, body=BODY[:9]), chunked(SIZE + b"\r\n" + BODY[:9])])
async def test_half_a_body_reaches_nobody(sent: bytes, theatre: Theatre) -> None:
    async with theatre.stage() as stage:
        async with stage.house.wire() as wire:
            await wire.send((await stage.fill(sent))[: -len(HIDDEN)])
            wire.finish()
            await wire.closes()
        await check_house(stage, [])
