"""Style sheets, scripts and pictures.

The chat page's files are named by a stamp that changes whenever one of them does (`/static/chat/as-STAMP/…`, which
their relative imports inherit), so that browsers keep them without asking and never mix two versions.
"""

import hashlib
import re
from functools import lru_cache
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
_STAMPED = re.compile(r"as-([0-9a-f]{16})/")


def chat_folder() -> Path:
    """Where the chat page's files are: in an installed package, or beside it in the repository."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_REPOSITORY


def chat_stamp() -> str:
    """A name for the scripts and styles of the chat page as they are now."""
    files = sorted(path for kind in ("css", "js") for path in (chat_folder() / kind).iterdir())
    return _stamp_of(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=1)
def _stamp_of(files: tuple[tuple[Path, int, int], ...]) -> str:
    # Read again only after one of them was written: sizes and times alone may be the same in two packages.
    contents = (path.read_bytes() for path, _, _ in files)
    return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in contents)).hexdigest()[:16]


def chat_index() -> str:
    """The chat page, in which every file bears the present stamp."""
    page = (chat_folder() / "index.html").read_text(encoding="utf-8")
    return page.replace('"/static/chat/', f'"/static/chat/as-{chat_stamp()}/')


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
    stamped = _STAMPED.match(name)
    name = name[stamped.end() :] if stamped else name
    response = _cacheable(send_file_of(chat_folder(), name))
    # A page from before an update asks by its old stamp; what it gets must not be kept under that name.
    if _NEVER_CHANGES.match(name) or (stamped and stamped[1] == chat_stamp()):
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
