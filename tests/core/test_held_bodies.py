"""Bodies in memory: the count is exact, and neither the total nor one owner's part passes its limit."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from addon.core.held_bodies import HeldBodies, HeldBody
from addon.core.refusal import Reason, Refusal
from tests.core.builders import patient


def test_a_body_is_counted_from_its_first_byte_to_its_end() -> None:
    bodies = HeldBodies(100, 100)
    body = HeldBody(bodies, "key:1")
    assert [body.resize(size) for size in (10, 60, 40)] == [True] * 3
    assert bodies.held_bytes == body.size == 40
    body.end()
    body.end()
    assert bodies.held_bytes == 0


def test_all_bodies_together_stay_within_the_limit() -> None:
    bodies = HeldBodies(100, 100)
    first, second = HeldBody(bodies, "key:1"), HeldBody(bodies, "key:2")
    assert first.resize(70)
    assert (second.has_room(30), second.has_room(31)) == (True, False)
    assert not second.resize(31)
    assert (second.size, bodies.held_bytes) == (0, 70)
    first.end()
    assert second.resize(100)


def test_nobody_takes_the_room_of_all() -> None:
    bodies = HeldBodies(100, 50)
    one, another, of_the_same = (HeldBody(bodies, owner) for owner in ("key:1", "key:2", "key:1"))
    assert one.resize(30)
    assert not of_the_same.resize(21)
    assert of_the_same.resize(20)
    assert another.resize(50)
    assert bodies.held_bytes == 100


def test_a_body_whose_request_is_over_takes_no_room_again() -> None:
    bodies = HeldBodies(100, 100)
    body = HeldBody(bodies, "key:1")
    body.end()
    assert not body.resize(1)
    assert bodies.held_bytes == 0


def test_whoever_finds_no_room_is_told_the_limit_and_when_to_come_back() -> None:
    refusal = HeldBody(HeldBodies(100, 50), "key:1").refusal()
    assert refusal == Refusal(Reason.BODIES_FULL, "100")
    assert (refusal.status, refusal.retry_after_s) == (503, 10)
    assert "100 bytes" in refusal.message


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 80) | st.none()), max_size=60))
@patient
def test_the_count_is_the_sum_of_what_is_held(steps: Sequence[tuple[int, int | None]]) -> None:
    bodies = HeldBodies(100, 60)
    held = [HeldBody(bodies, f"key:{number % 3}") for number in range(6)]
    for number, size in steps:
        if size is None:
            held[number].end()
        else:
            held[number].resize(size)
        assert bodies.held_bytes == sum(body.size for body in held) <= 100
        assert all(sum(body.size for body in held[key::3]) <= 60 for key in range(3))
    for body in held:
        body.end()
    assert bodies.held_bytes == 0
    assert bodies.has_room("key:0", 60)
