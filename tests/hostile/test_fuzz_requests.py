"""The parsers of requests under fire: whatever comes, each answers what it promises, and raises nothing else.

`scripts/fuzz` runs the same with many more examples.
"""

import json
import re
from collections.abc import Sequence
from email import message_from_bytes

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from addon.core.ask import Ask, read_ask, read_form_ask, read_named
from addon.core.dialect import Dialect, dialect_of, refusal_body
from addon.core.head import HeadLimits, refuse_head
from addon.core.key_path import below_key, dialect_path, redacted, take_key
from addon.core.model_names import canonical
from addon.core.multipart import read_form
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind, classify
from addon.core.strict_json import read_object
from tests.hostile.mutations import (
    BODIES,
    BODY_TOKENS,
    FORM_TOKENS,
    FORM_TYPE,
    FORMS,
    HEAD_TOKENS,
    HEADS,
    KEY,
    TARGET_TOKENS,
    TARGETS,
    TIMEOUT_S,
    fuzz,
    mutated,
)

pytestmark = pytest.mark.timeout(TIMEOUT_S)

LIMITS = HeadLimits()
PREFIXES = ("/api/code", "/team/a")
UNREADABLE = {Reason.BODY_NOT_JSON, Reason.MODEL_MISSING}


@given(target=mutated(TARGETS, TARGET_TOKENS), method=st.sampled_from([b"GET", b"POST", b"post", b"\xff", b""]))
@fuzz
def test_a_target_is_a_route_byte_for_byte_or_refused(target: bytes, method: bytes) -> None:
    found = classify(method, target, PREFIXES)
    if isinstance(found, Refusal):
        assert found.reason in (Reason.UNKNOWN_PATH, Reason.WRONG_METHOD)
        return
    assert type(found) is Route
    assert type(found.kind) is RouteKind
    whole = (found.path + found.query).encode("ascii")
    assert target in (whole, *[prefix.encode() + whole for prefix in PREFIXES]) or target in _roots(whole)
    assert not set(found.path) & set("%;\\?#\0 ")
    assert "//" not in found.path
    assert "/." not in found.path


def _roots(whole: bytes) -> Sequence[bytes]:
    # `/api/code` alone is the root below it.
    return [prefix.encode() + whole.removeprefix(b"/") for prefix in PREFIXES]


@given(data=mutated(HEADS, HEAD_TOKENS))
@example(data=b"")
@fuzz
def test_a_head_is_good_from_its_first_byte_or_never(data: bytes) -> None:
    verdict = refuse_head(data, LIMITS)
    head, is_whole, _ = data.partition(b"\r\n\r\n")
    if verdict is None:
        assert len(head) <= LIMITS.head_bytes
        assert not set(head.replace(b"\r\n", b"")) & {0, 10, 13, 127} or not is_whole
        for end in {0, 1, len(data) // 3, len(data) // 2, max(len(data) - 1, 0)}:
            assert refuse_head(data[:end], LIMITS) is None, end
    else:
        assert verdict.reason in (Reason.MALFORMED, Reason.TARGET_TOO_LONG, Reason.HEAD_TOO_LARGE)
        assert refuse_head(data + b"x: y\r\n\r\n", LIMITS) is not None


@given(body=mutated(BODIES, BODY_TOKENS))
@fuzz
def test_a_body_is_one_object_for_every_reader_or_refused(body: bytes) -> None:
    found = read_object(body)
    if isinstance(found, Refusal):
        assert found.reason is Reason.BODY_NOT_JSON
        _assert_tells_in_one_line(found)
    else:
        assert found == json.loads(body)
        assert all(type(key) is str for key in found)


@given(body=mutated(BODIES, BODY_TOKENS), path=st.sampled_from(["/api/chat", "/v1/messages", "/api/embed"]))
@fuzz
def test_an_ask_is_what_ollama_would_read(body: bytes, path: str) -> None:
    found = read_ask(body, path)
    if isinstance(found, Refusal):
        assert found.reason in UNREADABLE
        _assert_tells_in_one_line(found)
        return
    assert type(found) is Ask
    assert type(found.is_streamed) is bool
    pairs = _pairs(body)
    # Go matches keys whatever their case, and of several the last one counts.
    models = [value for key, value in pairs if key.casefold() == "model"]
    assert models[-1:] == [found.model]
    streams = [value for key, value in pairs if key.casefold() == "stream"]
    assert streams[-1:] in ([], [None], [True], [False])


@given(
    body=mutated([*BODIES, b'{"source":"a","destination":"b:cloud"}'], BODY_TOKENS),
    path=st.sampled_from(["/api/pull", "/api/show", "/api/copy", "/api/create", "/api/new"]),
)
@fuzz
def test_every_model_that_a_body_names_is_seen(body: bytes, path: str) -> None:
    found = read_named(body, path)
    if isinstance(found, Refusal):
        assert found.reason in UNREADABLE
    elif body:
        keys = {"/api/copy": ("source", "destination")}.get(path, ("model", "name"))
        named = [value for key, value in _pairs(body) if key.casefold() in keys and value]
        assert [name for name in named if name not in found.models] == []


@given(
    body=mutated(FORMS, FORM_TOKENS),
    content_type=st.sampled_from([FORM_TYPE, 'Multipart/Form-Data;boundary="b"']),
)
@fuzz
def test_a_form_is_what_a_kinder_reader_sees_or_refused(body: bytes, content_type: str) -> None:
    found = read_form(body, content_type)
    if isinstance(found, Refusal):
        assert found.reason is Reason.BODY_NOT_FORM
        _assert_tells_in_one_line(found)
        return
    # Python ends a part at a lone LF or CR as well; Go does not once the first boundary's line ended in CR LF.
    assume(not re.search(rb"(?<!\r)\n--b|\r--b", body))
    assume("".join(found).isascii())  # it writes other names in another way
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = [part for part in message_from_bytes(head + body).walk() if not part.is_multipart()]
    fields = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
        for part in parts
        if part.get_filename() is None
    }
    fields.pop(None, None)  # a form without parts is one nameless part to it
    assert {name: value.encode() for name, value in found.items()} == fields


@given(body=mutated(FORMS, FORM_TOKENS))
@fuzz
def test_a_form_asks_for_the_one_model_in_it(body: bytes) -> None:
    found = read_form_ask(body, FORM_TYPE)
    if isinstance(found, Ask):
        assert not found.is_streamed
        assert found.model.encode() in body
    else:
        assert found.reason in (Reason.BODY_NOT_FORM, Reason.MODEL_MISSING)


@given(target=mutated(TARGETS, TARGET_TOKENS))
@fuzz
def test_no_key_stays_in_a_target(target: bytes) -> None:
    key, left = take_key(target)
    assert KEY.encode() not in left
    assert redacted(left) == left
    assert key is None or key.encode("latin-1") in target
    assert below_key(left).startswith(b"/") or not target.startswith(b"/k/")
    assert type(dialect_of(dialect_path(left, PREFIXES))) is Dialect


@given(name=st.text(max_size=40) | st.sampled_from(["", ":", "/", "a:b:c", "library/", "LIBRARY/A", "\u0130:x"]))
@fuzz
def test_a_models_name_has_one_spelling(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name)


@given(reason=st.sampled_from(Reason), detail=st.text(max_size=30), dialect=st.sampled_from(Dialect))
@fuzz
def test_a_refusal_can_always_be_said(reason: Reason, detail: str, dialect: Dialect) -> None:
    body = refusal_body(Refusal(reason, detail), dialect)
    assert b"\n" not in body
    assert "error" in json.loads(body)


def _pairs(body: bytes) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = json.loads(body, object_pairs_hook=list)
    return pairs


def _assert_tells_in_one_line(refusal: Refusal) -> None:
    assert "\n" not in refusal.message
    assert len(refusal.message) < 2000
