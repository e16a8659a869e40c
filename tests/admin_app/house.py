"""A web app on a real database, and browsers that ask it the way the gate does."""

import shutil
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from addon.core.principal import DEFAULT_SCOPES, Scope
from addon.settings import load_settings
from addon.store.engine import make_engine
from addon.store.invites import NewInvite, add_invite
from addon.store.keys import NewKey, add_key
from addon.store.schema import ensure_schema
from admin_app.context import WebContext
from admin_app.factory import furnish, wire
from tests.changing import changing_rules

GATE_SECRET = "the-gate's-secret-of-this-start"
HOST = "sluice.test:8000"
ORIGIN = f"http://{HOST}"
PASSWORD = "correct horse battery"
NOON = 1_785_585_600.0  # 2026-08-01, 12:00 UTC


@dataclass
class Clock:
    """The time, as the test sets it."""

    now: float = NOON

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    """The app with its database; makes accounts, keys and browsers."""

    context: WebContext
    clock: Clock
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = _app(self.context)

    def visitor(self) -> "Browser":
        """Somebody who is not signed in."""
        return Browser(self.app)

    def invite(self, *, is_admin: bool = False, uses: int = 1, lifetime_s: float = 3600) -> str:
        """The token of a fresh invite."""
        with changing_rules(self.context.engine) as session:
            return add_invite(session, NewInvite(uses, lifetime_s, is_admin), self.clock())[1]

    def joined(self, name: str, *, is_admin: bool = False) -> "Browser":
        """A browser whose owner has just registered."""
        browser = self.visitor()
        token = self.invite(is_admin=is_admin)
        answer = browser.post_json("/api/auth/register", {"username": name, "password": PASSWORD, "token": token})
        assert answer.status_code == 201, answer.text
        return browser

    def key(self, name: str, *scopes: Scope) -> str:
        """The text of a fresh API key."""
        with changing_rules(self.context.engine) as session:
            new = NewKey(name, scopes=frozenset(scopes) or DEFAULT_SCOPES)
            return add_key(session, new, self.clock())[1]


class Browser:
    """A test client behind the gate; keeps cookies and sends what our pages' scripts send."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["HTTP_X_SLUICE_GATE"] = GATE_SECRET

    @property
    def csrf(self) -> str:
        """The CSRF token of its cookie, or nothing."""
        cookie = self.client.get_cookie("sluice_csrf", HOST.partition(":")[0])
        return cookie.value if cookie else ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=ORIGIN, buffered=True, headers=_dashed(headers))

    def post_json(self, path: str, document: Any, **headers: str) -> TestResponse:
        """Send JSON as a page script does."""
        return self.client.post(
            path, base_url=ORIGIN, buffered=True, json=document, headers=self._own() | _dashed(headers)
        )

    def put(self, path: str, document: Any, **headers: str) -> TestResponse:
        """Put JSON as a page script does."""
        return self.client.put(
            path, base_url=ORIGIN, buffered=True, json=document, headers=self._own() | _dashed(headers)
        )

    def delete(self, path: str, **headers: str) -> TestResponse:
        """Ask for a removal as a page script does."""
        return self.client.delete(path, base_url=ORIGIN, buffered=True, headers=self._own() | _dashed(headers))

    def send(self, method: str, path: str, document: Any = None, **headers: str) -> TestResponse:
        """Ask with any method; a document goes as JSON."""
        return self.client.open(
            path,
            method=method,
            base_url=ORIGIN,
            buffered=True,
            json=document,
            headers=self._own() | _dashed(headers),
        )

    def post_form(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Send a plain form of one of our pages."""
        form = {"csrf_token": self.csrf} | (fields or {})
        return self.client.post(
            path, base_url=ORIGIN, buffered=True, data=form, headers={"Origin": ORIGIN} | _dashed(headers)
        )

    def _own(self) -> dict[str, str]:
        return {"Origin": ORIGIN} | ({"X-CSRF-Token": self.csrf} if self.csrf else {})


def open_house(folder: Path, template: Path | None = None, environ: dict[str, str] | None = None) -> House:
    """A house in a folder; a template database spares the migrations."""
    if template is not None:
        shutil.copy(template, folder / "sluice.db")
    settings = load_settings(config=None, data=folder, listen=HOST, environ=environ or {})
    engine = make_engine(settings.database.url)
    if template is None:
        ensure_schema(engine, folder)
    clock = Clock()
    context = WebContext(
        settings=settings,
        engine=engine,
        session_secret=b"s" * 32,
        gate_secret=GATE_SECRET,
        now=clock,
        bcrypt_cost=4,
    )
    return House(context, clock)


@cache
def _wired() -> Flask:
    # Compiling a hundred routes takes longer than most tests, and is the same in every house.
    app = wire()
    app.testing = True
    return app


def _app(context: WebContext) -> Flask:
    app = copy(_wired())
    app.extensions = {}
    return furnish(app, context)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
