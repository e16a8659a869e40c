"""Sluice and Ollama never read one body differently: what could be read two ways is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.ask import Ask, Named, read_ask, read_form_ask, read_named
from addon.core.refusal import Reason, Refusal
from tests.core.builders import patient

NATIVE, COMPATIBLE = "/api/chat", "/v1/chat/completions"
DEEP = 100_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        (b'{"model":"a"}', NATIVE, Ask("a", True)),
        (b'{"model":"a"}', COMPATIBLE, Ask("a", False)),
        (b'{"model":"a","stream":null}', NATIVE, Ask("a", True)),
        (b'{"model":"a","stream":null}', COMPATIBLE, Ask("a", False)),
        (b'{"model":"a","stream":false}', NATIVE, Ask("a", False)),
        (b'{"model":"a","stream":true}', COMPATIBLE, Ask("a", True)),
        (b' \r\n{"stream" : true, "model" : "library/A:1"}\t', NATIVE, Ask("library/A:1", True)),
        ('{"model":"größe"}'.encode(), NATIVE, Ask("größe", True)),
        (b'{"model":"\\u0061"}', NATIVE, Ask("a", True)),
        (b'{"\\u006dodel":"a"}', NATIVE, Ask("a", True)),
        (b'{"model":"\\ud83d\\ude00"}', NATIVE, Ask("😀", True)),
        (b'{"model":" a "}', NATIVE, Ask(" a ", True)),
        (b'{"model":"a"}', "/api/generate", Ask("a", True)),
        (b'{"model":"a"}', "/api/embed", Ask("a", False)),
        (b'{"model":"a","stream":true}', "/api/embed", Ask("a", False)),
        (b'{"model":"a","stream":true}', "/v1/embeddings", Ask("a", False)),
        (b'{"model":"a","stream":true}', "/v1/images/generations", Ask("a", False)),
        (b'{"model":"a","stream":true}', "/v1/messages", Ask("a", True)),
        (b'{"model":"a","stream":true}', "/v1/responses", Ask("a", True)),
    ],
)
def test_model_and_stream_are_read_with_the_path_s_own_default(body: bytes, path: str, expected: Ask) -> None:
    assert read_ask(body, path) == expected


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"a","tools":[{"function":{"parameters":{"properties":{"Model":{},"STREAM":{}}}}}]}',
        b'{"model":"a","options":{"Stream":false,"MODEL":"b"}}',
        '{"model":"a","\u212aeep_alive":0}'.encode(),
        '{"model":"a","me\u017f\u017fages":[]}'.encode(),
        b'{"model":"a","models":["b"],"streams":1}',
    ],
    ids=["tool", "options", "kelvin sign", "long s", "longer names"],
)
def test_keys_that_decide_nothing_here_pass_in_any_spelling(body: bytes) -> None:
    assert read_ask(body, NATIVE) == Ask("a", True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"model":"a","model":"b"}', "a key appears twice"),
        (b'{"model":"a","\\u006dodel":"b"}', "a key appears twice"),
        (b'{"model":"a","stream":true,"stream":false}', "a key appears twice"),
        (b'{"model":"a","options":{"seed":1,"seed":2}}', "a key appears twice"),
        (b'{"model":"a","MODEL":"b"}', "the key 'MODEL' must be written 'model'"),
        (b'{"Model":"a"}', "the key 'Model' must be written 'model'"),
        (b'{"model":"a","stream":false,"STREAM":true}', "'stream'"),
        ('{"model":"a","\u017ftream":true}'.encode(), "'stream'"),
        (b'{"model":"a"}{"model":"b"}', "Extra data at character 13"),
        (b'{"model":"a"} garbage', "Extra data"),
        (b'\xef\xbb\xbf{"model":"a"}', "BOM"),
        (b'{"model":"a","x":NaN}', "NaN is not JSON"),
        (b'{"model":"a","x":Infinity}', "Infinity is not JSON"),
        (b'{"model":"a","x":-Infinity}', "-Infinity is not JSON"),
        (b'["model","a"]', "not an object"),
        (b'"model"', "not an object"),
        (b"null", "not an object"),
        (b"", "at character 0"),
        (b"model=a&stream=true", "at character 0"),
        (b"{'model':'a'}", "double quotes"),
        (b'{"model":"a",}', "at character 1"),  # 12 or 13, by the version of Python
        (b'{"model":"a"', "at character 12"),
        (b'{"model":"a\n"}', "control character"),
        (b'{"model":"\xff"}', "not UTF-8"),
        (b"\x1f\x8b\x08\x00", "not UTF-8"),
        ('{"model":"a"}'.encode("utf-16"), "not UTF-8"),
        ('{"model":"a"}'.encode("utf-16-le"), "double quotes at character 1"),
        ('{"model":"a"}'.encode("utf-16-be"), "Expecting value at character 0"),
        ('{"model":"a"}'.encode("utf-32-be"), "Expecting value at character 0"),
        ('\ufeff{"model":"a"}'.encode("utf-16-le"), "not UTF-8"),
        (b'{"model":"a"}\x00', "Extra data"),
        (b'{"model":"a","\\u004dodel":"b"}', "the key 'Model' must be written 'model'"),
        (b'{"model":"a","\\u0053tream":true}', "the key 'Stream' must be written 'stream'"),
        (b'{"model":"a","\\u017ftream":true}', "'stream'"),
        (b'{"model":"a","x":' + b"[" * 64 + b"]" * 64 + b"}", "nested too deeply"),
        (b'{"model":"a","x":' + b'{"y":' * 64 + b"1" + b"}" * 64 + b"}", "nested too deeply"),
        (b'{"model":"a","x":' + b'[{"y":[' * 22 + b"]}]" * 22 + b"}", "nested too deeply"),
        (b'{"model":"a","x":' + b"9" * 5000 + b"}", "a number in it is too long"),
        (b'{"model":"a","x":' + b"[" * DEEP + b"]" * DEEP + b"}", "nested too deeply"),
        (b'{"model":"a","x":' + b'{"y":' * DEEP + b"1" + b"}" * DEEP + b"}", "nested too deeply"),
        (b'{"model":"\\ud800"}', "surrogate"),
        (b'{"model":"a\\udfffb"}', "surrogate"),
        (b'{"model":"' + b"a" * 601 + b'"}', "longer than 600 characters"),
        (b'{"model":"a\\u001b[2J"}', "cannot be shown"),
        (b'{"model":"a\\u202eb"}', "cannot be shown"),
        (b'{"model":"a","stream":"false"}', '"stream" must be true or false'),
        (b'{"model":"a","stream":1}', '"stream" must be true or false'),
        (b'{"model":"a","stream":[]}', '"stream" must be true or false'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_body_that_could_be_read_two_ways_or_not_at_all_is_refused(body: bytes, said: str) -> None:
    refusal = read_ask(body, NATIVE)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_JSON
    assert said in refusal.message


@pytest.mark.parametrize(
    "deep", [b"[" * 63 + b"]" * 63, b'{"y":' * 63 + b"1" + b"}" * 63], ids=["lists", "objects"]
)
def test_sixty_four_levels_are_deep_enough_for_everybody(deep: bytes) -> None:
    assert read_ask(b'{"model":"a","x":' + deep + b"}", NATIVE) == Ask("a", True)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"model":null}',
        b'{"model":""}',
        b'{"model":" \\t"}',
        b'{"model":7}',
        b'{"model":["a"]}',
        b'{"x":{"model":"a"}}',
    ],
)
def test_a_body_without_a_model_is_refused_as_such(body: bytes) -> None:
    assert read_ask(body, NATIVE) == Refusal(Reason.MODEL_MISSING)


@given(st.binary(max_size=60))
@patient
def test_no_bytes_make_reading_raise(body: bytes) -> None:
    assert isinstance(read_ask(body, NATIVE), Ask | Refusal)


@given(rest=st.dictionaries(st.text(max_size=6), JSON, max_size=4), model=st.text(min_size=1, max_size=10))
@patient
def test_whatever_is_read_is_what_a_second_reader_finds(rest: dict[str, object], model: str) -> None:
    body = json.dumps(rest | {"model": model}).encode()
    ask = read_ask(body, NATIVE)
    if isinstance(ask, Ask):
        assert ask.model == json.loads(body)["model"]
        assert [key for key in json.loads(body) if key.lower() in ("model", "stream")] in (
            ["model"],
            ["model", "stream"],
            ["stream", "model"],
        )


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/api/show", b'{"model":"a"}', Named(("a",))),
        ("/api/show", b'{"name":"a","verbose":true}', Named(("a",))),
        ("/api/show", b'{"model":"a","name":"b"}', Named(("a", "b"))),
        ("/api/show", b'{"model":"","name":"b"}', Named(("b",))),
        ("/api/show", b'{"model":null,"name":"b"}', Named(("b",))),
        ("/api/show", b'{"model":"a","from":"b","source":"c"}', Named(("a",))),
        ("/api/pull", b'{"model":"a","insecure":true,"stream":false}', Named(("a",))),
        ("/api/push", b'{"name":"me/a"}', Named(("me/a",))),
        ("/api/delete", b'{"name":"a"}', Named(("a",))),
        ("/api/create", b'{"model":"a","from":"b","files":{"Model":"x"}}', Named(("a", "b"))),
        ("/api/create", b'{"model":"a","from":"b","remote_host":"ollama.com"}', Named(("a", "b"), is_remote=True)),
        ("/api/create", b'{"model":"a","from":"b","remote_host":""}', Named(("a", "b"))),
        ("/api/copy", b'{"source":"a","destination":"b"}', Named(("a", "b"))),
        ("/api/copy", b'{"source":"a"}', Named(("a",))),
        ("/api/pull", b"{}", Named()),
        ("/api/new", b"", Named()),
        ("/api/new", b'{"model":"a","name":"b","source":"c","destination":"d"}', Named(("a", "b", "c", "d"))),
        ("/api/new", b'{"x":1}', Named()),
    ],
)
def test_every_model_that_a_body_names_is_found(path: str, body: bytes, expected: Named) -> None:
    assert read_named(body, path) == expected


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/api/pull", b"", "at character 0"),
        ("/api/pull", b"[]", "not an object"),
        ("/api/pull", b'{"model":"a","model":"b"}', "twice"),
        ("/api/pull", b'{"model":"a","Model":"b"}', "'Model' must be written 'model'"),
        ("/api/pull", b'{"model":"a","NAME":"b"}', "'NAME' must be written 'name'"),
        ("/api/delete", b'{"Name":"b"}', "'Name' must be written 'name'"),
        ("/api/create", b'{"model":"a","From":"b"}', "'From' must be written 'from'"),
        ("/api/create", b'{"model":"a","Remote_Host":"b"}', "'Remote_Host' must be written 'remote_host'"),
        ("/api/create", '{"model":"a","remote_ho\u017ft":"b"}'.encode(), "'remote_host'"),
        ("/api/copy", b'{"source":"a","Destination":"b"}', "'Destination' must be written 'destination'"),
        ("/api/copy", '{"\u017fource":"a"}'.encode(), "'source'"),
        ("/api/copy", b'{"source":"a","source":"b"}', "twice"),
        ("/api/show", b'{"name":7}', '"name" must be a text'),
        ("/api/show", b'{"model":["a"]}', '"model" must be a text'),
        ("/api/show", b'{"model":false}', '"model" must be a text'),
        ("/api/show", b'{"name":"a\\u0000"}', '"name" holds a character'),
        ("/api/show", b'{"name":"\\ud800"}', "surrogate"),
        ("/api/pull", b'\xef\xbb\xbf{"name":"a"}', "BOM"),
        ("/api/pull", b'{"name":NaN}', "NaN"),
        ("/api/new", b"x", "at character 0"),
        ("/api/new", b'{"Source":"a"}', "'source'"),
    ],
)
def test_a_body_that_names_models_in_two_ways_is_refused(path: str, body: bytes, said: str) -> None:
    refusal = read_named(body, path)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_JSON
    assert said in refusal.message


@given(st.binary(max_size=60), st.sampled_from(["/api/show", "/api/copy", "/api/new"]))
@patient
def test_no_bytes_make_reading_names_raise(body: bytes, path: str) -> None:
    assert isinstance(read_named(body, path), Named | Refusal)


def _form(model: bytes | None) -> bytes:
    field = (
        b"" if model is None else b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\n' + model + b"\r\n"
    )
    return field + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\xff\r\n--x--\r\n'


def test_a_form_names_its_model_and_does_not_stream() -> None:
    assert read_form_ask(_form(b"whisper"), "multipart/form-data; boundary=x") == Ask("whisper", is_streamed=False)


@pytest.mark.parametrize("model", [None, b"", b" \t"])
def test_a_form_without_a_model_is_refused_as_such(model: bytes | None) -> None:
    assert read_form_ask(_form(model), "multipart/form-data; boundary=x") == Refusal(Reason.MODEL_MISSING)


@pytest.mark.parametrize("model", [b"a\x00", b"a\r\nb", "a\u202eb".encode(), b"a" * 601, b"\xff"])
def test_a_form_with_an_odd_model_is_refused(model: bytes) -> None:
    refusal = read_form_ask(_form(model), "multipart/form-data; boundary=x")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM


def test_a_form_of_another_kind_is_refused() -> None:
    refusal = read_form_ask(b'{"model":"a"}', "application/json")
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.BODY_NOT_FORM
