"""The file and the environment: what they give, and the one line for what is wrong with them."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from addon.settings import Address, SettingsError
from tests.settings.loading import load, load_text, refusal_of, refusal_of_text, written


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = load_text(
        tmp_path,
        """
        [gate]
        listen = "0.0.0.0:9000"
        trusted_proxies = ["10.0.0.0/8"]
        [[upstream]]
        slots = 4
        [queue]
        aging_per_minute = 0
        base.web_chat = 5
        """,
    )
    assert settings.gate.listen == Address("0.0.0.0", 9000)
    assert settings.gate.trusted_proxies == (ip_network("10.0.0.0/8"),)
    assert (settings.upstreams[0].slots, settings.upstreams[0].name) == (4, "default")
    assert settings.queue.aging_per_minute == 0
    assert (settings.queue.base.web_chat, settings.queue.base.direct_api) == (5, 1)


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        (
            "queue.base.web_chat = 12",
            "my.toml: queue.base.web_chat must be a whole number from 0 to 9, but it is 12. The default is 3.",
        ),
        (
            'gate.trusted_proxies = ["10.0.0.1/8"]',
            (
                'my.toml: gate.trusted_proxies must be a list of addresses or networks, such as ["10.0.0.0/8", '
                '"192.168.1.1"], but "10.0.0.1/8" has bits set beyond its prefix; write 10.0.0.0/8. '
                "The default is []."
            ),
        ),
        (
            "[queue]\nageing_per_minute = 1",
            "my.toml: queue.ageing_per_minute is not a setting. Did you mean queue.aging_per_minute?",
        ),
        ("[limit]", "my.toml: limit is not a setting. Did you mean limits?"),
        (
            "[fairness]\nkappa = 8",
            "my.toml: fairness is not a setting. Remove it; config/README.md lists every setting.",
        ),
        ('"gate.listen" = "a:1"', "my.toml: gate.listen is not a setting. Did you mean gate.listen?"),
        ('"queue.base" = {}', "my.toml: queue.base is not a setting. Did you mean queue.base?"),
        ("queue = 3", "my.toml: queue must be a table, not a value. Write [queue] and its keys below."),
        (
            "queue.base = 3",
            "my.toml: queue.base must be a table, not a value. Write [queue.base] and its keys below.",
        ),
        (
            "[upstream]",
            "my.toml: upstream must be one [[upstream]] table, with double brackets. Write it so or remove it.",
        ),
        (
            "upstream = []",
            "my.toml: upstream must be one [[upstream]] table, with double brackets. Write it so or remove it.",
        ),
        (
            "[[upstream]]\n[[upstream]]",
            "my.toml: several [[upstream]] come in a later release. Keep one of them and remove the others.",
        ),
    ],
)
def test_a_wrong_setting_in_the_file_is_one_line(tmp_path: Path, toml: str, line: str) -> None:
    assert refusal_of_text(tmp_path, toml) == line


@pytest.mark.parametrize(
    ("toml", "line_number"),
    [("\n[gate\n", 2), ("[gate]\nlisten = 'a", 2), ("a = 1\n\na = 2", 3), ("x = [1,\n\n", 3)],
)
def test_broken_toml_is_one_line_that_names_the_broken_line(tmp_path: Path, toml: str, line_number: int) -> None:
    line = refusal_of_text(tmp_path, toml)
    assert line.startswith("my.toml: this is not TOML: ")
    assert f"at line {line_number}" in line
    assert "\n" not in line


@pytest.mark.parametrize("toml", ["a = " + "[" * 100_000, "a = " + "9" * 5000], ids=["deep", "huge"])
def test_toml_that_no_parser_can_hold_is_refused_all_the_same(tmp_path: Path, toml: str) -> None:
    assert refusal_of_text(tmp_path, toml).startswith("my.toml: this is not TOML: ")


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(b"[gate]\nlisten = '\xff'\n")
    with pytest.raises(SettingsError, match=r"my\.toml: line 2 is not UTF-8\. Save the file as UTF-8\.$"):
        load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load_text(tmp_path, "\ufeff[queue]\nmax_waiting = 7\n").queue.max_waiting == 7


def test_a_file_that_is_not_there_is_an_error_of_who_named_it(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    tail = f'there is no file "{missing}". Correct the path, or leave it out to run with the defaults.'
    with pytest.raises(SettingsError) as by_option:
        load(missing)
    assert str(by_option.value) == f"option --config: {tail}"
    assert refusal_of(SLUICE_CONFIG=str(missing)) == f"environment SLUICE_CONFIG: {tail}"


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert (
        str(caught.value) == f'option --config: cannot read "{tmp_path}" (Is a directory). Name a readable file.'
    )


def test_the_environment_sets_every_sort_of_value() -> None:
    settings = load(
        environ={
            "SLUICE_QUEUE__BASE__WEB_CHAT": "4",
            "SLUICE_QUEUE__MAX_WAIT_S__DIRECT_API": "2.5",
            "SLUICE_GATE__ANONYMOUS_READ": "true",
            "SLUICE_GATE__TRUSTED_PROXIES": "10.0.0.0/8,192.168.1.1/32",
            "SLUICE_GATE__PATH_PREFIXES": "",
            "SLUICE_GATE__ALLOWED_HOSTS": '["Gate.example.org"]',
            "SLUICE_UPSTREAM__URL": "http://gpu:11434",
            "SLUICE_UPSTREAM__NAME": "gpu",
            "SLUICE_UPSTREAM__SLOTS": "2",
        }
    )
    assert settings.queue.base.web_chat == 4
    assert settings.queue.max_wait_s.direct_api == 2.5
    assert settings.gate.anonymous_read is True
    assert settings.gate.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("192.168.1.1/32"))
    assert (settings.gate.path_prefixes, settings.gate.allowed_hosts) == ((), ("gate.example.org",))
    (upstream,) = settings.upstreams
    assert (upstream.name, upstream.slots, upstream.address) == ("gpu", 2, Address("gpu", 11434))


@pytest.mark.parametrize("name", ["SLUICE_TEST_OLLAMA", "SLUICE_REQUIRE_BROWSER", "OTHER__THING", "PATH"])
def test_variables_without_a_section_are_not_ours_to_judge(name: str) -> None:
    assert load(environ={name: "x"}) == load()


def test_an_unknown_variable_is_refused_with_the_nearest_name() -> None:
    assert refusal_of(SLUICE_QUEUE__AGEING_PER_MINUTE="1") == (
        "environment SLUICE_QUEUE__AGEING_PER_MINUTE: SLUICE_QUEUE__AGEING_PER_MINUTE is not a setting. "
        "Did you mean SLUICE_QUEUE__AGING_PER_MINUTE?"
    )


@pytest.mark.parametrize("name", ["SLUICE_queue__max_waiting", "SLUICE_QUEUE__BASE", "SLUICE___"])
def test_a_variable_must_be_written_exactly(name: str) -> None:
    assert f"{name} is not a setting." in refusal_of(**{name: "1"})


def test_a_wrong_value_in_the_environment_names_variable_and_setting() -> None:
    assert refusal_of(SLUICE_QUEUE__MAX_WAITING="many") == (
        "environment SLUICE_QUEUE__MAX_WAITING: queue.max_waiting must be a whole number from 1 to 1000000, "
        'but it is "many". The default is 500.'
    )


def test_a_url_with_a_password_is_refused_without_repeating_it() -> None:
    assert "secret" not in refusal_of(SLUICE_UPSTREAM__URL="http://anna:secret@gpu:11434")
    assert "secret" not in refusal_of(SLUICE_DATABASE__URL="postgresql+psycopg://anna:secret@db/sluice")


def test_the_file_must_be_right_even_where_the_environment_stands_above_it(tmp_path: Path) -> None:
    path = written(tmp_path, "queue.max_waiting = 0")
    with pytest.raises(SettingsError, match=r"queue\.max_waiting must be"):
        load(path, environ={"SLUICE_QUEUE__MAX_WAITING": "5"})


@pytest.mark.parametrize(
    ("key", "low", "high", "below", "above"),
    [
        ("queue.aging_per_minute", "0", "1000", "-0.1", "1000.1"),
        ("queue.base.direct_api", "0", "9", "-1", "10"),
        ("queue.max_waiting_per_principal", "1", "1000000", "0", "1000001"),
        ("queue.idle_timeout_s", "0.001", "31536000", "0", "inf"),
        ("upstream.slots", "1", "1024", "0", "1025"),
        ("limits.body_bytes", "1024", "1099511627776", "1023", "1099511627777"),
    ],
)
def test_a_range_holds_its_bounds_and_nothing_beyond(
    key: str, low: str, high: str, below: str, above: str
) -> None:
    name = f"SLUICE_{key.replace('.', '__').upper()}"
    assert load(environ={name: low}).source(key) == "environment"
    assert load(environ={name: high}).source(key) == "environment"
    for wrong in (below, above, "nan", "true"):
        assert f"{key} must be a" in refusal_of(**{name: wrong})
