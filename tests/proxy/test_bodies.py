"""Compressed bodies: one plain frame of zstd under /v1, decoded within a bound; every other coding is refused."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from mitmproxy import http

from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind
from addon.proxy.bodies import MOST_DECODED_BYTES, BodyRules, body_rules, make_plain, refuse_encoding
from tests.proxy.houses import CHAT, CHAT_BYTES, House, house_with_fake, make_settings
from tests.proxy.wire import Answer, request

PATH = "/v1/chat/completions"
ZSTD = "Content-Encoding: zstd"
SKIPPABLE = struct.pack("<II", 0x184D2A50, 4) + b"abcd"
MIB = 2**20


def _squeezed(data: bytes, window_log: int = 0, **how: bool) -> bytes:
    settings = zstandard.ZstdCompressionParameters(window_log=window_log, **how)
    return zstandard.ZstdCompressor(compression_params=settings).compress(data)


def _streamed(data: bytes, window_log: int = 0) -> bytes:
    # What a client sends that compresses as it goes: a frame that does not say how long it becomes.
    settings = zstandard.ZstdCompressionParameters(window_log=window_log)
    writer = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    return writer.compress(data) + writer.flush()


def _request(body: bytes, *codings: str, **more: str) -> http.Request:
    headers = [(b"content-encoding", coding.encode()) for coding in codings]
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    made = http.Request.make("POST", f"http://127.0.0.1{PATH}")
    # Given to `make`, they would be applied.
    made.headers, made.raw_content = http.Headers([*headers, *named]), body
    return made


@pytest.mark.parametrize(
    ("path", "kind", "codings", "is_refused"),
    [
        (PATH, RouteKind.INFER, [], False),
        (PATH, RouteKind.INFER, ["identity"], False),
        (PATH, RouteKind.INFER, ["zstd"], False),
        (PATH, RouteKind.INFER, [" ZSTD "], False),
        (PATH, RouteKind.INFER, ["gzip"], True),
        (PATH, RouteKind.INFER, ["br"], True),
        (PATH, RouteKind.INFER, [""], True),
        (PATH, RouteKind.INFER, ["zstd, zstd"], True),
        (PATH, RouteKind.INFER, ["zstd", "zstd"], True),
        (PATH, RouteKind.INFER, ["identity", "zstd"], True),
        (PATH, RouteKind.INFER, ["x-zstd"], True),
        ("/v1/responses", RouteKind.INFER, ["zstd"], False),
        ("/v1/messages", RouteKind.INFER, ["zstd"], False),
        ("/api/chat", RouteKind.INFER, ["zstd"], True),
        ("/api/chat", RouteKind.INFER, ["identity"], False),
        ("/api/show", RouteKind.READ, ["zstd"], True),
        ("/api/pull", RouteKind.MANAGE, ["gzip"], True),
        ("/v1/models", RouteKind.READ, ["zstd"], True),
        ("/api/me", RouteKind.OWNER, ["zstd"], True),
        ("/gate/slots", RouteKind.LIVE, ["gzip"], True),
        ("/api/blobs/sha256:" + "0" * 64, RouteKind.MANAGE, ["gzip"], False),
        ("/api/auth/login", RouteKind.UI, ["gzip"], False),
    ],
)
def test_a_coding_is_known_or_refused_by_the_head(
    path: str, kind: RouteKind, codings: list[str], is_refused: bool
) -> None:
    headers = [("host", "x"), *(("content-encoding", coding) for coding in codings)]
    refusal = refuse_encoding(Route(kind, path), headers)
    assert refusal == (Refusal(Reason.ENCODED_BODY) if is_refused else None)


@pytest.mark.parametrize(
    "frame",
    [_squeezed(CHAT_BYTES), _streamed(CHAT_BYTES), _streamed(CHAT_BYTES, 23)],
    ids=["at once", "as a stream", "with a window of 8 MiB"],
)
def test_one_frame_becomes_a_plain_body_of_its_own_length(frame: bytes) -> None:
    asked = _request(frame, "zstd", transfer_encoding="chunked")
    assert make_plain(asked, BodyRules()) is None
    assert asked.raw_content == CHAT_BYTES
    assert asked.headers["content-length"] == str(len(CHAT_BYTES))
    assert not {"content-encoding", "transfer-encoding"} & {name.lower() for name in asked.headers}


@pytest.mark.parametrize("codings", [(), ("identity",), ("Identity",)])
def test_a_plain_body_stays_as_it_is(codings: tuple[str, ...]) -> None:
    asked = _request(CHAT_BYTES, *codings, transfer_encoding="chunked")
    assert make_plain(asked, BodyRules()) is None
    assert asked.raw_content == CHAT_BYTES
    assert asked.headers["transfer-encoding"] == "chunked"


@pytest.mark.parametrize("codings", [("gzip",), ("zstd", "zstd"), ("",)])
def test_an_unknown_coding_is_never_taken_for_plain(codings: tuple[str, ...]) -> None:
    assert make_plain(_request(CHAT_BYTES, *codings), BodyRules()) == Refusal(Reason.ENCODED_BODY)


ODD_FRAMES = {
    "nothing": b"",
    "not zstd": CHAT_BYTES,
    "gzip": b"\x1f\x8b\x08\x00",
    "two frames": _squeezed(CHAT_BYTES) * 2,
    "a frame and a letter": _squeezed(CHAT_BYTES) + b"x",
    "a frame and a skippable one": _squeezed(CHAT_BYTES) + SKIPPABLE,
    "a skippable frame before": SKIPPABLE + _squeezed(CHAT_BYTES),
    "cut off": _squeezed(CHAT_BYTES)[:-1],
    "head alone": _squeezed(CHAT_BYTES)[:6],
    "wrong checksum": _squeezed(CHAT_BYTES, write_checksum=True)[:-1] + b"?",
    "a window of 16 MiB": _streamed(CHAT_BYTES, 24),
    "a window of 128 MiB": _streamed(CHAT_BYTES, 27),
    "a window of 2 GiB": b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00",
    "a dictionary": b"\x28\xb5\x2f\xfd\x21\x07" + _squeezed(CHAT_BYTES)[5:],
}


@pytest.mark.parametrize("case", ODD_FRAMES)
def test_anything_but_one_plain_frame_is_refused(case: str) -> None:
    asked = _request(ODD_FRAMES[case], "zstd")
    refusal = make_plain(asked, BodyRules())
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.MALFORMED
    assert asked.raw_content == ODD_FRAMES[case]


@pytest.mark.parametrize("make", [_squeezed, _streamed])
def test_a_frame_may_become_as_large_as_the_bound_and_no_larger(make: Callable[[bytes], bytes]) -> None:
    rules = BodyRules(decoded_bytes=5000)
    assert make_plain(_request(make(b"a" * 5000), "zstd"), rules) is None
    for size in (5001, 10_000_000):
        refusal = make_plain(_request(make(b"a" * size), "zstd"), rules)
        assert refusal == Refusal(Reason.BODY_TOO_LARGE, "5000")


@pytest.mark.parametrize(
    ("limit", "expected"), [("1024", 1024), (str(MOST_DECODED_BYTES + 1), 20 * MIB), ("1048576", MIB)]
)
def test_the_bound_is_ollamas_own_and_never_above_the_limit_for_all_bodies(
    tmp_path: Path, limit: str, expected: int
) -> None:
    settings = make_settings(tmp_path, "http://127.0.0.1:1", SLUICE_LIMITS__BODY_BYTES=limit)
    assert body_rules(settings) == BodyRules(expected, cloud_models=False)


# Over real sockets


async def _ask(house: House, body: bytes, *headers: str, path: str = PATH) -> Answer:
    key = await house.key()
    async with house.wire() as wire:
        return await wire.ask(request("POST", path, body, f"X-API-Key: {key}", *headers))


async def test_a_squeezed_body_reaches_ollama_plain(house: House) -> None:
    answer = await _ask(house, _streamed(CHAT_BYTES), ZSTD, "Content-Type: application/json")
    assert answer.status == 200
    assert "choices" in json.loads(answer.body)
    (seen,) = house.upstream.requests
    assert seen.body == CHAT_BYTES
    assert seen.header("content-encoding") is None
    assert seen.header("content-length") == str(len(CHAT_BYTES))
    assert (await house.journal())[0].model == CHAT["model"]


async def test_a_squeezed_body_in_chunks_reaches_ollama_plain(house: House) -> None:
    key, frame = await house.key(), _squeezed(CHAT_BYTES)
    head = request("POST", PATH, None, f"X-API-Key: {key}", ZSTD, "Transfer-Encoding: chunked")
    async with house.wire() as wire:
        answer = await wire.ask(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(frame), frame))
        assert answer.status == 200
        assert (await wire.ask(request("GET", "/gate/health"))).status == 200
    (seen,) = house.upstream.requests
    assert (seen.body, seen.header("transfer-encoding")) == (CHAT_BYTES, None)


async def test_a_body_that_says_it_is_plain_is_plain(house: House) -> None:
    assert (await _ask(house, CHAT_BYTES, "Content-Encoding: identity", path="/api/chat")).status == 200
    assert house.upstream.requests[0].header("content-encoding") is None


@pytest.mark.parametrize(
    ("path", "headers", "body", "expected"),
    [
        (PATH, ["Content-Encoding: gzip"], CHAT_BYTES, (415, "encoded_body")),
        (PATH, [ZSTD, ZSTD], _squeezed(CHAT_BYTES), (415, "encoded_body")),
        (PATH, ["Content-Encoding: zstd, zstd"], _squeezed(CHAT_BYTES), (415, "encoded_body")),
        ("/api/chat", [ZSTD], _squeezed(CHAT_BYTES), (415, "encoded_body")),
        ("/api/show", [ZSTD], _squeezed(CHAT_BYTES), (415, "encoded_body")),
        (PATH, [ZSTD], CHAT_BYTES, (400, "malformed")),
        (PATH, [ZSTD], _squeezed(CHAT_BYTES) * 2, (400, "malformed")),
        (PATH, [ZSTD], _squeezed(CHAT_BYTES) + b"{}", (400, "malformed")),
        (PATH, [ZSTD], _squeezed(bytes(200 * MIB)), (413, "body_too_large")),
        (PATH, [ZSTD], _streamed(bytes(40 * MIB)), (413, "body_too_large")),
        (PATH, [ZSTD], _squeezed(b'{"model":"a","Model":"b"}'), (400, "body_not_json")),
        (PATH, [ZSTD], _squeezed(b'{"model":"a:cloud"}'), (403, "cloud_model")),
    ],
)
async def test_what_cannot_be_read_is_refused_and_costs_no_slot(
    house: House, path: str, headers: list[str], body: bytes, expected: tuple[int, str]
) -> None:
    answer = await _ask(house, body, *headers, path=path)
    assert (answer.status, answer.reason) == expected
    assert house.upstream.requests == []
    assert house.gate.is_idle
    assert await house.journal() == []


async def test_a_squeezed_body_grows_no_larger_than_any_other_may(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_LIMITS__BODY_BYTES="2048") as house:
        long = CHAT | {"user": "x" * 2048}
        answer = await _ask(house, _squeezed(json.dumps(long).encode()), ZSTD)
        assert (answer.status, answer.reason) == (413, "body_too_large")
        assert "2048" in answer.text
        assert house.upstream.requests == []
