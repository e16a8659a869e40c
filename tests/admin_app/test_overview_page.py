"""The panel's first page, and what all its pages have in common."""

import html
import re
import socket
import time
from collections.abc import Generator
from typing import Any

import pytest

from admin_app import gate_now
from admin_app.control import SOCKET_NAME
from tests.admin_app.fake_gate import QUEUE, FakeGate, answered
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.reading import Page
from tests.admin_app.test_upstreams_page import UPSTREAM

SECTIONS = {
    "/admin": "Overview",
    "/admin/queue": "Live queue",
    "/admin/keys": "API keys",
    "/admin/addresses": "Addresses",
    "/admin/invites": "Invites",
    "/admin/users": "Users",
    "/admin/audit": "Audit log",
}


@pytest.fixture
def furnished(admin: Browser, person: Browser) -> Browser:
    """An administrator whose house holds one of everything."""
    admin.post_json("/api/admin/keys", {"name": "ci"})
    admin.post_json("/api/admin/whitelist", {"ip": "10.0.0.7"})
    admin.post_json("/api/admin/tokens", {})
    return admin


@pytest.mark.parametrize(("path", "title"), SECTIONS.items())
def test_every_section_says_where_it_is(furnished: Browser, path: str, title: str) -> None:
    page = Page(furnished.get(path))
    (present,) = page.all("a", **{"aria-current": "page"})
    assert present["href"] == path
    assert f"{title} · Admin · Sluice" in page.text


@pytest.mark.parametrize("path", [*SECTIONS, "/admin/keys/1", "/admin/users/1"])
def test_every_page_is_whole_and_every_field_and_table_is_named(furnished: Browser, path: str) -> None:
    answer = furnished.get(path)
    page = Page(answer)
    assert answer.status_code == 200
    assert page.balanced
    assert len(page.all("h1")) == 1
    assert len(page.all("caption")) == len(page.all("table"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert sorted(ids, key=str) == sorted(set(ids), key=str)
    assert {named["for"] for named in page.all("label") if "for" in named} <= set(ids)
    for attribute in ("aria-labelledby", "aria-describedby", "data-copies"):
        assert {found[attribute] for _, found in page.elements if attribute in found} <= set(ids)


@pytest.mark.parametrize("path", [*SECTIONS, "/admin/keys/1", "/admin/users/1"])
def test_every_field_has_a_label(furnished: Browser, path: str) -> None:
    text = re.sub(r"<label>.*?</label>", "", furnished.get(path).text, flags=re.DOTALL)
    labelled = set(re.findall(r'<label for="([^"]+)"', text))
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", text)
    shown = [field for field in fields if 'type="hidden"' not in field]
    assert {name for field in shown for name in re.findall(r'\bid="([^"]+)"', field)} == labelled


@pytest.mark.parametrize("path", [*SECTIONS, "/admin/keys/1", "/admin/users/1"])
def test_no_page_holds_anything_inline_or_foreign(furnished: Browser, path: str) -> None:
    text = furnished.get(path).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", text)
    loaded = re.findall(r'(?:src|href|action)="([^"]*)"', text)
    assert [address for address in loaded if not re.match(r"/(?!/)|#", address)] == []


@pytest.mark.parametrize("path", ["/admin/keys/9", "/admin/users/9", "/admin/users/99999999999999999999"])
def test_what_is_not_there_is_said_on_the_page_of_its_kind(admin: Browser, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 404
    assert 'role="alert">There is no ' in answer.text


def test_a_new_house_is_told_its_first_steps(admin: Browser) -> None:
    assert "First steps" in admin.get("/admin").text
    admin.post_json("/api/admin/keys", {"name": "ci"})
    assert "First steps" not in admin.get("/admin").text


@pytest.fixture
def gate(house: House) -> Generator[FakeGate]:
    with FakeGate(house.context.settings.data_dir / SOCKET_NAME) as gate:
        _say(gate)
        yield gate


def _say(gate: FakeGate, upstream: dict[str, Any] = UPSTREAM, **changes: object) -> None:
    def reply(wish: Any) -> bytes:
        return answered(QUEUE | changes if wish["command"] == "queue" else {"upstreams": [upstream]})

    gate.reply = reply


def _figures(page: str) -> dict[str, str]:
    return dict(re.findall(r'<dd id="figure-(\w+)"[^>]*>([^<]+)<', page))


@pytest.mark.usefixtures("gate")
def test_without_a_script_the_figures_are_those_of_now(admin: Browser) -> None:
    page = admin.get("/admin").text
    told = {"state": "open", "slots": "1 of 1", "waiting": "1", "oldest": "2 minutes", "upstream": "up, 0.32.15"}
    assert _figures(page) == told | {"speed": "\N{EN DASH}"}
    assert "These figures are as of 2026-08-01 12:00:00 UTC" in page


def test_without_a_script_trouble_is_no_all_clear(admin: Browser, gate: FakeGate) -> None:
    down = {"state": "down", "trouble": "does not answer within 2 seconds", "since_at": NOON - 300}
    _say(gate, UPSTREAM | down, state="paused", by="ann")
    page = html.unescape(admin.get("/admin").text)
    assert "Ollama at http://127.0.0.1:11434 does not answer within 2 seconds." in page
    assert "The gate is paused by ann" in page
    assert "Nothing to see to" not in page
    assert '<dd id="figure-state" class="wrong">paused</dd>' in page
    assert '<dd id="figure-upstream" class="wrong">down for 5 minutes</dd>' in page


def test_without_a_gate_the_page_says_so_at_once(admin: Browser) -> None:
    page = html.unescape(admin.get("/admin").text)
    assert "The gate did not say how it and Ollama are: No gate is running" in page
    assert _figures(page) == dict.fromkeys(("slots", "waiting", "oldest", "speed"), "\N{EN DASH}") | {
        "state": "unknown",
        "upstream": "unknown",
    }


def test_a_gate_that_hangs_holds_the_page_up_for_a_second_at_most(
    house: House, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_now, "_QUEUE_S", 0.05)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(house.context.settings.data_dir / SOCKET_NAME))
        listener.listen()
        began = time.monotonic()
        assert "The gate did not answer within 0.05 s" in admin.get("/admin").text
    assert time.monotonic() - began < 1


def test_a_gate_that_does_not_tell_of_ollama_still_tells_of_itself(admin: Browser, gate: FakeGate) -> None:
    gate_reply = gate.reply
    gate.reply = lambda wish: gate_reply(wish) if wish["command"] == "queue" else b"{"
    page = admin.get("/admin").text
    assert "The gate did not say how Ollama is: The gate broke off its answer." in page
    assert (_figures(page)["state"], _figures(page)["upstream"]) == ("open", "unknown")


@pytest.mark.usefixtures("gate")
def test_the_script_hears_in_one_answer_what_the_page_was_made_of(admin: Browser) -> None:
    told: Any = admin.get("/api/admin/overview").json
    assert (told["at"], told["refused"], told["journal"]) == (NOON, 0, [])
    assert set(told["house"]) == {"version", "database", "free"}
    assert told["remark"] or told["concerns"]
