"""What the documents point at exists: links, paths, settings, commands."""

import re
from pathlib import Path

import pytest

from addon.settings.sources import SETTINGS
from tests.docs.documents import NAMES, ROOT, anchors, links, read, spans

_PATH = re.compile(r"(?:addon|admin_app|chat_static|config|scripts|tests)/[\w./-]*")
_SETTING = re.compile(r"(?:gate|upstream|queue|limits|database)\.[a-z_]+(?:\.[a-z_]+)?")
_SECTIONS = {key.rpartition(".")[0] for key in SETTINGS}


@pytest.mark.parametrize("name", [*NAMES, "config/README.md"])
def test_every_link_between_the_documents_resolves(name: str) -> None:
    for target in links(read(name)):
        path, _, fragment = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), f"{name} links {target}"
        assert not fragment or fragment in anchors(file.read_text(encoding="utf-8")), f"{name} links {target}"


@pytest.mark.parametrize("name", NAMES)
def test_every_path_named_exists(name: str) -> None:
    for span in spans(read(name)):
        if found := _PATH.match(span.removeprefix("./")):
            assert Path(ROOT, found[0]).exists(), f"{name} names {span}"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_setting_named_exists(name: str) -> None:
    for span in spans(read(name)):
        if _SETTING.fullmatch(span) and not span.endswith((".py", ".js", ".lock")):
            assert span in SETTINGS or span in _SECTIONS, f"{name} names {span}"


def test_the_documents_that_people_look_for_are_there() -> None:
    assert all((ROOT / name).read_text(encoding="utf-8").startswith("# ") for name in NAMES)
