"""How long a priority can be overtaken: the sentence against the formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.aging import US_PER_MINUTE, order_key
from addon.core.overtaking import overtaking, overtaking_by_priority

TOOLS = {"coding tools": 1}
EVERYBODY = {"coding tools": 1, "apps": 2, "chats": 3}


@pytest.mark.parametrize(
    ("priority", "aging", "sentence"),
    [
        (0, 0.1, "Nobody who comes later gets ahead."),
        (1, 0.1, "Only newcomers with a lower number get ahead."),
        (2, 0.1, "At most 10 minutes behind coding tools."),
        (5, 0.1, "At most 40 minutes behind coding tools."),
        (2, 1, "At most 1 minute behind coding tools."),
        (2, 0.3, "At most 4 minutes behind coding tools."),
        (2, 60, "At most 1 second behind coding tools."),
        (3, 1000, "At most 1 second behind coding tools."),
        (2, 2, "At most 30 seconds behind coding tools."),
        (9, 0.01, "At most 13 hours 20 minutes behind coding tools."),
        (7, 0.05, "At most 2 hours behind coding tools."),
        (9, 0, "Always behind coding tools: waiting does not count here (no aging)."),
        (1, 0, "Only newcomers with a lower number get ahead."),
    ],
)
def test_the_sentence_says_how_long_coding_tools_get_ahead(priority: int, aging: float, sentence: str) -> None:
    assert overtaking(priority, TOOLS, aging) == sentence


@pytest.mark.parametrize(
    ("priority", "aging", "sentence"),
    [
        (2, 0.1, "At most 10 minutes behind coding tools."),
        (3, 0.1, "At most 20 minutes behind coding tools and 10 minutes behind apps."),
        (5, 0.1, "At most 40 minutes behind coding tools, 30 minutes behind apps and 20 minutes behind chats."),
        (4, 0, "Always behind coding tools, apps and chats: waiting does not count here (no aging)."),
    ],
)
def test_everybody_with_a_better_base_is_named(priority: int, aging: float, sentence: str) -> None:
    assert overtaking(priority, EVERYBODY, aging) == sentence


def test_every_priority_has_its_sentence() -> None:
    assert list(overtaking_by_priority(EVERYBODY, 0.1)) == list(range(10))


@given(
    base=st.integers(0, 8),
    apart=st.integers(1, 9),
    aging=st.sampled_from([0.05, 0.1, 0.25, 0.5, 1.0]),
)
def test_who_comes_after_the_time_said_does_not_get_ahead(base: int, apart: int, aging: float) -> None:
    said = overtaking(base + apart, {"tools": base}, aging)
    minutes = round(apart / aging)
    words = f"{minutes} minute" if minutes <= 90 else f"{minutes // 60} hour"
    assert said.startswith(f"At most {words}")
    mine = order_key(base + apart, 0, aging)
    assert order_key(base, minutes * US_PER_MINUTE - 1, aging) < mine
    assert order_key(base, minutes * US_PER_MINUTE + 1, aging) > mine
