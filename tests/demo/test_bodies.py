"""Request bodies are read with Go's habits."""

import pytest

from addon.demo.bodies import ApiError, Body
from addon.demo.engine import Message


@pytest.mark.parametrize(
    "raw",
    [b"", b"  \n", b"{", b"[1]", b"null", b'"a"', b'\xef\xbb\xbf{"model":"a"}', b'{"n":NaN}', b"model=a"],
)
def test_what_go_refuses_is_a_400(raw: bytes) -> None:
    with pytest.raises(ApiError) as refusal:
        Body.parse(raw)
    assert refusal.value.status == 400


def test_an_empty_body_is_named_as_such() -> None:
    with pytest.raises(ApiError, match="missing request body"):
        Body.parse(b"")


@pytest.mark.parametrize(
    ("raw", "model"),
    [
        (b'{"model":"a"}', "a"),
        (b'{"model":"a","MODEL":"b"}', "b"),
        (b'{"model":"a","model":"b"}', "b"),
        (b'{"model":"a"} trailing', "a"),
        (b' {"model":null}', None),
        (b'{"model":"\xff"}', "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_the_model_is_the_one_go_would_run(raw: bytes, model: str | None) -> None:
    assert Body.parse(raw).text("model") == model


def test_letters_that_fold_to_ascii_are_matched() -> None:
    assert Body.parse('{"\N{KELVIN SIGN}eep_alive":0}'.encode()).unloads()
    assert Body.parse('{"me\N{LATIN SMALL LETTER LONG S}sages":[]}'.encode()).messages() == ()


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b'{"x":"false"}', Body.flag),
        (b'{"x":1}', Body.flag),
        (b'{"x":1}', Body.text),
        (b'{"x":true}', Body.number),
        (b'{"x":"1"}', Body.whole),
        (b'{"x":{}}', Body.array),
        (b'{"x":[]}', Body.part),
        (b'{"x":[1]}', Body.strings),
    ],
)
def test_a_wrong_type_is_a_400_that_names_the_field(raw: bytes, read: object) -> None:
    assert callable(read)
    with pytest.raises(ApiError, match=r"x$") as refusal:
        read(Body.parse(raw), "x")
    assert refusal.value.status == 400


@pytest.mark.parametrize(
    ("keep_alive", "unloads"),
    [
        ("0", True),
        ('"0"', True),
        ('"0s"', True),
        ('"0m0s"', True),
        ("-1", False),
        ('"5m"', False),
        ("null", False),
    ],
)
def test_only_a_zero_keep_alive_unloads(keep_alive: str, unloads: bool) -> None:
    assert Body.parse(f'{{"keep_alive":{keep_alive}}}'.encode()).unloads() is unloads


@pytest.mark.parametrize("keep_alive", ['"soon"', '"5"', '""', "true", "[]"])
def test_any_other_keep_alive_is_a_400(keep_alive: str) -> None:
    with pytest.raises(ApiError) as refusal:
        Body.parse(f'{{"keep_alive":{keep_alive}}}'.encode()).unloads()
    assert refusal.value.status == 400


def test_openai_parts_are_reduced_to_their_text() -> None:
    body = Body.parse(
        b'{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"},'
        b'{"type":"text","text":"b"}]},{"role":"assistant","content":null}]}'
    )
    assert body.messages() == (Message("user", "ab"), Message("assistant", ""))


def test_a_message_that_is_no_object_is_a_400() -> None:
    with pytest.raises(ApiError, match="messages"):
        Body.parse(b'{"messages":["hi"]}').messages()


def test_stop_may_be_one_string_or_several() -> None:
    assert Body.parse(b'{"stop":"a"}').strings("stop") == ("a",)
    assert Body.parse(b'{"stop":["a","b"]}').strings("stop") == ("a", "b")
    assert Body.parse(b"{}").strings("stop") == ()
