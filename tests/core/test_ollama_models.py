"""Ollama's lists of models: read as it writes them, and never upset by anything else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.ollama_models import InstalledModel, LoadedModel, installed_models, loaded_models

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["models", "name", "size", "details", "expires_at"]), inner, max_size=4)
    ),
)
# As Ollama 0.32 answers, without what is not read.
LOADED = {
    "name": "gemma3:4b",
    "size": 6_000_000_000,
    "size_vram": 4_000_000_000,
    "context_length": 4096,
    "expires_at": "2026-08-01T14:00:00.123456789+02:00",
}
INSTALLED = {
    "name": "gemma3:4b",
    "size": 3_300_000_000,
    "modified_at": "2026-08-01T12:00:00Z",
    "details": {"parameter_size": "4.3B", "quantization_level": "Q4_K_M"},
}


def test_a_loaded_model_is_read_with_its_memory_and_its_end() -> None:
    expected = LoadedModel("gemma3:4b", 6_000_000_000, 4_000_000_000, 4096, 1785585600.123456)
    assert loaded_models({"models": [LOADED]}) == [expected]


def test_installed_models_are_read_by_name() -> None:
    expected = InstalledModel("gemma3:4b", 3_300_000_000, "4.3B", "Q4_K_M", 1785585600.0)
    other = InstalledModel("a:1b", 0, "", "", None)
    assert installed_models({"models": [INSTALLED, {"name": "a:1b"}]}) == [other, expected]


@pytest.mark.parametrize("answer", [None, [], {}, {"models": None}, {"models": [1, {}, {"name": 7}]}])
def test_what_has_another_form_holds_no_model(answer: object) -> None:
    assert loaded_models(answer) == []
    assert installed_models(answer) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("expires_at", "soon"), ("expires_at", "0001-01-01T00:00:00Z"), ("expires_at", 7), ("context_length", True)],
)
def test_a_field_that_cannot_be_read_is_missing(field: str, value: object) -> None:
    (found,) = loaded_models({"models": [LOADED | {field: value}]})
    assert getattr(found, field) is None


@given(_JSON)
def test_no_answer_raises(answer: Any) -> None:
    for document in (answer, {"models": answer}):
        assert isinstance(loaded_models(document), list)
        assert isinstance(installed_models(document), list)
