"""config/sluice.toml and config/README.md say what the code says, and nothing else."""

import importlib
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from addon.settings import SettingsError, load_settings, reference, sample
from addon.settings.sources import SETTINGS

CONFIG = Path(__file__).parents[2] / "config"


def uncommented() -> str:
    """Return the shipped file as if its reader had switched every setting on."""
    shipped = (CONFIG / "sluice.toml").read_text(encoding="utf-8")
    return re.sub(r"^#(?=[a-z])", "", shipped, flags=re.MULTILINE)


def keys_of(table: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        inner = value[0] if name == "upstream" and isinstance(value, list) else value
        found |= keys_of(inner, f"{prefix}{name}.") if isinstance(inner, dict) else {prefix + name}
    return found


def test_the_shipped_file_lists_exactly_the_settings() -> None:
    assert keys_of(tomllib.loads(uncommented())) == set(SETTINGS)


def test_the_shipped_file_shows_the_true_defaults(tmp_path: Path) -> None:
    everything = tmp_path / "sluice.toml"
    everything.write_text(uncommented(), encoding="utf-8")
    defaults = load_settings(config=None, data=None, listen="0.0.0.0:9", environ={})
    written_out = load_settings(config=everything, data=None, listen="0.0.0.0:9", environ={})
    assert written_out == defaults
    assert {written_out.source(key) for key in SETTINGS if key != "gate.listen"} == {"file"}


def test_the_shipped_file_changes_nothing_as_it_is() -> None:
    shipped = load_settings(config=CONFIG / "sluice.toml", data=None, listen=None, environ={})
    assert {shipped.source(key) for key in SETTINGS} == {"default"}


def test_the_shipped_file_is_what_the_code_prints() -> None:
    shipped = (CONFIG / "sluice.toml").read_text(encoding="utf-8")
    assert shipped == sample(), "run: python -m addon.settings sample > config/sluice.toml"


def test_the_reference_holds_the_table_that_the_code_prints() -> None:
    page = (CONFIG / "README.md").read_text(encoding="utf-8")
    assert reference() in page, "replace the table by the output of: python -m addon.settings reference"


@pytest.mark.parametrize(
    ("toml", "environ"),
    [("queue.base.web_chat = 12", {}), ("", {"SLUICE_QUEUE__AGEING_PER_MINUTE": "1"})],
)
def test_the_error_lines_on_the_page_are_real(
    toml: str, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(config=Path("my.toml"), data=None, listen=None, environ=environ)
    assert f"    {caught.value}\n" in (CONFIG / "README.md").read_text(encoding="utf-8")


def test_every_meaning_is_made_of_sentences() -> None:
    for one in SETTINGS.values():
        assert one.meaning.endswith("."), one.key
        assert "|" not in one.meaning + one.kind.expects, one.key


@pytest.mark.parametrize("document", ["sample", "reference"])
def test_the_documents_can_be_printed(
    document: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["settings", document])
    runpy.run_module("addon.settings", run_name="__main__")
    assert capsys.readouterr().out == {"sample": sample, "reference": reference}[document]()


def test_nothing_is_printed_by_an_import(capsys: pytest.CaptureFixture[str]) -> None:
    importlib.import_module("addon.settings.__main__")
    assert capsys.readouterr().out == ""
