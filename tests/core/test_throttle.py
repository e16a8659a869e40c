"""Thirty failures a minute for each place, exactly, in bounded memory."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.addresses import Address
from addon.core.throttle import Throttle, place_of
from tests.core.builders import patient


def test_thirty_failures_are_judged_and_the_next_is_told_when_to_come_back() -> None:
    throttle = Throttle()
    assert [throttle.fail("a", 100.0 + n) for n in range(30)] == [None] * 30
    assert throttle.fail("a", 130.0) == 30
    assert throttle.fail("a", 159.5) == 1
    assert throttle.fail("a", 159.999) == 1


def test_a_minute_after_the_first_failure_one_more_is_judged() -> None:
    throttle = Throttle()
    for n in range(30):
        throttle.fail("a", float(n))
    assert throttle.fail("a", 60.0) is None
    assert throttle.fail("a", 60.0) == 1


def test_what_was_held_back_does_not_lengthen_the_wait() -> None:
    throttle = Throttle(most=1, window_s=60.0)
    throttle.fail("a", 0.0)
    assert [throttle.fail("a", float(now)) for now in (10, 20, 59)] == [50, 40, 1]
    assert throttle.fail("a", 60.0) is None


def test_a_clock_that_is_set_back_lengthens_no_wait() -> None:
    throttle = Throttle(most=2)
    assert [throttle.fail("a", 10_000) for _ in range(3)] == [None, None, 60]
    assert throttle.fail("a", 100) is None
    assert throttle.fail("a", 101) is None
    assert throttle.fail("a", 102) == 58


def test_places_are_counted_apart() -> None:
    throttle = Throttle(most=1)
    assert throttle.fail("a", 0.0) is None
    assert throttle.fail("b", 0.0) is None
    assert throttle.fail("a", 1.0) is not None


def test_memory_is_bounded_and_what_failed_longest_ago_is_forgotten_first() -> None:
    throttle = Throttle(most=1, most_places=3)
    for place in ("a", "b", "c", "a", "d"):
        throttle.fail(place, 0.0)
    assert len(throttle) == 3
    assert throttle.fail("a", 1.0) is not None, "its last failure was later than b's"
    assert throttle.fail("b", 1.0) is None, "forgotten"


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=200))
@patient
def test_no_window_ever_holds_more_than_the_allowed_failures(pauses: list[float]) -> None:
    throttle, now, judged = Throttle(most=5, window_s=60.0), 0.0, list[float]()
    for pause in pauses:
        now += pause
        wait_s = throttle.fail("a", now)
        if wait_s is None:
            judged.append(now)
        else:
            assert 1 <= wait_s <= 60
        assert len([instant for instant in judged if instant > now - 60.0]) <= 5


@pytest.mark.parametrize(
    ("address", "peer", "place"),
    [
        ("192.0.2.1", "127.0.0.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "127.0.0.1", "2001:db8:1:2::/64"),
        (None, "127.0.0.1", "behind 127.0.0.1"),
        (None, "2001:db8:1:2:3::4", "behind 2001:db8:1:2::/64"),
        (None, None, "behind None"),
    ],
)
def test_a_place_is_an_address_a_site_or_the_peer_in_front_of_it(
    address: str | None, peer: str | None, place: str
) -> None:
    assert place_of(_read(address), _read(peer)) == place


def test_an_unknown_visitor_is_not_counted_with_its_peer() -> None:
    peer = ip_address("192.0.2.1")
    assert place_of(None, peer) != place_of(peer, peer)


def _read(text: str | None) -> Address | None:
    return None if text is None else ip_address(text)
