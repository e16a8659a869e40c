"""A model is found under every spelling Ollama accepts."""

from dataclasses import replace

import pytest

from addon.demo.bodies import ApiError
from addon.demo.catalogue import Catalogue
from tests.fakes.engine import GEMMA, ScriptedEngine

CATALOGUE = Catalogue(ScriptedEngine(facts=[GEMMA, replace(GEMMA, name="Tiny:latest")]), 1)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("gemma3:270m", "gemma3:270m"),
        ("GEMMA3:270M", "gemma3:270m"),
        (" library/gemma3:270m ", "gemma3:270m"),
        ("tiny", "Tiny:latest"),
        ("TINY:LATEST", "Tiny:latest"),
    ],
)
def test_spellings_of_one_model(spelling: str, name: str) -> None:
    assert CATALOGUE.runner(spelling).facts.name == name


@pytest.mark.parametrize(("spelling", "status"), [("gemma3", 404), ("x", 404), ("", 400), (None, 400)])
def test_no_model_without_its_name(spelling: str | None, status: int) -> None:
    with pytest.raises(ApiError) as refusal:
        CATALOGUE.runner(spelling)
    assert refusal.value.status == status
