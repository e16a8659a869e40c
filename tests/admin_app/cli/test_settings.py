"""`sluice settings`: the same as the page, at the terminal."""

from addon.settings.sources import SETTINGS
from tests.admin_app.cli.running import CommandLine

AGING = "queue.aging_per_minute"


def _row(sluice: CommandLine) -> list[str]:
    rows = (line.split() for line in sluice.words("settings", "list").splitlines())
    return next(row for row in rows if row[0] == AGING)


def test_every_setting_is_listed(sluice: CommandLine) -> None:
    assert [one["key"] for one in sluice.document("settings", "list")] == list(SETTINGS)
    assert _row(sluice) == [AGING, "0.1", "0.1", "default", "live"]


def test_a_setting_is_changed_and_taken_back(sluice: CommandLine) -> None:
    assert sluice.document("settings", "set", AGING, "0.5")["value"] == "0.5"
    assert _row(sluice) == [AGING, "0.5", "0.1", "live", "live"]
    assert sluice.document("settings", "reset", AGING)["source"] == "default"
    (back, there) = sluice.document("audit", "--action", "setting")
    assert (there["after"], back["before"]) == ({AGING: 0.5}, {AGING: 0.5})


def test_a_value_that_does_not_fit_is_one_line_and_exit_code_2(sluice: CommandLine) -> None:
    assert "must be a number from 0 to 1000" in sluice.refusal("settings", "set", AGING, "often", exit_code=2)
    at_start = sluice.refusal("settings", "set", "queue.heartbeat_s", "3", exit_code=2)
    assert "cannot be changed while the gate runs" in at_start
    assert "is not a setting" in sluice.refusal("settings", "reset", "junk", exit_code=2)
