"""What the real engine does by itself; the model behind it is tested in `test_main`."""

import pytest

from addon.demo.llama import PROMPT_TOKENS, fitting


@pytest.mark.parametrize("length", [1, PROMPT_TOKENS])
def test_a_prompt_that_fits_is_left_alone(length: int) -> None:
    tokens = list(range(length))
    assert fitting(tokens) == tokens


def test_a_prompt_that_is_too_long_loses_its_beginning_but_not_the_marker() -> None:
    tokens = list(range(PROMPT_TOKENS + 100))
    kept = fitting(tokens)
    assert len(kept) == PROMPT_TOKENS
    assert (kept[0], kept[1], kept[-1]) == (0, 101, tokens[-1])
