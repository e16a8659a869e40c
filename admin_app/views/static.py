"""Style sheets, scripts and pictures."""

import re
from pathlib import Path

from flask import Blueprint, Response, redirect, send_from_directory
from flask.typing import ResponseReturnValue

from admin_app.rules import Rule, under

blueprint = Blueprint("static_files", __name__)

_PACKAGE = Path(__file__).parents[1]
_OWN_FILES = _PACKAGE / "static"
_IN_WHEEL = _PACKAGE / "_chat_static"
_IN_REPOSITORY = _PACKAGE.parent / "chat_static"
# With nosniff a browser runs only what bears the right type, and some systems' tables have .js wrong.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
# scripts/vendor keeps each library in a folder named after its version: new content has a new name.
_NEVER_CHANGES = re.compile(r"vendor/[a-z]+-\d[\d.]*/")


def chat_folder() -> Path:
    """Where the chat page's files are: in an installed package, or beside it in the repository."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_REPOSITORY


def send_file_of(folder: Path, name: str) -> Response:
    """One file of a folder; 404 for anything outside it."""
    return send_from_directory(folder, name, mimetype=_TYPES.get(Path(name).suffix))


@blueprint.get("/static/<path:name>")
@under(Rule.ANYONE)
def own_file(name: str) -> ResponseReturnValue:
    """A file of the account and admin pages."""
    return _cacheable(send_file_of(_OWN_FILES, name))


@blueprint.get("/static/chat/<path:name>")
@under(Rule.ANYONE)
def chat_file(name: str) -> ResponseReturnValue:
    """A file of the chat page."""
    response = _cacheable(send_file_of(chat_folder(), name))
    if _NEVER_CHANGES.match(name):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/favicon.ico")
@under(Rule.ANYONE)
def favicon() -> ResponseReturnValue:
    """The address browsers ask without being told."""
    return redirect("/static/favicon.svg", 301)


def _cacheable(response: Response) -> Response:
    # Kept, but asked about each time (ETag): names stay when content changes, and an update must not mix versions.
    response.headers["Cache-Control"] = "public, no-cache"
    return response
