"""A run cut at the boundaries of steps of time, so that each step has what happened in it.

Promise: the parts add up to the whole, seconds and tokens alike, whatever the lengths; no step gets more seconds
than it has, and none a token more or less than its share. A sliver of a step gets none.
"""

from collections.abc import Iterator


def spread(began_at: float, ran_s: float, tokens: int, step_s: int) -> Iterator[tuple[int, float, int]]:
    """(Beginning of the step, seconds of the run in it, tokens in it); tokens evenly over the run.

    A run of no length has everything in the step of its instant.
    """
    ended_at = began_at + ran_s
    start = int(began_at // step_s) * step_s
    done_s, done = 0.0, 0
    while start + step_s < ended_at:
        until_s = start + step_s - began_at
        # What was written until then, to the nearest token: rounded down, the last step would get what is over.
        until = int(tokens * until_s / ran_s + 0.5)
        yield start, until_s - done_s, until - done
        start, done_s, done = start + step_s, until_s, until
    yield start, ran_s - done_s, tokens - done
