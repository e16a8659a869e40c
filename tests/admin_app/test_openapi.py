"""`/gate/openapi.json` names every route that there is, with its rule, and nothing else."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from addon.core.live_routes import LiveRoute, Who
from addon.core.openapi import as_json
from addon.core.refusal import Reason
from admin_app.rules import Rule, rule_of
from tests.admin_app.house import House

DOCUMENT: dict[str, Any] = json.loads(as_json("1.2.3", "sluice"))
METHODS = {"get", "put", "post", "delete", "patch"}
SCHEMES = {
    Rule.ANYONE: set[str](),
    Rule.SIGNED_IN_JSON: {"session", "cookie"},
    Rule.ADMIN_JSON: {"key", "bearer", "basic", "cookie"},
    Who.ANYONE: set[str](),
    Who.KNOWN: {"key", "bearer", "basic", "cookie"},
    Who.ADMIN: {"key", "bearer", "basic", "cookie"},
}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, shared in DOCUMENT["paths"].items():
        for method in METHODS & shared.keys():
            yield f"{method.upper()} {path}", shared[method] | {"shared": shared.get("parameters", [])}


DESCRIBED = dict(operations())


def routes(house: House) -> dict[str, Rule | Who | None]:
    """Every route under /api/ and /gate/ with its rule."""
    found: dict[str, Rule | Who | None] = {f"{live.method} {live.path}": live.who for live in LiveRoute}
    for rule in house.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
            stated = rule_of(house.app.view_functions[rule.endpoint])
            found |= {f"{method} {path}": stated for method in (rule.methods or set()) - {"HEAD"}}
    return found


def test_every_route_is_described_and_nothing_else_is(house: House) -> None:
    assert DESCRIBED.keys() == routes(house).keys()


def test_each_operation_asks_for_the_credentials_that_its_rule_takes(house: House) -> None:
    for line, rule in routes(house).items():
        assert rule is not None
        asked = {name for one in DESCRIBED[line]["security"] for name in one}
        assert asked - {"csrf"} == SCHEMES[rule], line
        is_unsafe = not line.startswith("GET ")
        assert ("csrf" in asked) == (is_unsafe and "cookie" in asked), line


def test_every_refusal_that_an_operation_names_has_the_form_of_an_error() -> None:
    for line, operation in DESCRIBED.items():
        statuses = set(operation["responses"])
        assert {"400", "413", "421", "431", "500", "503"} <= statuses, line
        assert ("401" in statuses) == bool(operation["security"]) or line == "POST /api/auth/login", line
        assert len([status for status in statuses if status.startswith("2")]) == 1, line


def test_what_stands_in_a_path_is_described() -> None:
    for line, operation in DESCRIBED.items():
        assert {one["name"] for one in operation["shared"]} == set(re.findall(r"{(\w+)}", line)), line


def test_every_status_of_the_gates_own_refusals_has_a_description() -> None:
    described = {int(name.removeprefix("Refused")) for name in DOCUMENT["components"]["responses"]}
    # 405 belongs to no method that is described, 504 to Ollama's answers, which are not described here.
    assert {reason.status for reason in Reason} - described == {405, 504}


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_sound(name: str) -> None:
    jsonschema_rs.meta.validate(DOCUMENT["components"]["schemas"][name])


def test_no_reference_leads_nowhere() -> None:
    text = json.dumps(DOCUMENT)
    used = set(re.findall(r'"#/components/(\w+)/(\w+)"', text))
    made = {(kind, name) for kind in ("schemas", "responses") for name in DOCUMENT["components"][kind]}
    assert used == made


def test_the_cookies_name_is_that_of_this_house() -> None:
    secure = json.loads(as_json("1", "__Host-sluice"))
    assert secure["components"]["securitySchemes"]["cookie"]["name"] == "__Host-sluice"
    assert DOCUMENT["info"]["version"] == "1.2.3"
