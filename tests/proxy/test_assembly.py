"""The wiring: every number of the settings reaches the part that works by it."""

from pathlib import Path

from addon.core.principal import PrincipalClass
from addon.proxy.assembly import host_names
from addon.proxy.limits import gate_limits
from tests.proxy.houses import make_settings


def test_the_gates_limits_are_the_settings(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path / "data",
        "http://127.0.0.1:9",
        SLUICE_UPSTREAM__SLOTS="3",
        SLUICE_QUEUE__AGING_PER_MINUTE="0.5",
        SLUICE_QUEUE__MAX_WAITING="7",
        SLUICE_QUEUE__MAX_WAITING_PER_PRINCIPAL="5",
        SLUICE_QUEUE__MAX_WAIT_S__DIRECT_API="1",
        SLUICE_QUEUE__MAX_WAIT_S__CUSTOM_APP="2",
        SLUICE_QUEUE__MAX_WAIT_S__WEB_CHAT="3",
        SLUICE_QUEUE__FIRST_BYTE_TIMEOUT_S="4",
        SLUICE_QUEUE__IDLE_TIMEOUT_S="5",
        SLUICE_QUEUE__MAX_HOLD_S="6",
    )
    limits = gate_limits(settings)
    assert (limits.slots, limits.aging_per_minute) == (3, 0.5)
    assert (limits.max_waiting, limits.max_waiting_per_principal) == (7, 5)
    assert (limits.first_byte_timeout_s, limits.idle_timeout_s, limits.max_hold_s) == (4, 5, 6)
    assert limits.max_wait_s == {
        PrincipalClass.DIRECT_API: 1,
        PrincipalClass.CUSTOM_APP: 2,
        PrincipalClass.WEB_CHAT: 3,
    }


def test_the_gate_answers_to_its_public_name_and_the_allowed_ones(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path / "data",
        "http://127.0.0.1:9",
        SLUICE_GATE__PUBLIC_URL="https://gate.example.org",
        SLUICE_GATE__ALLOWED_HOSTS="a.example,b.example",
        SLUICE_GATE__HOSTS__CHAT="chat.example",
        SLUICE_GATE__HOSTS__ADMIN="admin.example",
    )
    named = {"gate.example.org", "a.example", "b.example", "chat.example", "admin.example"}
    assert host_names(settings) == named
