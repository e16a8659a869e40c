"""Shorthands for loading settings from one source alone."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from addon.settings import Settings, SettingsError, load_settings


def load(
    config: Path | None = None,
    *,
    data: Path | None = None,
    listen: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    return load_settings(config=config, data=data, listen=listen, environ=environ or {})


def load_text(directory: Path, toml: str) -> Settings:
    return load(written(directory, toml))


def written(directory: Path, toml: str) -> Path:
    path = directory / "my.toml"
    path.write_text(toml, encoding="utf-8")
    return path


def refusal_of_text(directory: Path, toml: str) -> str:
    """Return the error line for a file, without the directory of this test."""
    with pytest.raises(SettingsError) as caught:
        load_text(directory, toml)
    return str(caught.value).removeprefix(f"{directory}/")


def refusal_of(**given: str) -> str:
    """Return the error line for environment variables."""
    with pytest.raises(SettingsError) as caught:
        load(environ=given)
    return str(caught.value)
