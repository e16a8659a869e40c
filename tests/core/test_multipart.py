"""Forms are read in one way or not at all: Go's reader, which is Ollama's, forgives much of this."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.multipart import MOST_FIELD_BYTES, MOST_HEAD_BYTES, MOST_PARTS, read_form
from addon.core.refusal import Reason, Refusal
from tests.core.builders import patient

TYPE = "multipart/form-data; boundary=xYz"
FILE = b"""Content-Disposition: form-data; name="file"; filename="a.wav"\r
Content-Type: audio/wav\r\n\r\n\x00\xff\r\n\r\n"""


def part(disposition: str, value: bytes = b"m", *lines: str) -> bytes:
    return "\r\n".join([f"Content-Disposition: {disposition}", *lines]).encode() + b"\r\n\r\n" + value


def field(name: str, value: bytes = b"m", *lines: str) -> bytes:
    return part(f'form-data; name="{name}"', value, *lines)


def form(*parts: bytes) -> bytes:
    return b"".join(b"--xYz\r\n" + one + b"\r\n" for one in parts) + b"--xYz--\r\n"


MODEL = field("model")


@pytest.mark.parametrize(
    "body",
    [
        form(MODEL, FILE),
        form(FILE, MODEL),
        form(MODEL, FILE)[:-2],
        form(field("model", b"m", "Content-Type: text/plain")),
        form(field("model", b"m", "Content-Type: Text/Plain; charset=UTF-8", "content-length: 1")),
        form(field("model", b"m", 'Content-Type: text/plain; charset="utf-8"')),
        form(field("model", b"m", "Content-Transfer-Encoding: 8bit")),
        form(part("form-data; name=model")),
        form(part('FORM-DATA;name="model"')),
        form(MODEL, part('form-data; name="file"; filename="a.wav"; filename*=utf-8\'\'%c3%a4.wav')),
        form(MODEL, part('form-data; name="file"; filename="a\\"b\\\\c.wav"')),
        form(MODEL, part("form-data; name=file; filename=a.wav")),
        form(MODEL, part('form-data; name="file"; filename=""', b"")),
        form(MODEL, field("timestamp_granularities[]", b"word"), field("timestamp_granularities[]", b"segment")),
        form(MODEL, part('form-data; name="file"; filename="a"', b"x--xYz\r\n--xY\r\n-xYz--\n--xY\n -xYz")),
        form(MODEL, field("prompt", b"one\n--\ntwo")),
    ],
)
def test_what_clients_send_is_read(body: bytes) -> None:
    fields = read_form(body, TYPE)
    assert isinstance(fields, dict)
    assert fields["model"] == "m"
    assert "file" not in fields


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=xYz",
        "Multipart/Form-Data;boundary=xYz",
        'multipart/form-data; boundary="xYz"',
        "multipart/form-data \t; BOUNDARY=xYz",
    ],
)
def test_a_content_type_names_the_boundary(content_type: str) -> None:
    assert read_form(form(MODEL), content_type) == {"model": "m"}


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'),
        *("multipart/mixed; boundary=xYz", "application/json", "application/x-www-form-urlencoded"),
        *("multipart/form-data; boundary=xYz; boundary=abc", "multipart/form-data; boundary=xYz; charset=utf-16"),
        *("multipart/form-data; charset=utf-8; boundary=xYz", "multipart/form-data; boundary=x Yz"),
        *("multipart/form-data; boundary=xYz,text/plain", "text/plain, multipart/form-data; boundary=xYz"),
        *("multipart/form-data; boundary*=utf-8''xYz", "multipart/form-data; boundary*0=x; boundary*1=Yz"),
        *('multipart/form-data; boundary="x\\Yz"', "multipart/form-data; boundary=" + "x" * 71),
        *("multipart/form-data; boundary=xyz", "multipart/form-data; boundary='xYz'"),
        "multipart/form-data; boundary=x:Yz",
    ],
)  # fmt: skip
def test_a_content_type_without_one_plain_boundary_is_refused(content_type: str) -> None:
    refusal = read_form(form(MODEL), content_type)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "does not begin"),
        (b'{"model":"m"}', "does not begin"),
        (b"model=m", "does not begin"),
        (b"\r\n" + form(MODEL), "does not begin"),
        (b"preamble\r\n" + form(MODEL), "does not begin"),
        (form(MODEL) + b"x", "does not end"),
        (form(MODEL) + b"\r\n", "does not end"),
        (form(MODEL) + form(field("model", b"other")), "something follows a boundary"),
        (form(MODEL).replace(b"--xYz--\r\n", b"--xYz"), "does not end"),
        (form(MODEL).replace(b"--xYz--\r\n", b""), "does not end"),
        (form(MODEL).replace(b"--xYz--", b"--xYz --"), "does not end"),
        (form(MODEL).replace(b"\r\n", b"\n"), "does not end"),
        (b"--xYz\n" + MODEL + b"\r\n--xYz--\r\n", "something follows a boundary"),
        (b"--xYz \r\n" + MODEL + b"\r\n--xYz--\r\n", "something follows a boundary"),
        (b"--xYzA\r\n" + MODEL + b"\r\n--xYz--\r\n", "something follows a boundary"),
        (form(MODEL, b"\r\n\r\nx"), "a header line"),
        (form(MODEL, b"--x"), "has no head"),
        (form(MODEL, field("file", b"\r\n--xYz \r\n" + field("model", b"other"))), "something follows a boundary"),
        (form(MODEL, field("prompt", b"a\n--xYz\r\n" + field("model", b"other"))), "half a line end"),
        (form(MODEL, field("prompt", b"a\r--xYz\r\n" + field("model", b"other"))), "half a line end"),
        (form(field("prompt", b"a\n--xYz\n" + field("model", b"other")), MODEL), "half a line end"),
        (form(MODEL, field("prompt", b"a\n--xYz--\n")), "half a line end"),
        (form(MODEL, field("prompt", b"\n--xYz")), "half a line end"),
        (form(MODEL, part('form-data; name="file"; filename="a"', b"\x00\n--xYz\n")), "half a line end"),
        (form(MODEL, MODEL), "twice"),
        (form(MODEL, field("Model", b"other")), "twice"),
        (form(MODEL, part('form-data; name="model"; filename=""', b"other")), "twice"),
        (form(part('form-data; name="model"; filename="a"', b"other"), MODEL), "twice"),
        (form(MODEL, field("prompt"), field("prompt")), "twice"),
        (form(part("form-data; name*=utf-8''model")), "not named"),
        (form(part('form-data; name*0="mo"; name*1="del"')), "not named"),
        (form(part('form-data; name="model"; name="other"')), "not named"),
        (form(part('form-data; name="mo\\del"')), "not named"),
        (form(part('form-data; filename="a"; name="model"')), "not named"),
        (form(part('attachment; name="model"')), "not named"),
        (form(part("form-data")), "not named"),
        (form(part('form-data; name="model"; x=y')), "not named"),
        (form(b"Content-Type: text/plain\r\n\r\nm"), "not named"),
        (form(field("model", b"m", 'Content-Disposition: form-data; name="other"')), "a header twice"),
        (form(field("model", b"m", "Content-Transfer-Encoding: quoted-printable")), "encoded"),
        (form(field("model", b"m", "Content-Transfer-Encoding: base64")), "encoded"),
        (form(field("model", b"m", "Content-Type: text/plain; charset=utf-16")), "not plain text"),
        (form(field("model", b"m", "Content-Type: application/json")), "not plain text"),
        (form(field("model", b"m" * (MOST_FIELD_BYTES + 1))), "a very long one"),
        (form(field("model", b"m", "X-Other: y")), "a header line"),
        (form(field("model", b"m", " folded")), "a header line"),
        (form(field("model", b"m", "Content-Type : text/plain")), "a header line"),
        (form(part('form-data; name="model"\n', b"m")), "a header line"),
        (form(part('form-data; name="model"', b"m", "Content-Type: a\x00")), "a header line"),
        (form(part('form-data; name="' + "x" * MOST_HEAD_BYTES + '"')), "bytes"),
        (form(field("model", b"\xff")), "not UTF-8"),
        (form(b'Content-Disposition: form-data; name="\xff"\r\n\r\nm'), "not UTF-8"),
        (form(*(field(str(number)) for number in range(MOST_PARTS + 1))), "more than 32 parts"),
        (form(*(field(str(number)) for number in range(1000))), "more than 32 parts"),
    ],
)
def test_a_form_that_could_be_read_two_ways_is_refused(body: bytes, said: str) -> None:
    refusal = read_form(body, TYPE)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM
    assert said in refusal.message


def test_a_form_has_as_many_parts_as_it_may() -> None:
    fields = read_form(form(*(field(str(number)) for number in range(MOST_PARTS))), TYPE)
    assert isinstance(fields, dict)
    assert len(fields) == MOST_PARTS


def test_an_empty_form_has_no_fields() -> None:
    assert read_form(form(), TYPE) == {}


@given(st.binary(max_size=80) | st.lists(st.sampled_from([b"--xYz", b"\r\n", b"--", MODEL, FILE])).map(b"".join))
@patient
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    fields = read_form(body, TYPE)
    assert isinstance(fields, dict | Refusal)
    if isinstance(fields, dict) and fields:
        assert fields == {"model": "m"}


@given(value=st.text(max_size=20), data=st.binary(max_size=60))
@patient
def test_what_is_read_is_what_was_written(value: str, data: bytes) -> None:
    body = form(field("model", value.encode()), part('form-data; name="file"; filename="a"', data))
    assert read_form(body, TYPE) == {"model": value}
