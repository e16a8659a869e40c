"""The stream callable: it must not raise and must not change a byte."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.usage import Meter
from addon.proxy.metering import metered
from tests.core.builders import patient


@patient
@given(st.lists(st.binary(max_size=50)))
def test_every_chunk_comes_back_unchanged(chunks: list[bytes]) -> None:
    look = metered(Meter(), lambda _chunk: None)
    assert [look(chunk) for chunk in chunks] == chunks


def test_only_chunks_with_bytes_are_progress() -> None:
    steps: list[bytes] = []
    look = metered(Meter(), steps.append)
    for chunk in (b"a", b"", b"b"):
        look(chunk)
    assert steps == [b"a", b"b"]


def test_a_failure_costs_the_count_and_not_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_chunk: bytes) -> None:
        raise RuntimeError("sabotage")

    look = metered(Meter(), fails)
    with caplog.at_level(logging.ERROR):
        assert look(b"prompt text") == b"prompt text"
    assert "the meter failed" in caplog.text
    assert "prompt text" not in caplog.text
