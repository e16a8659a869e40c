"""Every answer leaves with the security headers."""

import re

import pytest

from admin_app.headers import SECURITY_HEADERS
from tests.admin_app.house import Browser


@pytest.mark.parametrize(
    "path", ["/login", "/chat", "/admin", "/api/auth/session", "/api/nothing", "/nothing", "/static/app.css"]
)
def test_every_answer_has_the_security_headers(admin: Browser, path: str) -> None:
    headers = admin.get(path).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_errors_and_redirects_have_them_too(visitor: Browser) -> None:
    for answer in (visitor.get("/chat"), visitor.post_form("/login"), visitor.post_json("/api/auth/login", [])):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_policy_allows_no_inline_code_and_no_foreign_origin() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'" in policy


@pytest.mark.parametrize("path", ["/login", "/setup", "/register", "/account", "/admin", "/chat"])
def test_pages_are_not_kept_and_hold_nothing_inline_or_foreign(admin: Browser, path: str) -> None:
    answer = admin.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", answer.text)
    loaded = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
    assert loaded
    assert [address for address in loaded if not re.match(r"/(?!/)|#", address)] == []


@pytest.mark.parametrize("path", ["/login", "/setup", "/account", "/admin", "/chat"])
def test_every_field_of_a_page_has_a_label(admin: Browser, path: str) -> None:
    text = admin.get(path).text
    labelled = set(re.findall(r'<label for="([^"]+)"', text))
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", re.sub(r"<label>.*?</label>", "", text))
    shown = [field for field in fields if 'type="hidden"' not in field]
    assert {name for field in shown for name in re.findall(r'\bid="([^"]+)"', field)} == labelled


def test_json_is_not_kept(admin: Browser) -> None:
    assert admin.get("/api/auth/session").headers["Cache-Control"] == "no-store"


def test_the_gate_is_told_who_asked(admin: Browser, visitor: Browser) -> None:
    assert admin.get("/admin").headers["X-Sluice-Asker"] == "user:1"
    assert admin.post_form("/admin/keys", {"name": ""}).headers["X-Sluice-Asker"] == "user:1"
    assert "X-Sluice-Asker" not in visitor.get("/login").headers
