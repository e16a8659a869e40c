"""What a recognised asker may do, and what a browser must show before it may."""

import pytest

from addon.core import session
from addon.core.access import (
    refuse_browser,
    refuse_key_in_path,
    refuse_model,
    refuse_route,
    refuse_web_search,
)
from addon.core.policy import Identity
from addon.core.principal import DEFAULT_SCOPES, PrincipalClass, Scope
from addon.core.refusal import Reason, Refusal
from addon.core.routes import Route, RouteKind
from tests.core.builders import make_principal

SECRET = b"s" * 32
CSRF = session.csrf_token("session-1", SECRET)
USER = make_principal("user:1", PrincipalClass.WEB_CHAT)
BY_COOKIE = Identity(USER, session_id="session-1", by_cookie=True)
BY_BEARER = Identity(USER, session_id="session-1")
BY_ADDRESS = Identity(make_principal(), by_address=True)
BY_KEY = Identity(make_principal("key:1", PrincipalClass.CUSTOM_APP))

HOST = ("host", "sluice.example:8000")
OWN_ORIGIN = ("origin", "http://sluice.example:8000")
FOREIGN_ORIGINS = [
    "null",
    "",
    "https://evil.example",
    "http://sluice.example",
    "http://sluice.example:8001",
    "http://sluice.example:8000.evil.example",
    "http://evil.example/sluice.example:8000",
    "http://user@sluice.example:8000",
    "ftp://sluice.example:8000",
    "://sluice.example:8000",
    "sluice.example:8000",
    "http:sluice.example:8000",
    "app://obsidian.md",
]


@pytest.mark.parametrize(
    ("kind", "scopes", "expected"),
    [
        (RouteKind.INFER, DEFAULT_SCOPES, None),
        (RouteKind.READ, DEFAULT_SCOPES, None),
        (RouteKind.MANAGE, DEFAULT_SCOPES, Refusal(Reason.SCOPE_MISSING, "manage")),
        (RouteKind.MANAGE, frozenset({Scope.MANAGE}), None),
        (RouteKind.INFER, frozenset({Scope.MANAGE}), Refusal(Reason.SCOPE_MISSING, "infer")),
        (RouteKind.READ, frozenset({Scope.INFER}), Refusal(Reason.SCOPE_MISSING, "read")),
        (RouteKind.INFER, frozenset({Scope.ADMIN}), Refusal(Reason.SCOPE_MISSING, "infer")),
        (RouteKind.OWNER, frozenset(Scope), Refusal(Reason.ROUTE_DISABLED, "/path")),
        (RouteKind.LIVE, frozenset[Scope](), None),
        (RouteKind.UI, frozenset[Scope](), None),
    ],
)
def test_a_route_needs_its_scope_and_the_owner_s_routes_are_off(
    kind: RouteKind, scopes: frozenset[Scope], expected: Refusal | None
) -> None:
    assert refuse_route(make_principal(scopes=scopes), Route(kind, "/path")) == expected


@pytest.mark.parametrize("model", ["gemma3", "anything", ""])
def test_without_a_list_every_model_is_allowed(model: str) -> None:
    assert refuse_model(make_principal(), model) is None


@pytest.mark.parametrize("model", ["gemma3", "GEMMA3:latest", "library/gemma3", " gemma3 ", "qwen3:8b"])
def test_a_listed_model_is_allowed_in_every_spelling(model: str) -> None:
    assert refuse_model(make_principal(models=frozenset({"Gemma3", "qwen3:8b"})), model) is None


@pytest.mark.parametrize("model", ["qwen3", "gemma3:270m", "gemma3:latest-cloud", "other/gemma3", ""])
def test_an_unlisted_model_is_refused_by_its_name(model: str) -> None:
    refusal = refuse_model(make_principal(models=frozenset({"gemma3", "qwen3:8b"})), model)
    assert refusal == Refusal(Reason.MODEL_NOT_ALLOWED, model)


def test_an_empty_list_allows_no_model() -> None:
    assert refuse_model(make_principal(models=frozenset()), "gemma3") is not None


def test_an_unsafe_cookie_request_with_token_and_own_origin_passes() -> None:
    assert refuse_browser(BY_COOKIE, "POST", [HOST, OWN_ORIGIN, ("x-csrf-token", CSRF)], SECRET) is None


def test_behind_a_tunnel_the_origin_s_scheme_may_be_https() -> None:
    headers = [("host", "Sluice.example"), ("origin", "https://sluice.EXAMPLE"), ("x-csrf-token", CSRF)]
    assert refuse_browser(BY_COOKIE, "POST", headers, SECRET) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_safe_cookie_request_needs_nothing_more(method: str) -> None:
    assert refuse_browser(BY_COOKIE, method, [], SECRET) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "get", "ANYTHING"])
def test_every_other_method_needs_the_token(method: str) -> None:
    assert refuse_browser(BY_COOKIE, method, [HOST, OWN_ORIGIN], SECRET) == Refusal(Reason.CSRF)


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, ("x-csrf-token", CSRF)],
        [OWN_ORIGIN, ("x-csrf-token", CSRF)],
        [("x-csrf-token", CSRF)],
        [("origin", "http://"), ("host", ""), ("x-csrf-token", CSRF)],
        [HOST, OWN_ORIGIN, ("x-csrf-token", "")],
        [HOST, OWN_ORIGIN, ("x-csrf-token", "0" * 64)],
        [HOST, OWN_ORIGIN, ("x-csrf-token", "\udcff")],
        [HOST, OWN_ORIGIN, ("x-csrf-token", session.csrf_token("session-2", SECRET))],
        *([HOST, ("origin", origin), ("x-csrf-token", CSRF)] for origin in FOREIGN_ORIGINS),
    ],
)
def test_a_cookie_request_that_lacks_either_proof_is_refused(headers: list[tuple[str, str]]) -> None:
    assert refuse_browser(BY_COOKIE, "POST", headers, SECRET) == Refusal(Reason.CSRF)


def test_a_cookie_without_a_session_proves_nothing() -> None:
    unnamed = Identity(USER, by_cookie=True)
    headers = [HOST, OWN_ORIGIN, ("x-csrf-token", session.csrf_token("", SECRET))]
    assert refuse_browser(unnamed, "POST", headers, SECRET) == Refusal(Reason.CSRF)


@pytest.mark.parametrize("identity", [BY_BEARER, BY_KEY], ids=["bearer", "key"])
def test_an_explicit_credential_needs_no_csrf_token_and_any_origin_will_do(identity: Identity) -> None:
    headers = [HOST, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]
    assert refuse_browser(identity, "POST", headers, SECRET) is None


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [HOST],
        [HOST, OWN_ORIGIN],
        [HOST, OWN_ORIGIN, ("sec-fetch-site", "same-origin")],
        [HOST, ("sec-fetch-site", "none")],
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_speaks_for_tools_and_for_our_own_pages(method: str, headers: list[tuple[str, str]]) -> None:
    assert refuse_browser(BY_ADDRESS, method, headers, SECRET) is None


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, ("sec-fetch-site", "cross-site")],
        [HOST, ("sec-fetch-site", "same-site")],
        [HOST, OWN_ORIGIN, ("sec-fetch-site", "same-site")],
        [OWN_ORIGIN],
        *([HOST, ("origin", origin)] for origin in FOREIGN_ORIGINS),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_does_not_speak_for_a_foreign_page(method: str, headers: list[tuple[str, str]]) -> None:
    assert refuse_browser(BY_ADDRESS, method, headers, SECRET) == Refusal(Reason.FOREIGN_ORIGIN)


@pytest.mark.parametrize("headers", [[], [("sec-fetch-site", "cross-site")]])
def test_an_address_speaks_for_a_page_of_an_allowed_origin_only(headers: list[tuple[str, str]]) -> None:
    page = [HOST, ("origin", "app://obsidian.md"), *headers]
    assert refuse_browser(BY_ADDRESS, "POST", page, SECRET, ["app://*"]) is None
    assert refuse_browser(BY_ADDRESS, "POST", page, SECRET, ["tauri://*"]) == Refusal(Reason.FOREIGN_ORIGIN)


def test_an_allowed_origin_is_no_proof_for_a_cookie() -> None:
    page = [HOST, ("origin", "app://obsidian.md"), ("x-csrf-token", CSRF)]
    assert refuse_browser(BY_COOKIE, "POST", page, SECRET, ["app://*"]) == Refusal(Reason.CSRF)


@pytest.mark.parametrize(
    ("scopes", "detail"),
    [
        (DEFAULT_SCOPES, None),
        (frozenset({Scope.READ}), None),
        (frozenset({Scope.INFER, Scope.MANAGE}), "manage"),
        (frozenset({Scope.ADMIN}), "admin"),
        (frozenset(Scope), "admin and manage"),
    ],
)
def test_a_mighty_key_may_not_stand_in_a_path(scopes: frozenset[Scope], detail: str | None) -> None:
    expected = None if detail is None else Refusal(Reason.KEY_IN_PATH, detail)
    assert refuse_key_in_path(make_principal(scopes=scopes)) == expected


@pytest.mark.parametrize(
    ("owner_routes", "scopes", "expected"),
    [
        (False, frozenset(Scope), Refusal(Reason.WEB_SEARCH)),
        (True, frozenset(Scope) - {Scope.ADMIN}, Refusal(Reason.SCOPE_MISSING, "admin")),
        (True, frozenset({Scope.INFER, Scope.ADMIN}), None),
    ],
)
def test_searching_the_web_takes_as_much_as_an_owner_route(
    owner_routes: bool, scopes: frozenset[Scope], expected: Refusal | None
) -> None:
    assert refuse_web_search(make_principal(scopes=scopes), owner_routes=owner_routes) == expected
