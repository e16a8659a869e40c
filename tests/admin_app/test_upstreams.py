"""Words about upstreams that page and terminal share."""

from typing import cast

import pytest

from admin_app.upstreams import Loaded, Upstream, advice_on_slots, on_gpu, size, stays


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0.0 MB"),
        (291_000_000, "291 MB"),
        (99_940_000, "99.9 MB"),
        (10**9, "1.0 GB"),
        (4_700_000_000, "4.7 GB"),
    ],
)
def test_sizes_are_those_by_which_models_are_sold(count: int, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(("part", "words"), [(0, "none"), (50, "50 %"), (100, "all"), (120, "all")])
def test_how_much_of_a_model_is_on_a_gpu(part: int, words: str) -> None:
    model = Loaded(name="m", size_bytes=100, vram_bytes=part, context_length=None, expires_at=None)
    assert on_gpu(model) == words


def test_advice_names_the_number_that_ollama_should_have() -> None:
    assert "OLLAMA_NUM_PARALLEL=3" in advice_on_slots(cast("Upstream", {"slots": 3}))
    assert "OLLAMA_NUM_PARALLEL is 1" in advice_on_slots(cast("Upstream", {"slots": 1}))


@pytest.mark.parametrize(("expires_at", "expected"), [(None, False), (500.0, False), (11_000_000_000.0, True)])
def test_a_model_that_leaves_in_centuries_stays(expires_at: float | None, expected: bool) -> None:
    model = Loaded(name="m", size_bytes=1, vram_bytes=1, context_length=None, expires_at=expires_at)
    assert stays(model, 400.0) is expected
