"""Spellings that run one model compare equal; different models never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.model_names import canonical, is_cloud
from tests.core.builders import patient


@pytest.mark.parametrize(
    "spelling",
    [
        *(
            "gemma3",
            "GEMMA3",
            "gemma3:latest",
            "Gemma3:LATEST",
            "library/gemma3",
            "Library/gemma3:latest",
            " gemma3 ",
        ),
        *("registry.ollama.ai/library/gemma3", "Registry.Ollama.AI/library/gemma3:latest", "\tgemma3\n"),
        *("http://registry.ollama.ai/library/gemma3", "https://registry.ollama.ai/library/gemma3:latest"),
        *("HTTPS://registry.ollama.ai/library/Gemma3", "https:///library/gemma3", "gemma3:latest:local"),
        *("library/gemma3:latest:LOCAL", "registry.ollama.ai/library/gemma3:latest:local:local"),
    ],
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
        ("gemma3", "registry.ollama.ai/gemma3"),
        ("gemma3", "registry.ollama.ai/someone/gemma3"),
        ("gemma3", "registry.ollama.ai:443/library/gemma3"),
        ("gemma3", "registry.ollama.ai.evil.example/library/gemma3"),
        ("gemma3", "evil.example/registry.ollama.ai/library/gemma3"),
        ("gemma3", "registry.ollama.ai/library/library/gemma3"),
        ("gemma3", "http://library/gemma3"),
        ("gemma3", "http://gemma3"),
        ("gemma3", "hf.co/library/gemma3"),
        ("gemma3", "gemma3:local"),
        ("gemma3", "gemma3:"),
        ("gemma3", "gemma3:latest:"),
        ("gemma3", "gem ma3"),
        ("gemma3", "gemma3:latest:latest"),
        ("gemma3", "gemma3:cloud"),
        ("gemma3", "gemma3:latest:cloud"),
        ("someone/gemma3", "gemma3/someone"),
        ("a/b/c", "b/c"),
    ],
)
def test_different_models_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_a_registry_of_ones_own_is_the_same_with_and_without_a_scheme() -> None:
    spellings = {"hf.co/a/b:q4", "https://HF.co/a/b:Q4", "http://hf.co/a/b:q4", " hf.co/A/B:q4:local"}
    assert {canonical(spelling) for spelling in spellings} == {"hf.co/a/b:q4"}


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-oss:cloud", "gpt-oss:120b-cloud", "GPT-OSS:120B-CLOUD", "gpt-oss:120b:cloud", " gpt-oss : Cloud "),
        *("library/gpt-oss:cloud", "registry.ollama.ai/library/gpt-oss:120b-cloud", "https://a/b/c:cloud"),
        *("gpt-oss:-cloud", "gpt-oss-cloud", "gpt-oss:cloud:local", "gpt-oss:local:cloud"),
        *("gpt-oss:120b-cloud:latest", "registry.example:5000/a/b:cloud"),
    ],
)  # fmt: skip
def test_a_model_that_runs_at_ollama_com_is_told_by_its_name(name: str) -> None:
    assert is_cloud(name)


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-oss", "gpt-oss:120b", "cloud", "cloud:7b", "cloudy:latest", "my-cloud:7b", "cloud/gpt-oss"),
        *("a:cloudy", "a-cloud/b", "registry.cloud:5000/a", "gpt-oss:cloud-120b", "gpt-oss:local", ""),
    ],
)  # fmt: skip
def test_any_other_name_is_none(name: str) -> None:
    assert not is_cloud(name)


@given(st.text(max_size=30) | st.text("a:/ .-cloudbrytghim3", max_size=30))
@patient
def test_any_text_has_one_spelling(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name) == canonical(f" {name}\t")


def test_a_port_of_a_registry_is_not_taken_for_a_tag() -> None:
    assert canonical("registry.example:5000/gemma3") == "registry.example:5000/gemma3:latest"


@given(st.from_regex(r"([a-z0-9]{1,6}/){0,2}[A-Za-z0-9._-]{1,12}(:[A-Za-z0-9._-]{1,8})?", fullmatch=True))
@patient
def test_a_canonical_name_is_its_own_and_has_a_tag(name: str) -> None:
    once = canonical(name)
    assert canonical(once) == once
    assert ":" in once
