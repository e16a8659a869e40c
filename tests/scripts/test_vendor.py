"""Vendored libraries are what npm gave us, and any change to them is found; a small program stands in for npm."""

import io
import json
import re
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts import vendor
from scripts.vendor import PACKAGES, VENDOR, Package, VendorError, complaints, fetch, main, read_notes

CHAT_SCRIPTS = VENDOR.parent / "js"
ADMIN_APP = VENDOR.parents[1] / "admin_app"
FILES = {
    "package.json": json.dumps({"license": "MIT"}),
    "LICENSE": "Do as you like.",
    "dist/one.mjs": "export default 1;",
    "hooks/dist/two.mjs": 'import{h}from"one";',
    "dist/fonts/a.woff2": "a",
    "dist/unwanted.js": "",
}
ONE = Package(
    "@owner/one",
    "1.2.3",
    ("dist/one.mjs", "hooks/dist/two.mjs", "dist/fonts/*.woff2"),
    strip=("dist/", "hooks/dist/"),
    rewrites=(('from"one"', 'from"./one.mjs"'),),
)


def _npm(folder: Path, files: Mapping[str, str], integrity: str = "sha512-abc") -> None:
    """Put an npm there that packs these files."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(folder / "kept.tgz", "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    answer = json.dumps([{"filename": "one.tgz", "integrity": integrity}])
    program = folder / "npm"
    program.write_text(
        f"""#!/bin/sh\nfor last; do :; done\ncp '{folder}/kept.tgz' "$last/one.tgz"\necho '{answer}'\n"""
    )
    program.chmod(0o755)


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an npm that has our package."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    _npm(folder, FILES)
    return folder


@pytest.fixture
def target(npm: Path, tmp_path: Path) -> Path:
    """A vendor folder that holds the package."""
    folder = tmp_path / "vendor"
    fetch([ONE], folder)
    return folder


def test_the_libraries_in_the_repository_are_untouched() -> None:
    assert complaints(PACKAGES, VENDOR) == []


def test_every_path_that_the_chat_page_names_is_there() -> None:
    source = "".join((CHAT_SCRIPTS / name).read_text() for name in ("vendored.js", "vendored_ui.js"))
    assert set(re.findall(r'"\.\./vendor/([^/"]+)', source)) <= {package.folder for package in PACKAGES}
    paths = re.findall(r'"\.\./vendor/([^"]+)"', source)
    lazy = ["highlightjs-11.12.0/highlight.min.js", "katex-0.19.1/katex.min.js", "katex-0.19.1/katex.min.css"]
    assert [path for path in [*paths, *lazy] if not (VENDOR / path).exists()] == []


def test_every_path_that_the_other_pages_name_is_there() -> None:
    sources = [*ADMIN_APP.glob("static/js/*.js"), *ADMIN_APP.glob("templates/**/*.html")]
    named = {path for file in sources for path in re.findall(r'"/static/chat/vendor/([^"]+)"', file.read_text())}
    assert [path for path in sorted(named) if not (VENDOR / path).is_file()] == []


def test_the_page_asks_for_no_language_that_is_not_vendored() -> None:
    source = (CHAT_SCRIPTS / "vendored.js").read_text()
    listed = re.search(r"MORE_LANGUAGES = \[(.*?)\]", source, re.DOTALL)
    assert listed
    assert tuple(re.findall(r'"(\w+)"', listed[1])) == vendor.MORE_LANGUAGES


def test_only_two_modules_know_where_libraries_are() -> None:
    named = sorted(path.name for path in CHAT_SCRIPTS.glob("*.js") if "/vendor/" in path.read_text())
    assert named == ["vendored.js", "vendored_ui.js"]


def test_named_files_are_copied_and_rewritten_and_noted(target: Path) -> None:
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {
        "VENDOR.json",
        "LICENSES/owner-1.2.3.txt",
        "owner-1.2.3/one.mjs",
        "owner-1.2.3/two.mjs",
        "owner-1.2.3/fonts/a.woff2",
    }
    assert (target / "owner-1.2.3/two.mjs").read_text() == 'import{h}from"./one.mjs";'
    (note,) = read_notes(target)
    assert (note["name"], note["version"], note["licence"]) == ("@owner/one", "1.2.3", "MIT")
    assert note["integrity"] == "sha512-abc"
    assert complaints([ONE], target) == []


def test_a_changed_a_missing_and_a_foreign_file_are_found(target: Path) -> None:
    (target / "owner-1.2.3/one.mjs").write_text("export default 2;")
    (target / "owner-1.2.3/two.mjs").unlink()
    (target / "owner-1.2.3/mine.js").write_text("")
    assert complaints([ONE], target) == [
        "owner-1.2.3/two.mjs is missing.",
        "owner-1.2.3/mine.js is in no package's list.",
        "owner-1.2.3/one.mjs has been changed.",
    ]


def test_a_package_that_is_not_here_or_not_wanted_is_found(target: Path) -> None:
    other = Package("two", "2.0.0", ("a",))
    assert complaints([other], target) == [
        "two 2.0.0 is not vendored; run scripts/vendor.",
        "@owner/one 1.2.3 is vendored but not asked for; run scripts/vendor.",
    ]


def test_a_version_that_has_changed_since_is_refused_and_the_old_files_stay(target: Path, npm: Path) -> None:
    _npm(npm, FILES, integrity="sha512-other")
    with pytest.raises(VendorError, match="is not what it was"):
        fetch([ONE], target)
    assert complaints([ONE], target) == []


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("dist/fonts/a.woff2", None, r"has no dist/fonts/\*\.woff2"),
        ("hooks/dist/two.mjs", "none", "not there exactly once"),
        ("hooks/dist/two.mjs", 'from"one"from"one"', "not there exactly once"),
    ],
)
def test_a_package_that_looks_different_is_refused(
    npm: Path, tmp_path: Path, file: str, content: str | None, sentence: str
) -> None:
    changed = {name: text for name, text in {**FILES, file: content}.items() if text is not None}
    _npm(npm, changed)
    with pytest.raises(VendorError, match=sentence):
        fetch([ONE], tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_without_npm_s_help_a_sentence_says_so(
    npm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (npm / "npm").write_text("#!/bin/sh\nexit 1\n")
    assert main([], tmp_path / "vendor") == 1
    assert capsys.readouterr().out == "npm could not pack marked 18.2.1; what it said is above.\n"


def test_checking_needs_no_npm(npm: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(npm)
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == f"{len(PACKAGES)} packages are as VENDOR.json says.\n"


def test_a_changed_file_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(VENDOR, copy)
    (copy / "marked-18.2.1/marked.esm.js").write_text("")
    assert main(["--check"], copy) == 1
    assert capsys.readouterr().out == "marked-18.2.1/marked.esm.js has been changed.\n"


def test_an_unknown_argument_shows_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fix"]) == 2
    assert capsys.readouterr().err == "usage: scripts/vendor [--check]\n"
