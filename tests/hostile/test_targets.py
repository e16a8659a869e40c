"""Paths and methods: what a decoding or cleaning server might take for a route is no route here.

Every case shows a key that may do everything, so that only the target keeps it out.
"""

import pytest

from tests.hostile.harness import Case, Forwarded, ask, get, got, malformed, passes, play, refused
from tests.hostile.stage import BODY
from tests.hostile.theatre import Theatre
from tests.proxy.houses import MODEL

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = "<admin>"
BLOB = "/api/blobs/sha256:" + "0f" * 32


def unknown(target: str, method: str = "POST") -> Case:
    body = BODY if method == "POST" else None
    dialect = "openai" if target.startswith("/v1/") else "ollama"
    return Case(ask(method, target, body=body, key=ALL), (404,), "unknown_path", dialect=dialect)


DISGUISED = (
    *("/api/%63hat", "/%61pi/chat", "/api%2Fchat", "/api/%70ull", "/api/%2e/chat", "/api/%2e%2e/api/chat"),
    *("/api/chat%2F", "/api/chat%00", "/api/chat%20", "/api/chat%3F", "/api/%c0%afchat", "/api/chat%", "/api/%zz"),
    *("//api/chat", "/api//chat", "/api/./chat", "/api/../api/chat", "/api/tags/../chat", "/x/../api/chat"),
    *("/api/chat/", "/api/chat/.", "/v1/chat/completions/", "/API/chat", "/api/Chat", "/V1/chat/completions"),
    *("/api/chat;x=1", "/api;/chat", "/api\\chat", "/\\api/chat", "/api/chat#x", "/api/ch\xe4t", "/api/chat\xff"),
    *("/api/code//api/chat", "/api/code/../api/chat", "/api/code/api/code/api/chat", "/api/coder/api/chat"),
    *("/v1/models/a%2Fb", "/v1/models/a/b", BLOB.upper(), BLOB + "0", "/api/blobs/..%2f..%2fchat"),
    *("/metrics", "/debug/pprof", "/v1/messages/count_tokens", "/.env", "/index.html", "/api", "/v1", "/k"),
    *("/api/code/admin", "/api/code/gate/queue", "/api/code/api/admin/keys", "/gate", "/gate/", "/gate/nothing"),
)

METHODS: dict[str, Case] = {
    **{
        f"{method} {target}": Case(ask(method, target, body=None, key=ALL), (405,), "wrong_method")
        for method, target in (
            *(("GET", "/api/chat"), ("HEAD", "/api/chat"), ("PUT", "/api/chat"), ("PATCH", "/api/chat")),
            *(("DELETE", "/api/chat"), ("TRACE", "/api/tags"), ("post", "/api/chat"), ("Post", "/api/chat")),
            *(("POST", "/api/delete"), ("GET", "/api/pull"), ("POSTX", "/api/chat"), ("GET", "/gate/pause")),
        )
    },
    "overridden method": refused(
        ask("POST", "/api/delete", "X-HTTP-Method-Override: DELETE", "X-Method-Override: DELETE", key=ALL),
        405,
        "wrong_method",
    ),
}

FORMS: dict[str, Case] = {
    **{
        f"absolute form {url}": refused(get(url), 400, "malformed")
        for url in (
            *("http://127.0.0.1/api/version", "https://127.0.0.1/api/version", "HTTP://127.0.0.1/api/version"),
            *("http://169.254.169.254/api/version", "http://a:b@127.0.0.1/api/version", "file:///etc/passwd"),
            *("gopher://127.0.0.1:11434/_GET", "http:///api/version"),
        )
    },
    "authority form": malformed(ask("CONNECT", "evil.example:443", body=None)),
    "CONNECT to a path": malformed(ask("CONNECT", "/api/chat", body=None)),
    "authority form with GET": Case(get("evil.example:443"), (400, 404)),
    "two slashes and a host": refused(get("//evil.example/api/version"), 404, "unknown_path"),
    "asterisk": Case(ask("OPTIONS", "*", body=None), (400, 404)),
    "asterisk with GET": Case(get("*"), (400, 404)),
    "no slash": Case(get("api/version"), (400, 404)),
    "a question mark alone": Case(get("?"), (400, 404)),
}

KEY_IN_PATH: dict[str, Case] = {
    "a good key": passes(ask(target="/k/<key>/api/chat", key=None)),
    "the command line's first question": passes(get("/k/<key>/", key=None), got("/")),
    "with a query": passes(get("/k/<key>/api/version?x=1", key=None), got("/api/version?x=1")),
    "the same key twice": passes(ask(target="/k/<key>/api/chat", key="<key>")),
    "another key beside it": refused(
        ask(target="/k/<key>/api/chat", key="<other-key>"), 400, "conflicting_credentials"
    ),
    "an invented key": refused(ask(target=f"/k/sl_aaaaaaaa_{'A' * 43}/api/chat", key=None), 401, "bad_credential"),
    "a revoked key": refused(ask(target="/k/<revoked>/api/chat", key=None), 401, "key_revoked"),
    "a key that may manage": refused(ask(target="/k/<manager>/api/chat", key=None), 403, "key_in_path"),
    "an administrator's key": refused(ask(target="/k/<admin>/api/chat", key=None), 403, "key_in_path"),
    "for management": refused(ask(target="/k/<key>/api/pull", key=None), 403, "scope_missing"),
    **{
        f"no route of Ollama's: {path}": refused(get(f"/k/<key>{path}", key=None), 404, "unknown_path")
        for path in (
            "/gate/me",
            "/chat",
            "/admin",
            "/api/admin/keys",
            "/api/auth/session",
            "//api/version",
            "/k/x/",
        )
    },
    "escaped": refused(get("/%6b/<key>/api/version", key=None), 404, "unknown_path"),
    "in capitals": refused(get("/K/<key>/api/version", key=None), 404, "unknown_path"),
}

OWNERS: dict[str, Case] = {
    f"{method} {path}": refused(ask(method, path, body=body, key=ALL), 403, "route_disabled")
    for method, path, body in (
        *(("POST", "/api/me", b""), ("POST", "/api/signout", b"")),
        ("POST", "/api/experimental/web_search", b"{}"),
        ("POST", "/api/experimental/web_fetch", b'{"url":"http://169.254.169.254/"}'),
    )
}

MODELS: dict[str, Case] = {
    f"model {name!r}": Case(ask(body=b'{"model":"%s"}' % name.encode(), key="<narrow>"), (400, 403))
    for name in (
        *(MODEL, MODEL.upper(), f"library/{MODEL}", f"http://x/library/{MODEL}", f" {MODEL} ", f"{MODEL}:local"),
        *("llama3:latest:cloud", "llama3-cloud", "x/llama3", "../llama3", "llama3:8b", "llama3\\u0000"),
    )
}


@pytest.mark.parametrize("target", DISGUISED)
async def test_a_target_that_is_no_known_route_is_not_found(target: str, theatre: Theatre) -> None:
    await play(unknown(target), theatre)


@pytest.mark.parametrize("case", METHODS.values(), ids=METHODS)
async def test_a_known_path_answers_to_its_methods_alone(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", FORMS.values(), ids=FORMS)
async def test_a_target_that_is_no_path_is_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", KEY_IN_PATH.values(), ids=KEY_IN_PATH)
async def test_a_key_in_the_path_opens_ollamas_routes_for_lesser_keys(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", OWNERS.values(), ids=OWNERS)
async def test_the_owners_account_is_nobodys_to_use(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", MODELS.values(), ids=MODELS)
async def test_a_model_beyond_the_list_is_refused_in_any_spelling(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


async def test_a_prefix_leads_to_the_route_it_stands_before(theatre: Theatre) -> None:
    await play(passes(ask(target="/api/code/api/chat"), Forwarded()), theatre)
