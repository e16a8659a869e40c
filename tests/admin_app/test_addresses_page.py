"""The allow-list on its page: switching, testing, importing, and not locking oneself out by a slip."""

from typing import Any

import pytest

from addon.store.journal import Used, write
from tests.admin_app.house import NOON, Browser, House
from tests.admin_app.reading import Page
from tests.changing import changing_rules

JSON = "/api/admin/whitelist"
PATH = "/admin/addresses"
OWN = "10.0.0.7"


def listed(admin: Browser) -> list[Any]:
    rules: Any = admin.get(JSON).json
    return list(rules)


TYPED = {"typed": "10.0.0.0/24"}


@pytest.fixture
def rule(admin: Browser) -> int:
    """The only rule, which holds the administrator's own address."""
    return int(admin.post_json(JSON, {"ip": "10.0.0.0/24", "name": "office"}).get_json()["id"])


def test_a_form_may_say_everything_about_a_rule(house: House, admin: Browser) -> None:
    fields = {
        "ip": "10.0.0.0/24",
        "name": "office",
        "note": "second floor",
        "priority": "0",
        "scopes": [",", "infer"],
        "max_waiting": "5",
        "max_running": "2",
    }
    assert admin.post_form(PATH, fields).headers["Location"] == PATH
    with changing_rules(house.context.engine) as session:
        write(session, [], [Used("rule:1", NOON - 120, "10.0.0.9")])
    text = Page(admin.get(PATH)).text
    for fact in ("office", "second floor", "5 waiting, 2 running", "2 minutes ago from 10.0.0.9", "enabled"):
        assert fact in text


def test_the_box_for_everybody_says_what_it_does_and_is_not_ticked_beforehand(admin: Browser) -> None:
    page = admin.get(PATH)
    assert "without a key and without an account" in Page(page).text
    box = page.text.partition('id="rule-anyone"')[2].partition(">")[0]
    assert 'name="anyone" value="yes"' in box
    assert "checked" not in box


def test_the_box_for_everybody_does_not_let_everybody_delete_models(admin: Browser) -> None:
    fields = {"ip": "0.0.0.0/0", "anyone": "yes", "scopes": [",", "manage"]}
    assert admin.post_form(PATH, fields).status_code == 400
    assert listed(admin) == []


def test_a_rule_rests_and_counts_again(admin: Browser, rule: int) -> None:
    admin.post_form(f"{PATH}/{rule}/disable")
    assert "No rule lets 10.0.0.7 in" in Page(admin.get(f"{PATH}?address=10.0.0.7")).text
    assert listed(admin)[0]["is_enabled"] is False
    admin.post_form(f"{PATH}/{rule}/enable")
    assert listed(admin)[0]["is_enabled"] is True


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("10.0.0.7", "10.0.0.7 is let in by rule 1, 10.0.0.0/24 (office)"),
        ("::ffff:10.0.0.7", "10.0.0.7 is let in by rule 1, 10.0.0.0/24 (office)"),
        ("10.0.0.200", "10.0.0.200 is let in by rule 2, 10.0.0.128/25"),
        ("192.0.2.1", "No rule lets 192.0.2.1 in: it needs a key."),
    ],
)
def test_the_box_names_the_rule_that_counts(admin: Browser, rule: int, address: str, sentence: str) -> None:
    admin.post_json(JSON, {"ip": "10.0.0.128/25"})
    page = Page(admin.get(f"{PATH}?address={address}"))
    assert sentence in page.text.replace(" ,", ",")
    assert page.all("input", name="address")[0]["value"] == address


@pytest.mark.parametrize("address", ["10.0.0.0/24", "nonsense", "<b>", "fe80::1%25eth0"])
def test_what_is_no_address_is_said(admin: Browser, address: str) -> None:
    answer = admin.get(f"{PATH}?address={address}")
    assert (answer.status_code, "is not one plain IP address" in answer.text) == (400, True)
    assert "<b>" not in answer.text


@pytest.mark.parametrize("deed", ["disable", "remove"])
def test_shutting_oneself_out_is_asked_once_more(admin: Browser, rule: int, deed: str) -> None:
    answer = admin.post_form(f"{PATH}/{rule}/{deed}", TYPED, X_Sluice_Address=OWN)
    page = Page(answer)
    assert answer.status_code == 409
    assert "10.0.0.7" in page.text
    assert "Nothing has changed yet" in page.text
    assert listed(admin)[0]["is_enabled"] is True
    (form,) = page.all("form")
    assert form["action"] == f"{PATH}/{rule}/{deed}"
    assert page.all("input", name="confirm")[0]["value"] == "yes"
    sent = {
        str(one["name"]): one["value"] for one in page.all("input", type="hidden") if one["name"] != "csrf_token"
    }
    assert sent == {"confirm": "yes"} | TYPED
    assert admin.post_form(f"{PATH}/{rule}/{deed}", sent, X_Sluice_Address=OWN).status_code == 303
    assert [one["is_enabled"] for one in listed(admin)] == ([False] if deed == "disable" else [])


@pytest.mark.parametrize("own", ["", "unknown", "192.0.2.1"])
def test_somebody_elses_rule_goes_without_a_question(admin: Browser, rule: int, own: str) -> None:
    assert admin.post_form(f"{PATH}/{rule}/remove", TYPED, X_Sluice_Address=own).status_code == 303
    assert listed(admin) == []


@pytest.mark.parametrize("typed", ["", "10.0.0.0", "10.0.0.0/25"])
def test_a_rule_goes_only_when_its_address_is_typed(admin: Browser, rule: int, typed: str) -> None:
    answer = admin.post_form(f"{PATH}/{rule}/remove", {"typed": typed})
    assert (answer.status_code, "Nothing was done." in answer.text) == (400, True)
    assert len(listed(admin)) == 1


def test_the_warnings_answer_alone_removes_nothing(admin: Browser, rule: int) -> None:
    answer = admin.post_form(f"{PATH}/{rule}/remove", {"confirm": "yes"}, X_Sluice_Address=OWN)
    assert (answer.status_code, "Nothing was done." in answer.text) == (400, True)
    assert len(listed(admin)) == 1


def test_blanks_around_what_was_typed_are_no_slip(admin: Browser, rule: int) -> None:
    assert admin.post_form(f"{PATH}/{rule}/remove", {"typed": " 10.0.0.0/24\n"}).status_code == 303
    assert listed(admin) == []


def test_nobody_is_asked_while_another_rule_lets_them_in(admin: Browser, rule: int) -> None:
    admin.post_json(JSON, {"ip": "10.0.0.0/8"})
    assert admin.post_form(f"{PATH}/{rule}/remove", TYPED, X_Sluice_Address=OWN).status_code == 303


def test_a_list_is_imported_with_its_names(admin: Browser) -> None:
    text = "# the office\r\n10.0.0.0/24   first floor # old\r\n\r\n192.0.2.7\t\r\n2001:db8::/32 lab\r\n"
    assert admin.post_form(f"{PATH}/import", {"list": text}).headers["Location"] == f"{PATH}#note"
    assert [(one["cidr"], one["name"]) for one in listed(admin)] == [
        ("10.0.0.0/24", "first floor"),
        ("192.0.2.7/32", ""),
        ("2001:db8::/32", "lab"),
    ]
    assert "3 addresses were added." in admin.get(PATH).text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("10.1.0.0/24\n# fine so far\n10.0.0.1/24", "Line 3: "),
        ("10.1.0.0/24\n10.1.0.0/24", "Line 2: 10.1.0.0/24 stands on line 1 already."),
        (
            "# remarks\n\n10.0.0.0/24 again",
            "Line 3: 10.0.0.0/24 is on the allow-list already. Nothing was imported.",
        ),
        ("10.1.0.0/24 a<b", "Line 1: "),
        ("10.1.0.0/24\n0.0.0.0/0", "Line 2: 0.0.0.0/0 would let everybody in."),
        ("# nothing\n", "The list names no address."),
        ("", "list is missing."),
    ],
)
def test_a_list_is_imported_whole_or_not_at_all(admin: Browser, rule: int, text: str, sentence: str) -> None:
    answer = admin.post_form(f"{PATH}/import", {"list": text})
    assert answer.status_code == 400
    assert sentence in Page(answer).text
    assert [one["cidr"] for one in listed(admin)] == ["10.0.0.0/24"]


def test_a_list_that_failed_is_still_in_its_field(admin: Browser) -> None:
    answer = admin.post_form(f"{PATH}/import", {"list": "nonsense </textarea><b>"})
    assert "nonsense &lt;/textarea&gt;&lt;b&gt;</textarea>" in answer.text
