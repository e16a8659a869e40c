"""Style sheets and scripts."""

import pytest

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
