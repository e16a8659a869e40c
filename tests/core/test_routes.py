"""Only the exact bytes of a known route go anywhere; whatever Ollama would decode or clean first is refused."""

import pytest

from addon.core.principal import Scope
from addon.core.refusal import Reason, Refusal
from addon.core.routes import ExtraRoute, Route, RouteKind, classify, is_ours, is_plain
from tests.core.ollama_router import METHODS, OLLAMA, PREFIXES, sample

BLOB = "/api/blobs/sha256:" + "0f" * 32
UNKNOWN = Refusal(Reason.UNKNOWN_PATH)
ROWS = [(sample(path), methods.split(), kind) for kind, rows in OLLAMA.items() for path, methods in rows.items()]
KNOWN = {path for path, _, _ in ROWS}
NEW = (ExtraRoute("POST", "/api/new", RouteKind.INFER), ExtraRoute("PUT", "/api/tags", RouteKind.MANAGE))


def only(*methods: str) -> Refusal:
    """The refusal of a path that answers to other methods."""
    return Refusal(Reason.WRONG_METHOD, ", ".join(sorted(methods)))


def ask(target: str, method: str = "POST", prefixes: tuple[str, ...] = PREFIXES) -> Route | Refusal:
    """Classify a request line; characters above ASCII stand for single bytes."""
    return classify(method.encode(), target.encode("latin-1"), prefixes)


@pytest.mark.parametrize(("path", "methods", "kind"), ROWS)
def test_every_route_of_ollama_has_its_kind_and_its_methods(
    path: str, methods: list[str], kind: RouteKind
) -> None:
    for method in METHODS:
        assert ask(path, method) == (Route(kind, path) if method in methods else only(*methods))


@pytest.mark.parametrize(("path", "methods", "kind"), ROWS)
def test_every_route_of_ollama_answers_below_each_prefix(path: str, methods: list[str], kind: RouteKind) -> None:
    for prefix in PREFIXES:
        assert ask(prefix + path, methods[0]) == Route(kind, path)


@pytest.mark.parametrize("method", ["post", "Post", "POST ", " POST", "", "\xff", "POSTER"])
def test_a_method_in_another_spelling_is_another_method(method: str) -> None:
    assert classify(method.encode("latin-1"), b"/api/chat") == only("POST")


@pytest.mark.parametrize(
    ("target", "method", "expected"),
    [
        ("/api/code/api/chat", "POST", Route(RouteKind.INFER, "/api/chat")),
        ("/api/code/v1/models", "GET", Route(RouteKind.READ, "/v1/models")),
        ("/api/code", "GET", Route(RouteKind.READ, "/")),
        ("/api/code/", "HEAD", Route(RouteKind.READ, "/")),
        ("/api/code?x=1", "GET", Route(RouteKind.READ, "/", "?x=1")),
        ("/team/a/api/chat", "POST", Route(RouteKind.INFER, "/api/chat")),
        ("/api/code", "POST", only("GET", "HEAD")),
        ("/api/code/api/chat", "GET", only("POST")),
        ("/api/code/api/admin", "GET", UNKNOWN),
        ("/api/code/api/admin/keys", "GET", UNKNOWN),
        ("/api/code/chat", "GET", UNKNOWN),
        ("/api/code/admin", "GET", UNKNOWN),
        ("/api/code/gate/queue", "GET", UNKNOWN),
        ("/api/code/static/app.js", "GET", UNKNOWN),
        ("/api/code/api/code/api/chat", "POST", UNKNOWN),
        ("/team/a/api/code/api/chat", "POST", UNKNOWN),
        ("/api/codeapi/chat", "POST", UNKNOWN),
        ("/api/coder/api/chat", "POST", UNKNOWN),
        ("/API/CODE/api/chat", "POST", UNKNOWN),
        ("/team/api/chat", "POST", UNKNOWN),
    ],
)
def test_a_prefix_is_stripped_once_and_from_ollama_s_routes_only(
    target: str, method: str, expected: Route | Refusal
) -> None:
    assert ask(target, method) == expected


def test_without_prefixes_nothing_is_stripped() -> None:
    assert ask("/api/code/api/chat", prefixes=()) == UNKNOWN


@pytest.mark.parametrize(
    "target",
    [
        *("/api/%63hat", "/%61pi/chat", "/api%2Fchat", "/api/%64elete", "/api/%70ull"),
        *("/api/%2525", "/%2561pi/chat"),
        *("//api/chat", "/api//chat", "/api/./chat", "/api/../api/chat", "/api/tags/../chat", "/x/../api/chat"),
        *("/api/chat/", "/api/chat%2F", "/v1/chat/completions/", "/api/pull/", "/api/code/api/chat/"),
        "/v1/models/",
        *("/api/%2e/chat", "/api/%2e%2e/api/chat", "/%2Fapi/chat", "/api/blobs/..%2f..%2fchat", "/api/chat/."),
        *("/API/chat", "/V1/models", "/api/Chat", "/api\\chat", "/api/chat;x=1", "/api/chat%00", "/api/chat%20"),
        *("/api/chat%3F", "/api/chat#x", "/api/%c0%afchat", "/api/chat\xff", "/api/chat\x00"),
        *("/api/chat ", "/api/ch\tat"),
        *("/api/chat%", "/api/%zz", "*", "", "api/chat", "?", "/?\x00", "/api/chat?a b", "/api/tags?\xe9"),
        *("http://169.254.169.254/api/chat", "http://127.0.0.1/api/chat", "https://127.0.0.1/api/chat", "x:443"),
        *("/v1/models/a%2Fb", "/v1/models/a/b", "/v1/models/..", "/v1/models/" + "a" * 201),
        *(BLOB[:-1], BLOB + "0", BLOB.upper(), "/api/blobs/", "/api/blobs/sha256:../../x"),
        *("/metrics", "/debug/pprof", "/v1/messages/count_tokens", "/v1/responses/x", "/api/experimental/aliases"),
        *("/api/user/keys/", "/api/user/keys/a/b", "/api/user/keys/a.b", "/api/user/keys/" + "a" * 1001),
        *("/v1/audio/transcriptions/", "/v1/audio/speech", "/api/user/keys", "/api", "/v1", "/.env"),
        *("/index.html", "/admin/", "/gate"),
        *("/admin/a/b/c/d", "/gate/a/b/c/d", "/gate/", "/static", "/static/", "/static/../chat"),
        *("/chat/x", "/logins"),
    ],
)  # fmt: skip
def test_odd_and_unknown_paths_are_refused_with_every_method(target: str) -> None:
    for method in METHODS:
        assert ask(target, method) == UNKNOWN


@pytest.mark.parametrize(
    "path",
    [
        *("/setup", "/login", "/logout", "/register", "/chat", "/account", "/favicon.ico"),
        *("/admin", "/admin/keys"),
        *("/admin/keys/7/edit", "/static/chat.css", "/static/chat/as-0/vendor/katex-0.19.1/fonts/a-b_c.woff2"),
        *("/api/auth/login", "/api/admin/users/7", "/reset", "/account/sessions/end"),
        *("/api/conversations", "/api/conversations/0b-9/messages/7_c/append"),
    ],
)  # fmt: skip
def test_the_web_app_s_paths_are_handed_to_it_with_any_method(path: str) -> None:
    for method in METHODS:
        assert ask(path + "?next=/chat", method) == Route(RouteKind.UI, path, "?next=/chat")


@pytest.mark.parametrize(
    "path", ["/gate/queue", "/gate/tickets/0-1", "/gate/tickets/0-1/bump", "/gate/openapi.json"]
)
def test_the_gate_s_own_json_is_live(path: str) -> None:
    assert ask(path, "GET") == Route(RouteKind.LIVE, path)


@pytest.mark.parametrize(
    ("target", "query"),
    [("/api/tags", ""), ("/api/tags?", "?"), ("/api/tags?a=%2F..//&b=?#", "?a=%2F..//&b=?#")],
)
def test_the_query_is_kept_as_it_came(target: str, query: str) -> None:
    assert ask(target, "GET") == Route(RouteKind.READ, "/api/tags", query)


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        (RouteKind.INFER, Scope.INFER),
        (RouteKind.READ, Scope.READ),
        (RouteKind.MANAGE, Scope.MANAGE),
        (RouteKind.OWNER, Scope.ADMIN),
        (RouteKind.LIVE, None),
        (RouteKind.UI, None),
    ],
)
def test_a_kind_of_route_needs_its_scope(kind: RouteKind, scope: Scope | None) -> None:
    assert Route(kind, "/").scope is scope


def test_only_a_blob_s_body_is_streamed() -> None:
    assert [path for path in KNOWN if Route(RouteKind.READ, path).has_streamed_body] == [BLOB]


def test_a_route_of_the_settings_is_a_row_like_all_others() -> None:
    assert classify(b"POST", b"/api/new?x=1", (), NEW) == Route(RouteKind.INFER, "/api/new", "?x=1")
    assert classify(b"POST", b"/api/code/api/new", PREFIXES, NEW) == Route(RouteKind.INFER, "/api/new")
    assert classify(b"PUT", b"/api/tags", (), NEW) == Route(RouteKind.MANAGE, "/api/tags")
    assert classify(b"GET", b"/api/tags", (), NEW) == Route(RouteKind.READ, "/api/tags")
    for target in (b"/api/new/", b"/api//new", b"/api/%6eew", b"/api/New", b"/api/new/x", b"/api/ne"):
        assert classify(b"POST", target, (), NEW) == UNKNOWN
    for method in (b"GET", b"post", b"DELETE"):
        assert classify(method, b"/api/new", (), NEW) == only("POST")
    assert classify(b"POST", b"/api/new") == UNKNOWN


def test_a_route_of_the_settings_cannot_change_one_of_the_table() -> None:
    lesser = (ExtraRoute("POST", "/api/pull", RouteKind.READ), ExtraRoute("GET", "/admin", RouteKind.READ))
    assert classify(b"POST", b"/api/pull", (), lesser) == Route(RouteKind.MANAGE, "/api/pull")
    assert classify(b"GET", b"/admin", (), lesser) == Route(RouteKind.UI, "/admin")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *((path, True) for path in ("/gate", "/gate/x", "/admin", "/admin/x/y", "/static", "/static/x", "/chat")),
        *((path, True) for path in ("/chat/x", "/login", "/setup", "/favicon.ico", "/k/x", "/api/admin/x")),
        *((path, False) for path in ("/", "/api/chat", "/gates", "/api/administer", "/v1/chat", "/keys")),
    ],
)
def test_paths_of_our_own_are_known_as_such(path: str, expected: bool) -> None:
    assert is_ours(path) is expected


@pytest.mark.parametrize("path", ["/", "/api/chat", "/a:b@c!d$e&f'(g)*h+i,j=k~l-m_n.o"])
def test_a_plain_path_means_the_same_to_everybody(path: str) -> None:
    assert is_plain(path.encode())


@pytest.mark.parametrize(
    "path", ["", "api", "/%61", "//a", "/a//b", "/.", "/a/.b", "/a;b", "/a\\b", "/a b", "/ä", "/a?b"]
)
def test_any_other_path_does_not(path: str) -> None:
    assert not is_plain(path.encode())
