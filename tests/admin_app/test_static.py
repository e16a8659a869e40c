"""Style sheets and scripts."""

import os
import re
from pathlib import Path

import pytest

from admin_app.views import static
from tests.admin_app.house import HOST, Browser


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/app.css", "text/css"),
        ("/static/favicon.svg", "image/svg+xml"),
        ("/static/js/login.js", "text/javascript"),
        ("/static/chat/js/main.js", "text/javascript"),
        ("/static/chat/css/answer.css", "text/css"),
        ("/static/chat/vendor/preact-11.2.0/preact.mjs", "text/javascript"),
        ("/static/chat/vendor/katex-0.19.1/fonts/KaTeX_Main-Regular.woff2", "font/woff2"),
        ("/static/chat/vendor/VENDOR.json", "application/json"),
        ("/static/chat/vendor/LICENSES/marked-18.2.1.txt", "text/plain"),
    ],
)
def test_files_have_the_type_that_browsers_insist_on(visitor: Browser, path: str, kind: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == kind


def test_files_may_be_kept_and_are_asked_about_again(visitor: Browser) -> None:
    first = visitor.get("/static/app.css")
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = visitor.get("/static/app.css", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304


def test_a_file_whose_folder_names_its_version_is_kept_without_asking(visitor: Browser) -> None:
    for_ever = visitor.get("/static/chat/vendor/preact-11.2.0/preact.mjs").headers["Cache-Control"]
    assert for_ever == "public, max-age=31536000, immutable"
    asked_about = visitor.get("/static/chat/vendor/VENDOR.json").headers["Cache-Control"]
    assert asked_about == "public, no-cache"


def test_the_files_of_the_chat_page_are_kept_without_asking_until_one_of_them_changes(person: Browser) -> None:
    paths = re.findall(r'"(/static/chat/[^"]+)"', person.get("/chat").text)
    assert len(paths) == 8
    kept = [person.get(path) for path in paths]
    assert {answer.headers["Cache-Control"] for answer in kept} == {"public, max-age=31536000, immutable"}
    of_old = person.get(re.sub("as-[0-9a-f]{16}", f"as-{0:016}", paths[-1]))
    assert (of_old.status_code, of_old.headers["Cache-Control"]) == (200, "public, no-cache")


def test_the_stamp_changes_with_what_stands_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "chat_folder", lambda: tmp_path)
    for kind in ("css", "js"):
        (tmp_path / kind).mkdir()
    script = tmp_path / "js" / "main.js"
    stamps: list[str] = []
    for text in ("one", "two", "one"):
        script.write_text(text)
        os.utime(script, ns=(len(stamps), len(stamps)))
        stamps.append(static.chat_stamp())
    assert stamps[0] == stamps[2] != stamps[1]


def test_what_a_shared_cache_may_keep_sets_no_cookie(person: Browser) -> None:
    person.client.delete_cookie("sluice_csrf", domain=HOST.partition(":")[0])
    public = person.get("/static/chat/index.html")
    assert "public" in public.headers["Cache-Control"]
    assert "Set-Cookie" not in public.headers
    assert "sluice_csrf=" in person.get("/chat").headers["Set-Cookie"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../factory.py",
        "/static/..%2ffactory.py",
        "/static/chat/../../pyproject.toml",
        "/static/nothing.js",
    ],
)
def test_nothing_outside_the_folders_is_served(visitor: Browser, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_the_favicon_of_old_leads_to_the_picture(visitor: Browser) -> None:
    assert visitor.get("/favicon.ico").headers["Location"] == "/static/favicon.svg"
