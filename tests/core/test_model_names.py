"""Spellings that run one model compare equal; different models never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.model_names import canonical
from tests.core.builders import patient


@pytest.mark.parametrize(
    "spelling",
    ["gemma3", "GEMMA3", "gemma3:latest", "Gemma3:LATEST", "library/gemma3", "Library/gemma3:latest", " gemma3 "],
)
def test_every_spelling_of_a_model_is_one_name(spelling: str) -> None:
    assert canonical(spelling) == "gemma3:latest"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("gemma3", "gemma3:270m"),
        ("gemma3:270m", "gemma3:270m-cloud"),
        ("gemma3:270m", "gemma3:270m:cloud"),
        ("gemma3", "someone/gemma3"),
        ("gemma3", "registry.example/library/gemma3"),
        ("gemma3", "https://registry.example/library/gemma3"),
        ("gemma3", "gemma"),
        ("gemma3", "../gemma3"),
        ("registry.example:5000/gemma3", "registry.example/gemma3"),
    ],
)
def test_different_models_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_a_port_of_a_registry_is_not_taken_for_a_tag() -> None:
    assert canonical("registry.example:5000/gemma3") == "registry.example:5000/gemma3:latest"


@given(st.from_regex(r"([a-z0-9]{1,6}/){0,2}[A-Za-z0-9._-]{1,12}(:[A-Za-z0-9._-]{1,8})?", fullmatch=True))
@patient
def test_a_canonical_name_is_its_own_and_has_a_tag(name: str) -> None:
    once = canonical(name)
    assert canonical(once) == once
    assert ":" in once
