"""A meter reads the same numbers however the bytes are cut, and nothing an upstream sends makes it raise."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.usage import Meter, Usage
from tests.core.builders import patient

MEBIBYTE = 1024 * 1024


def ndjson(*records: Any) -> bytes:
    """A native stream."""
    return b"".join(json.dumps(record, separators=(",", ":")).encode() + b"\n" for record in records)


def sse(*records: Any, end: str = "data: [DONE]\n\n") -> bytes:
    """A stream as OpenAI's clients expect it."""
    return ("".join(f"data: {json.dumps(record)}\n\n" for record in records) + end).encode()


def metered(*chunks: bytes) -> Usage:
    """The usage of an answer that came in these chunks."""
    meter = Meter()
    for chunk in chunks:
        meter.feed(chunk)
    return meter.finish()


TOKEN = {"model": "m", "message": {"role": "assistant", "content": "héllo"}, "done": False}
LAST = {
    "model": "m",
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 11,
    "eval_count": 2,
    "load_duration": 1_500_000_000,
}
PIECE: dict[str, Any] = {"choices": [{"delta": {"content": "a"}}], "usage": None}
OPENAI = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 2, "total_tokens": 13}}
DELTA = {"type": "message_delta", "usage": {"input_tokens": 11, "output_tokens": 2}}
COMPLETED = {"type": "response.completed", "response": {"id": "r", "usage": DELTA["usage"]}}
TOLD = Usage(11, 2, 0.0, is_estimated=False)

ANSWERS = {
    "native stream": (ndjson(TOKEN, TOKEN, LAST), Usage(11, 2, 1.5, is_estimated=False)),
    "native stream, last newline missing": (ndjson(TOKEN, LAST)[:-1], Usage(11, 2, 1.5, is_estimated=False)),
    "native, not streamed": (json.dumps(LAST).encode(), Usage(11, 2, 1.5, is_estimated=False)),
    "native generate": (ndjson({"response": "a", "done": False}, LAST), Usage(11, 2, 1.5, is_estimated=False)),
    "native with context": (ndjson(LAST | {"context": [1, 2, 3]}), Usage(11, 2, 1.5, is_estimated=False)),
    "native, zeros left out": (ndjson({"done": True}), Usage(is_estimated=False)),
    "native, only a prompt": (ndjson({"done": True, "prompt_eval_count": 4}), Usage(4, is_estimated=False)),
    "native embeddings": (b'{"embeddings":[[0.5]],"prompt_eval_count":4}', Usage(4, is_estimated=False)),
    "native, broken off": (ndjson(TOKEN, TOKEN), Usage(completion_tokens=2)),
    "native, error as last line": (ndjson(TOKEN, {"error": "unexpected EOF"}), Usage(completion_tokens=1)),
    "with carriage returns": (ndjson(TOKEN, LAST).replace(b"\n", b"\r\n"), Usage(11, 2, 1.5, is_estimated=False)),
    "stream with usage": (sse(PIECE, PIECE, OPENAI), TOLD),
    "stream with usage and pings": (b": ping\n\n" + sse(PIECE, OPENAI), TOLD),
    "stream without blanks": (sse(PIECE, OPENAI).replace(b"data: ", b"data:"), TOLD),
    "stream that says null afterwards": (sse(OPENAI, PIECE), TOLD),
    "stream without usage": (sse(PIECE, PIECE, PIECE), Usage(completion_tokens=3)),
    "stream broken off": (sse(PIECE, end='data: {"cho'), Usage(completion_tokens=2)),
    "compatible, not streamed": (json.dumps(OPENAI).encode(), TOLD),
    "messages stream": (b"event: message_delta\n" + sse(DELTA, {"type": "message_stop"}, end=""), TOLD),
    "responses stream": (b"event: response.completed\n" + sse(PIECE, COMPLETED, end=""), TOLD),
    "responses, not streamed": (json.dumps(COMPLETED["response"]).encode(), TOLD),
    "text that speaks of usage": (ndjson({"response": '"usage":{"eval_count"'}), Usage(completion_tokens=1)),
    "nothing": (b"", Usage()),
    "blank lines": (b"\n\n \r\n\n", Usage()),
    "not JSON": (b"<html>\n<body>Bad gateway</body>\n", Usage()),
    "a list": (b'[{"usage":{"prompt_tokens":1}}]\n', Usage()),
}  # fmt: skip

answers = pytest.mark.parametrize("name", ANSWERS)


@answers
def test_each_kind_of_answer_is_understood(name: str) -> None:
    answer, expected = ANSWERS[name]
    assert metered(answer) == expected


@answers
def test_an_answer_in_single_bytes_is_the_same_answer(name: str) -> None:
    answer, expected = ANSWERS[name]
    assert metered(*(bytes([byte]) for byte in answer)) == expected


@given(name=st.sampled_from(sorted(ANSWERS)), data=st.data())
@patient
def test_the_cuts_between_chunks_do_not_matter(name: str, data: st.DataObject) -> None:
    answer, expected = ANSWERS[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(answer)), max_size=8)))
    edges = [0, *cuts, len(answer)]
    assert metered(*(answer[start:stop] for start, stop in pairwise(edges))) == expected


@pytest.mark.parametrize(
    ("answer", "has_failed"),
    [
        (ndjson(TOKEN, {"error": "unexpected EOF"}), True),
        (ndjson(TOKEN, {"error": "unexpected EOF"})[:-1], True),
        (sse({"error": {"message": "unexpected EOF"}}).rstrip(), True),
        (sse(PIECE, {"error": {"message": "unexpected EOF"}}), True),
        (b'event: error\ndata: {"type":"error","error":{"message":"unexpected EOF"}}\n\n', True),
        (ndjson(TOKEN, LAST), False),
        (sse(PIECE, OPENAI), False),
        (ndjson({"message": {"content": '{"error":1}'}}, LAST), False),
        (b"", False),
    ],
)
def test_a_stream_that_ends_with_an_error_has_failed(answer: bytes, has_failed: bool) -> None:
    meter = Meter()
    for start in range(0, len(answer), 7):
        meter.feed(answer[start : start + 7])
    assert meter.has_failed is has_failed


def test_an_answer_that_is_an_error_as_a_whole_costs_nothing() -> None:
    meter = Meter()
    meter.is_error = True
    meter.feed(b'{"error":"model not found","usage":{"prompt_tokens":5}}')
    assert (meter.finish(), meter.pieces, meter.has_failed, meter.bytes) == (Usage(), 0, True, 55)


@given(st.lists(st.binary(max_size=40), max_size=8))
@patient
def test_garbage_never_makes_a_meter_raise(chunks: list[bytes]) -> None:
    assert metered(*chunks).prompt_tokens == 0


@pytest.mark.parametrize(
    "record",
    [
        b'{"usage":' + b"[" * 200_000,
        b'{"done":true,"eval_count":' + b"9" * 5000 + b"}",
        b'{"usage":{"prompt_tokens":1}',
        b'{"usage":"\xff"}',
        b'{"usage":[]}',
        b'{"usage":null,"response":{"usage":null}}',
        b'"usage"',
    ],
    ids=["nested deeply", "long number", "cut off", "not UTF-8", "a list", "null", "a word"],
)
def test_a_broken_record_tells_nothing(record: bytes) -> None:
    assert metered(record + b"\n").is_estimated
    assert metered(record + b"\n" + ndjson(LAST)) == Usage(11, 2, 1.5, is_estimated=False)


@pytest.mark.parametrize("count", [-1, True, None, 1.5, "7", [7], 2**63, 10**400])
def test_a_count_that_is_none_counts_as_zero(count: object) -> None:
    native = {"done": True, "eval_count": count, "prompt_eval_count": count, "load_duration": count}
    compatible = {"usage": {"prompt_tokens": count, "completion_tokens": count}}
    nothing = Usage(is_estimated=False)
    for record in (native, compatible):
        usage = metered(ndjson(record))
        assert usage == nothing
        assert type(usage.completion_tokens) is int


def test_the_last_usage_counts() -> None:
    first = {"usage": {"prompt_tokens": 11, "completion_tokens": 1}}
    assert metered(sse(first, OPENAI)) == TOLD


def test_finishing_again_changes_nothing() -> None:
    meter = Meter()
    meter.feed(ndjson(TOKEN, LAST)[:-1])
    assert meter.finish() == meter.finish()


def test_the_pieces_are_counted_as_they_pass() -> None:
    meter = Meter()
    meter.feed(ndjson(TOKEN, TOKEN) + b'{"half')
    assert meter.pieces == 2


def test_a_large_final_record_is_still_read() -> None:
    record = ndjson(LAST | {"context": [123456] * 100_000})
    assert 500_000 < len(record) < MEBIBYTE
    assert not metered(*(record[at : at + 65_536] for at in range(0, len(record), 65_536))).is_estimated


def test_an_oversize_record_is_given_up_and_the_next_one_read() -> None:
    meter = Meter()
    meter.feed(b'{"context":"' + b"x" * MEBIBYTE)
    meter.feed(b'{"done":true,"eval_count":9,"context":"' + b"x" * MEBIBYTE)
    meter.feed(b'{"done":true,"eval_count":9,')
    meter.feed(b'"done":true}\n')
    assert meter.pieces == 0
    meter.feed(ndjson(LAST))
    assert meter.finish() == Usage(11, 2, 1.5, is_estimated=False)


def test_an_answer_that_ends_inside_an_oversize_record_is_estimated() -> None:
    assert metered(ndjson(TOKEN), b'{"context":"' + b"x" * MEBIBYTE, b'","eval_count":9}') == Usage(
        completion_tokens=1
    )


_ANTHROPIC = (
    b"event: message_start\n"
    b'data: {"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}\n\n'
    b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"One"}}\n\n'
)


def test_an_anthropic_stream_tells_its_usage_in_two_events() -> None:
    meter = Meter()
    meter.feed(
        _ANTHROPIC + b'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":3}}\n\n'
    )
    usage = meter.finish()
    assert (usage.prompt_tokens, usage.completion_tokens, usage.is_estimated) == (7, 3, False)


def test_an_anthropic_stream_that_is_cut_keeps_its_prompt_and_estimates_the_rest() -> None:
    meter = Meter()
    meter.feed(_ANTHROPIC)
    usage = meter.finish()
    assert (usage.prompt_tokens, usage.completion_tokens, usage.is_estimated) == (7, 2, True)
