"""What is changed while the gate runs stands above the file, and below environment and options."""

from pathlib import Path

import pytest

from addon.settings import SettingsError, check_live, is_fixed, with_live
from tests.settings.loading import load, load_text

_CHANGES = {"upstream.slots": 3, "queue.aging_per_minute": 0.5, "queue.max_wait_s.web_chat": 60}


def test_a_live_value_stands_above_default_and_file(tmp_path: Path) -> None:
    settings = with_live(load_text(tmp_path, "[queue]\naging_per_minute = 0.2\nmax_waiting = 7\n"), _CHANGES)
    assert (settings.upstreams[0].slots, settings.queue.aging_per_minute) == (3, 0.5)
    assert (settings.queue.max_wait_s.web_chat, settings.queue.max_waiting) == (60.0, 7)
    assert [settings.source(key) for key in (*_CHANGES, "queue.max_waiting")] == ["live", "live", "live", "file"]


def test_the_environment_stands_above_a_live_value() -> None:
    settings = load(environ={"SLUICE_UPSTREAM__SLOTS": "2"})
    assert is_fixed(settings, "upstream.slots")
    assert not is_fixed(settings, "queue.aging_per_minute")
    changed = with_live(settings, _CHANGES)
    assert (changed.upstreams[0].slots, changed.source("upstream.slots")) == (2, "environment")


def test_the_settings_it_was_made_from_stay_as_they_were() -> None:
    settings = load()
    with_live(settings, _CHANGES)
    assert (settings.upstreams[0].slots, settings.source("upstream.slots")) == (1, "default")


@pytest.mark.parametrize("value", [0, -1, 1025, 1.5, True, "2", None, [1], {}, float("nan"), 10**30])
def test_a_value_that_does_not_fit_is_a_sentence(value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        check_live("upstream.slots", value)
    assert caught.value.sentence.startswith("upstream.slots must be a whole number from 1 to 1024, but it is ")
    with pytest.raises(SettingsError):
        with_live(load(), {"upstream.slots": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.1, 1001])
def test_a_rate_is_a_finite_number(value: float) -> None:
    with pytest.raises(SettingsError):
        check_live("queue.aging_per_minute", value)


@pytest.mark.parametrize(
    "key", ["gate.listen", "queue.base.web_chat", "queue.heartbeat_s", "upstream.url", "junk", ""]
)
def test_what_is_not_the_gates_number_cannot_be_changed_live(key: str) -> None:
    with pytest.raises(SettingsError, match="not a setting that can be changed while the gate runs"):
        check_live(key, 1)
