"""What is remembered of an upstream: its times up and down, and how fast it answered."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from addon.core.upstream_history import LATENCIES_KEPT_S, Spell, UpstreamHistory


def test_nothing_is_known_before_the_first_question() -> None:
    history = UpstreamHistory()
    assert history.spells() == []
    assert history.latency_s(0.0) is None


def test_only_changes_begin_a_new_spell_and_the_latest_comes_first() -> None:
    history = UpstreamHistory()
    for instant in (10.0, 20.0):
        history.answered(0.01, instant)
    for instant in (30.0, 40.0):
        history.failed(instant)
    history.answered(0.01, 50.0)
    assert history.spells() == [Spell(True, 50.0), Spell(False, 30.0, 50.0), Spell(True, 10.0, 30.0)]
    assert [spell.state for spell in history.spells()] == ["up", "down", "up"]


def test_the_latency_is_the_median_of_the_last_hour() -> None:
    history = UpstreamHistory()
    history.answered(9.0, 0.0)
    for number, latency_s in enumerate((0.5, 0.1, 0.2)):
        history.answered(latency_s, 3000.0 + number)
    assert history.latency_s(LATENCIES_KEPT_S + 1) == 0.2
    assert history.latency_s(3 * LATENCIES_KEPT_S) is None


def test_a_clock_that_was_set_back_ends_no_spell_before_it_began() -> None:
    history = UpstreamHistory()
    history.answered(0.1, 1000.0)
    history.failed(500.0)
    assert history.spells() == [Spell(False, 1000.0), Spell(True, 1000.0, 1000.0)]
    assert history.latency_s(500.0) is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1e10)), min_size=1, max_size=400))
def test_whatever_is_noted_the_spells_are_few_and_follow_one_another(notes: list[tuple[bool, float]]) -> None:
    history = UpstreamHistory()
    for is_up, instant in notes:
        if is_up:
            history.answered(0.1, instant)
        else:
            history.failed(instant)
    spells = history.spells()
    assert 1 <= len(spells) <= 50
    assert spells[0].is_up is notes[-1][0]
    assert spells[0].until_at is None
    for later, earlier in pairwise(spells):
        assert earlier.until_at == later.since_at
        assert earlier.is_up is not later.is_up
        assert earlier.since_at <= later.since_at
