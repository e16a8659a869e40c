"""Which models somebody may act on: those of their list, and no cloud model unless the settings say so."""

import pytest

from addon.core.model_rules import refuse_models
from addon.core.refusal import Reason, Refusal
from tests.core.builders import make_principal

ANYBODY = make_principal()
LIMITED = make_principal(models=frozenset({"gemma3", "gpt-oss:120b-cloud"}))


@pytest.mark.parametrize(
    "models", [(), ("gemma3",), ("library/GEMMA3:latest", "registry.ollama.ai/library/gemma3")]
)
def test_models_of_the_list_are_allowed(models: tuple[str, ...]) -> None:
    assert refuse_models(LIMITED, models, cloud_models=False) is None
    assert refuse_models(ANYBODY, models, cloud_models=False) is None
    assert refuse_models(None, models, cloud_models=False) is None


@pytest.mark.parametrize("models", [("llama3",), ("gemma3", "llama3"), ("llama3", "gemma3"), ("hf.co/x/gemma3",)])
def test_one_model_beyond_the_list_is_enough_to_refuse(models: tuple[str, ...]) -> None:
    refusal = refuse_models(LIMITED, models, cloud_models=False)
    assert refusal is not None
    assert refusal.reason is Reason.MODEL_NOT_ALLOWED


@pytest.mark.parametrize("principal", [None, ANYBODY, LIMITED])
def test_a_cloud_model_is_nobodys_to_use_until_it_is_allowed(principal: None) -> None:
    for models in (("gpt-oss:120b-cloud",), ("gemma3", "GPT-OSS:120B-Cloud")):
        assert refuse_models(principal, models, cloud_models=False) == Refusal(Reason.CLOUD_MODEL, models[-1])
        assert refuse_models(principal, models, cloud_models=True) is None


def test_an_allowed_cloud_model_still_has_to_be_on_the_list() -> None:
    refusal = refuse_models(LIMITED, ["gemma3:cloud"], cloud_models=True)
    assert refusal == Refusal(Reason.MODEL_NOT_ALLOWED, "gemma3:cloud")
