"""The key in the path is taken out at the door, and nothing that is kept afterwards holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.key_path import below_key, dialect_path, redacted, take_key
from addon.core.keys import compose_key
from tests.core.builders import patient

KEY = compose_key(b"k" * 37).text
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiIxIn0.c2lnbmF0dXJl"
PREFIXES = ("/api/code", "/team/a")


@pytest.mark.parametrize(
    ("target", "key", "kept", "below"),
    [
        ("/k/KEY/api/chat", "KEY", "/k/-/api/chat", "/api/chat"),
        ("/k/KEY/api/code/api/chat?x=1", "KEY", "/k/-/api/code/api/chat?x=1", "/api/code/api/chat?x=1"),
        ("/k/KEY/", "KEY", "/k/-/", "/"),
        ("/k/KEY", "KEY", "/k/-", "/"),
        ("/k/KEY?x", "KEY", "/k/-?x", "/?x"),
        ("/k/KEY//api/chat", "KEY", "/k/-//api/chat", "//api/chat"),
        ("/k/-/api/chat", "-", "/k/-/api/chat", "/api/chat"),
        ("/k/a%2Fb/api/chat", "a%2Fb", "/k/-/api/chat", "/api/chat"),
        ("/k/\xff/x", "\xff", "/k/-/x", "/x"),
        ("/k/KEY/a\nb", "KEY", "/k/-/a\nb", "/a\nb"),
        ("/api/chat", None, "/api/chat", "/api/chat"),
        ("/k/", None, "/k/", "/k/"),
        ("/k//api/chat", None, "/k//api/chat", "/k//api/chat"),
        ("/k", None, "/k", "/k"),
        ("/K/KEY/api/chat", None, "/K/KEY/api/chat", "/K/KEY/api/chat"),
        ("/kk/KEY/api/chat", None, "/kk/KEY/api/chat", "/kk/KEY/api/chat"),
        ("/api/code/k/KEY/api/chat", None, "/api/code/k/KEY/api/chat", "/api/code/k/KEY/api/chat"),
    ],
)
def test_a_target_is_taken_apart(target: str, key: str | None, kept: str, below: str) -> None:
    raw = target.encode("latin-1")
    assert take_key(raw) == (key, kept.encode("latin-1"))
    assert below_key(raw) == below_key(kept.encode("latin-1")) == below.encode("latin-1")


@pytest.mark.parametrize("secret", [KEY, KEY[:-3], KEY + "xyz", TOKEN])
@pytest.mark.parametrize(
    "form",
    ["/api/chat?key={}", "/{}/api/chat", "/api/code/k/{}/api/chat", "/K/{}", "http://h/k/{}/x", "/k/a/{}?{}"],
)
def test_a_secret_where_none_belongs_is_not_kept_either(form: str, secret: str) -> None:
    kept = take_key(form.format(secret, secret).encode())[1].decode()
    assert secret[12:-3] not in kept
    assert kept == form.format("-", "-").replace("/k/a/", "/k/-/")


@pytest.mark.parametrize(
    "text", ["/api/blobs/sha256:00", "sl_short", "sl_AAAAAAAA_x", "eyJ", "eyJ.x", "/v1/models/a.b.c"]
)
def test_what_has_not_the_form_of_a_secret_stays(text: str) -> None:
    assert redacted(text.encode()) == text.encode()


@given(st.binary(max_size=60), st.binary(max_size=20))
@patient
def test_no_key_survives_in_what_is_kept(before: bytes, behind: bytes) -> None:
    target = before + KEY.encode() + behind
    assert KEY.encode()[12:] not in take_key(target)[1]


@given(st.builds(bytes.__add__, st.sampled_from([b"", b"/k/", b"/k/x"]), st.binary(max_size=60)))
@patient
def test_taking_apart_twice_changes_nothing_more(target: bytes) -> None:
    kept = take_key(target)[1]
    assert take_key(kept)[1] == kept
    assert below_key(kept) == redacted(below_key(target))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/v1/messages?beta=true", "/v1/messages"),
        ("/k/KEY/v1/messages", "/v1/messages"),
        ("/k/-/v1/chat/completions", "/v1/chat/completions"),
        ("/k/KEY/api/code/v1/messages?x", "/v1/messages"),
        ("/api/code/v1/embeddings", "/v1/embeddings"),
        ("/team/a/v1/unknown", "/v1/unknown"),
        ("/api/code", "/api/code"),
        ("/api/codec/v1/x", "/api/codec/v1/x"),
        ("/api/code/team/a/v1/x", "/team/a/v1/x"),
        ("/", "/"),
        ("?", ""),
    ],
)
def test_the_dialect_is_that_of_the_path_below_key_and_prefix(target: str, path: str) -> None:
    assert dialect_path(target.encode(), PREFIXES) == path


def test_without_prefixes_only_the_key_is_left_out() -> None:
    assert dialect_path(b"/k/KEY/api/code/v1/x") == "/api/code/v1/x"
