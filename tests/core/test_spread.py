"""A run cut into steps: nothing is lost, nothing is counted twice, no step is fuller than it can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.spread import spread


@pytest.mark.parametrize(
    ("began_at", "ran_s", "tokens", "parts"),
    [
        (605.0, 10.0, 7, [(600, 10.0, 7)]),
        (590.0, 20.0, 7, [(0, 10.0, 4), (600, 10.0, 3)]),
        (1190.0, 620.0, 62, [(600, 10.0, 1), (1200, 600.0, 60), (1800, 10.0, 1)]),
        (599.5, 0.0, 3, [(0, 0.0, 3)]),
        (590.0, 10.0, 1, [(0, 10.0, 1)]),
        (595.0, 5.25, 3, [(0, 5.0, 3), (600, 0.25, 0)]),
    ],
)
def test_a_run_is_cut_at_the_boundaries(
    began_at: float, ran_s: float, tokens: int, parts: list[tuple[int, float, int]]
) -> None:
    assert list(spread(began_at, ran_s, tokens, 600)) == parts


@given(
    began_at=st.floats(1.7e9, 1.9e9),
    ran_s=st.floats(0, 100_000),
    tokens=st.integers(0, 10**7),
    step_s=st.sampled_from([60, 600, 3600, 21600]),
)
def test_the_parts_are_the_whole(began_at: float, ran_s: float, tokens: int, step_s: int) -> None:
    parts = list(spread(began_at, ran_s, tokens, step_s))
    assert sum(seconds for _, seconds, _ in parts) == pytest.approx(ran_s, abs=1e-5)
    assert sum(part for _, _, part in parts) == tokens
    assert all(part >= 0 and -1e-5 <= seconds <= step_s + 1e-5 for _, seconds, part in parts)
    starts = [start for start, _, _ in parts]
    assert starts == list(range(starts[0], starts[0] + len(parts) * step_s, step_s))
    assert starts[0] <= began_at < starts[0] + step_s


@given(
    began_at=st.floats(1.7e9, 1.9e9),
    ran_s=st.floats(0.01, 100_000),
    tokens=st.integers(0, 10**6),
    step_s=st.sampled_from([60, 600, 3600, 21600]),
)
def test_no_step_has_a_token_more_or_less_than_its_share(
    began_at: float, ran_s: float, tokens: int, step_s: int
) -> None:
    parts = list(spread(began_at, ran_s, tokens, step_s))
    over = [part - tokens * seconds / ran_s for _, seconds, part in parts]
    assert all(abs(part) <= 1 + 1e-3 for part in over)
    # Those that are cut: here a token too many would make a rate of hundreds.
    assert abs(over[0]) <= 0.5 + 1e-3
    assert abs(over[-1]) <= 0.5 + 1e-3
