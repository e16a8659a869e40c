"""The panel's first page, and what all its pages have in common."""

import re

import pytest

from tests.admin_app.house import Browser
from tests.admin_app.reading import Page

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
