"""Routes that the settings add: exact, new, and none of our own."""

from pathlib import Path

import pytest

from addon.core.routes import ExtraRoute, RouteKind
from addon.settings import SettingsError
from tests.settings.loading import load, load_text, refusal_of, refusal_of_text, written

NEW = '{method = "POST", path = "/api/new", kind = "infer"}'


def test_a_route_is_a_table_of_its_own(tmp_path: Path) -> None:
    toml = """
        [[gate.route]]
        method = "POST"
        path = "/api/new"
        kind = "infer"
        [[gate.route]]
        method = "GET"
        path = "/v1/new/things"
        kind = "read"
        [[gate.route]]
        method = "DELETE"
        path = "/api/tags"
        kind = "manage"
    """
    settings = load_text(tmp_path, toml)
    assert settings.gate.route == (
        ExtraRoute("POST", "/api/new", RouteKind.INFER),
        ExtraRoute("GET", "/v1/new/things", RouteKind.READ),
        ExtraRoute("DELETE", "/api/tags", RouteKind.MANAGE),
    )
    assert settings.source("gate.route") == "file"


@pytest.mark.parametrize("text", [f"[{NEW}]", f" [ {NEW}, ] "])
def test_the_environment_gives_routes_as_a_list_of_inline_tables(text: str) -> None:
    settings = load(environ={"SLUICE_GATE__ROUTE": text})
    assert settings.gate.route == (ExtraRoute("POST", "/api/new", RouteKind.INFER),)


def test_without_any_there_are_none() -> None:
    assert load().gate.route == load(environ={"SLUICE_GATE__ROUTE": ""}).gate.route == ()


def _one(method: str = "POST", path: str = "/api/new", kind: str = "infer", more: str = "") -> str:
    return f'[{{method = "{method}", path = "{path}", kind = "{kind}"{more}}}]'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("POST /api/new infer", 'it is "POST /api/new infer"'),
        ('{method = "POST"}', "it is a table"),
        ("[3]", "it holds 3"),
        ('["POST /api/new"]', 'it holds "POST /api/new"'),
        ("[{}]", "the method of a route is not there"),
        ('[{method = "POST", path = "/api/new"}]', "the kind of a route is not there"),
        ('[{method = 1, path = "/api/new", kind = "infer"}]', "the method of a route is 1"),
        (_one(more=", scope = 1"), '"scope" is no key of a route'),
        (_one("post"), 'the method "post" is none of GET, HEAD, POST, PUT, PATCH, DELETE'),
        (_one("OPTIONS"), 'the method "OPTIONS" is none of'),
        (_one("CONNECT"), 'the method "CONNECT" is none of'),
        (_one(""), 'the method "" is none of'),
        (_one(kind="owner"), 'the kind "owner" is none of infer, read, manage'),
        (_one(kind="ui"), 'the kind "ui" is none of'),
        (_one(kind="Infer"), 'the kind "Infer" is none of'),
        *(
            (_one(path=path), f'the path "{path}" is not exact and plain')
            for path in (
                *("", "/", "api/new", "/api/new/", "//api/new", "/api//new", "/api/./new", "/api/../new"),
                *("/api/.new", "/api/%6eew", "/api/new?x=1", "/api/new;x", "/api/new#x", "/api/ñew", "/api/ne w"),
                "http://x/api/new",
            )
        ),
        (_one(path="/" + "a" * 200), f'the path "/{"a" * 58}…" is not exact and plain'),
        *(
            (_one(path=path), f'the path "{path}" belongs to Sluice itself')
            for path in (
                *("/gate", "/gate/new", "/admin", "/admin/a/b/c/d/e", "/api/admin", "/api/auth/new"),
                *("/static", "/static/new", "/chat", "/chat/new", "/login", "/setup/x", "/k/new", "/account/x"),
            )
        ),
        (_one(path="/api/chat"), "POST /api/chat is known already"),
        (_one("GET", "/v1/models/new", "read"), "GET /v1/models/new is known already"),
        (_one("POST", "/api/pull", "read"), "POST /api/pull is known already"),
        (_one("GET"), "GET /api/new cannot be of the kind infer"),
        (f"[{NEW}, {NEW}]", "POST /api/new stands there twice"),
        (f"[{NEW}, {NEW.replace('infer', 'read')}]", "POST /api/new stands there twice"),
    ],
)  # fmt: skip
def test_a_route_that_makes_no_sense_is_one_line(text: str, reason: str) -> None:
    line = refusal_of(SLUICE_GATE__ROUTE=text)
    assert line.startswith("environment SLUICE_GATE__ROUTE: gate.route must be a list of tables like {method")
    assert f", but {reason}" in line
    assert line.endswith(". The default is [].")


def test_the_file_says_the_same(tmp_path: Path) -> None:
    assert "but the path of a route is not there" in refusal_of_text(tmp_path, '[[gate.route]]\nmethod = "POST"')
    assert "but it is a table" in refusal_of_text(tmp_path, '[gate.route]\nmethod = "POST"')


def test_a_path_below_a_prefix_could_never_be_asked_for(tmp_path: Path) -> None:
    toml = f'gate.path_prefixes = ["/team"]\ngate.route = [{NEW.replace("/api/new", "/team/new")}]'
    with pytest.raises(SettingsError) as caught:
        load(written(tmp_path, toml))
    assert str(caught.value) == (
        "gate.route: /team/new can never be asked for: gate.path_prefixes strips /team from it. "
        "Name the path without the prefix."
    )


def test_the_owners_account_and_cloud_models_are_off_until_they_are_switched_on() -> None:
    gate = load().gate
    assert (gate.owner_routes, gate.cloud_models) == (False, False)
    gate = load(environ={"SLUICE_GATE__OWNER_ROUTES": "true", "SLUICE_GATE__CLOUD_MODELS": "true"}).gate
    assert (gate.owner_routes, gate.cloud_models) == (True, True)
