"""Whatever people and programs have stored comes out as text, on every page of the panel.

Names and notes refuse most of it at the door; models' and browsers' names are anybody's choice.
"""

from dataclasses import replace

import pytest

from addon.store.audit import Actor, Deed, record
from addon.store.journal import Used, write
from addon.store.models import AddressRule, ApiKey, Invite, User
from tests.admin_app.house import NOON, PASSWORD, Browser, House
from tests.admin_app.reading import Page
from tests.admin_app.test_stats import finished
from tests.changing import changing_rules

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></select><svg onload=alert(1)>",
    "{{ 7 * 191 }}{% raw %}",
    "${7 * 191}#{7 * 191}",
    "javascript:alert(1)",
    "<!-- --!><style>*{display:none}</style>",
    "&lt;b&gt;<b>",
    "\u202egnp.exe",
    "a\u200b\u2066b\ufeff",
]
PAGES = [
    *("/admin", "/admin/keys", "/admin/addresses", "/admin/invites", "/admin/users", "/admin/audit"),
    *("/admin/keys/1", "/admin/users/1"),
]
HIDDEN = "\u202e\u200b\u2066\ufeff"


@pytest.mark.parametrize("text", CORPUS)
def test_what_got_into_the_database_is_inert_on_every_page(house: House, admin: Browser, text: str) -> None:
    _store_everywhere(house, text)
    for path in PAGES:
        answer = admin.get(path)
        page = Page(answer)
        assert answer.status_code == 200
        assert page.balanced, path
        assert _tags(admin, path).isdisjoint({"img", "style", "b", "svg"}), path
        assert [one for one in page.all("script") if not one.get("src")] == []
        assert not any(name.startswith("on") for _, found in page.elements for name in found)
        assert not any(str(found.get("href", "")).startswith("javascript") for _, found in page.elements)
        assert "1337" not in answer.text
        if path in ("/admin", "/admin/audit"):
            assert not set(HIDDEN) & set(answer.text), path


@pytest.mark.parametrize("text", CORPUS)
def test_names_refuse_it_at_the_door(admin: Browser, text: str) -> None:
    assert admin.post_json("/api/admin/keys", {"name": text}).status_code == 400
    assert admin.post_json("/api/admin/whitelist", {"ip": "10.0.0.1", "name": text}).status_code == 400
    assert admin.post_json("/api/admin/whitelist", {"ip": text}).status_code == 400
    assert admin.post_form("/admin/keys", {"name": text}).status_code == 400


@pytest.mark.parametrize("text", CORPUS[-2:])
def test_notes_refuse_what_cannot_be_seen(admin: Browser, text: str) -> None:
    assert admin.post_json("/api/admin/keys", {"name": "ci", "note": text}).status_code == 400
    assert admin.post_json("/api/admin/tokens", {"note": text}).status_code == 400


@pytest.mark.parametrize("text", CORPUS[:9])
def test_a_browser_may_call_itself_anything(house: House, admin: Browser, text: str) -> None:
    house.joined("ann")
    signing_in = {"username": "ann", "password": PASSWORD}
    house.visitor().post_json("/api/auth/login", signing_in, User_Agent=text)
    page = Page(admin.get("/admin/audit?action=session"))
    assert text in page.text
    assert page.balanced


@pytest.mark.parametrize("text", CORPUS)
def test_what_was_typed_comes_back_as_text(admin: Browser, text: str) -> None:
    fields = {"name": text, "note": text, "models": text, "priority": text, "expires_s": text, "user_id": text}
    page = Page(admin.post_form("/admin/keys", fields))
    assert page.all("input", name="name")[0]["value"] == text
    assert page.balanced
    assert [one for one in page.all("script") if not one.get("src")] == []


def _tags(admin: Browser, path: str) -> set[str]:
    return {name for name, _ in Page(admin.get(path)).elements}


def _store_everywhere(house: House, text: str) -> None:
    """Past every check, as a hand at the database or an older program would."""
    with changing_rules(house.context.engine) as session:
        session.add(ApiKey(**_KEY, name=text, note=text, models=text))
        session.add(AddressRule(cidr="10.0.0.7/32", name=text, note=text, created_at=NOON, scopes="infer"))
        session.add(Invite(**_INVITE, note=text, models=text))
        session.add(User(**_USER, name=text, name_key=text, models=text))
        record(
            session,
            Actor("key:1", text, "10.0.0.7"),
            Deed("key.add", "key:1", text, {text: text}, {"x": text}),
            NOON,
        )
        journal_row = replace(finished(NOON), principal=text, model=text, path=text)
        write(
            session,
            [journal_row],
            [Used("key:1", NOON, text), Used("rule:1", NOON, text), Used("user:1", NOON, text)],
        )


_KEY = {"prefix": "abcdefgh", "digest": b"x", "scopes": "infer,read", "created_at": NOON}
_INVITE = {
    "digest": b"y",
    "is_admin": False,
    "is_setup": False,
    "uses": 1,
    "used": 0,
    "created_at": NOON,
    "expires_at": NOON,
}
_USER = {"password_hash": b"z", "is_admin": False, "created_at": NOON}
