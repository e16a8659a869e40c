"""Loading: the order of the sources, derived values, the data directory."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from addon.settings import Address, SettingsError
from tests.settings.loading import load, written


def test_without_any_source_every_value_is_the_default() -> None:
    settings = load()
    assert settings.gate.listen == Address("127.0.0.1", 8000)
    assert settings.gate.public_url == "http://127.0.0.1:8000"
    assert settings.gate.path_prefixes == ("/api/code",)
    assert [(one.url, one.name, one.slots) for one in settings.upstreams] == [
        ("http://127.0.0.1:11434", "default", 1)
    ]
    assert settings.queue.aging_per_minute == 0.1
    assert settings.database.url == "sqlite:///data/sluice.db"
    assert settings.source("gate.listen") == "default"


def test_an_option_stands_above_the_environment_and_that_above_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[gate]\nlisten = "127.0.0.1:1"\n[queue]\nmax_waiting = 1\nmax_hold_s = 1\n')
    environ = {"SLUICE_GATE__LISTEN": "127.0.0.1:2", "SLUICE_QUEUE__MAX_WAITING": "2"}
    settings = load(path, listen="127.0.0.1:3", environ=environ)
    assert (settings.gate.listen.port, settings.queue.max_waiting, settings.queue.max_hold_s) == (3, 2, 1)
    keys = ("gate.listen", "queue.max_waiting", "queue.max_hold_s", "queue.idle_timeout_s")
    assert [settings.source(key) for key in keys] == ["option", "environment", "file", "default"]


def test_the_source_of_an_unknown_setting_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        load().source("gate.lisen")


def test_the_environment_names_the_file_unless_the_option_does(tmp_path: Path) -> None:
    path = written(tmp_path, "queue.max_waiting = 7")
    other = tmp_path / "other.toml"
    other.write_text("queue.max_waiting = 8")
    assert load(environ={"SLUICE_CONFIG": str(path)}).queue.max_waiting == 7
    assert load(other, environ={"SLUICE_CONFIG": str(path)}).queue.max_waiting == 8
    assert load(environ={"SLUICE_CONFIG": ""}).queue.max_waiting == 500


def test_a_wrong_option_is_one_line() -> None:
    with pytest.raises(SettingsError) as caught:
        load(listen="8000")
    assert str(caught.value) == (
        "option --listen: gate.listen must be HOST:PORT, with an IPv6 host in brackets and a port up to 65535, "
        'but it is not of that form. The default is "127.0.0.1:8000".'
    )
    assert caught.value.where == "option --listen"


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("0.0.0.0:9000", "http://127.0.0.1:9000"),
        ("[::]:9000", "http://[::1]:9000"),
        ("gate.local:80", "http://gate.local"),
    ],
)
def test_links_start_with_the_address_we_listen_on(listen: str, url: str) -> None:
    assert load(listen=listen).gate.public_url == url
    assert load(listen=listen, environ={"SLUICE_GATE__PUBLIC_URL": "http://<listen>"}).gate.public_url == url


def test_a_given_public_url_stays() -> None:
    settings = load(listen="0.0.0.0:9000", environ={"SLUICE_GATE__PUBLIC_URL": "https://gate.example.org/"})
    assert settings.gate.public_url == "https://gate.example.org"
    assert settings.at_port(9001).gate.public_url == "https://gate.example.org"


def test_the_port_the_system_chose_appears_in_address_and_links() -> None:
    gate = load(listen="0.0.0.0:0").at_port(4711).gate
    assert (gate.listen, gate.public_url) == (Address("0.0.0.0", 4711), "http://127.0.0.1:4711")


def test_the_data_directory_comes_from_option_environment_or_default(tmp_path: Path) -> None:
    environ = {"SLUICE_DATA_DIR": "/var/lib/sluice"}
    assert load(data=tmp_path, environ=environ).data_dir == tmp_path
    assert load(environ=environ).data_dir == Path("/var/lib/sluice")
    assert load(environ={"SLUICE_DATA_DIR": ""}).data_dir == Path("data")


def test_the_database_lies_in_the_data_directory_unless_it_is_named(tmp_path: Path) -> None:
    elsewhere = {"SLUICE_DATABASE__URL": "sqlite:////srv/other.db"}
    assert load(data=Path("/var/lib/sluice")).database.url == "sqlite:////var/lib/sluice/sluice.db"
    assert load(data=tmp_path, environ=elsewhere).database.url == "sqlite:////srv/other.db"


def test_a_data_directory_that_no_database_url_can_name_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^option --data: the path holds a question mark"):
        load(data=Path("why?"))
    with pytest.raises(SettingsError, match=r"^environment SLUICE_DATA_DIR: the path holds a question mark"):
        load(environ={"SLUICE_DATA_DIR": "why?"})


def test_settings_cannot_be_changed() -> None:
    settings = load()
    with pytest.raises(FrozenInstanceError):
        settings.gate.public_url = "http://elsewhere"  # type: ignore[misc] # what the type checker forbids, too
    with pytest.raises(TypeError):
        settings.sources["gate.listen"] = "file"  # type: ignore[index] # what the type checker forbids, too


def test_the_gate_s_names_are_read_from_a_table_of_their_own(tmp_path: Path) -> None:
    hosts = load(written(tmp_path, '[gate.hosts]\nchat = "Chat.example"\nadmin = "admin.example"\n')).gate.hosts
    assert (hosts.chat, hosts.admin) == ("chat.example", "admin.example")
    assert load(environ={"SLUICE_GATE__HOSTS__ADMIN": "boss.example"}).gate.hosts.admin == "boss.example"
    assert (load().gate.hosts.chat, load().gate.hosts.admin) == ("", "")


def test_one_name_cannot_have_two_roots() -> None:
    environ = {"SLUICE_GATE__HOSTS__CHAT": "sluice.example", "SLUICE_GATE__HOSTS__ADMIN": "Sluice.example"}
    with pytest.raises(SettingsError, match=r"^gate.hosts: chat and admin are both sluice.example, but "):
        load(environ=environ)


@pytest.mark.parametrize(("url", "expected"), [("https://gate.example", True), ("http://gate.example", False)])
def test_cookies_are_secure_where_people_come_by_https(url: str, expected: bool) -> None:
    assert load(environ={"SLUICE_GATE__PUBLIC_URL": url}).gate.is_https is expected
