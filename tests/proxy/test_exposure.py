"""What the self-check warns of, asked over real sockets; 127.0.0.2 and 127.0.0.3 stand for outer addresses."""

import socket
import time
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from threading import Thread

import pytest

from addon.proxy import exposure
from addon.proxy.exposure import exposures
from addon.settings import load_settings

type Finder = Callable[..., list[str]]

_OUTER = frozenset({ip_address("127.0.0.2"), ip_address("127.0.0.3")})
_VERSION = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"version":"0.17.1"}'


@pytest.fixture(autouse=True)
def _outer_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposure, "own_addresses", lambda: _OUTER)


@pytest.fixture
def find() -> Finder:
    def found(listen: str = "127.0.0.1:8000", **environ: str) -> list[str]:
        return list(exposures(load_settings(config=None, data=None, listen=listen, environ=environ)))

    return found


@contextmanager
def _listening(host: str, says: bytes | None = _VERSION) -> Generator[int]:
    """A server that says this to everybody, or nothing at all; gives its port."""
    listener = socket.create_server((host, 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    if says is None:
                        connection.recv(65536)
                        connection.recv(1)
                    else:
                        connection.recv(65536)
                        connection.sendall(says)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_the_defaults_expose_nothing(find: Finder) -> None:
    # Port 9 (discard) instead of Ollama's own: the machine that runs the tests may well have an Ollama.
    assert find(SLUICE_UPSTREAM__URL="http://127.0.0.1:9") == []


@pytest.fixture
def ollama() -> Iterator[int]:
    with _listening("127.0.0.2") as port:
        yield port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "127.0.0.2", "[::1]"])
def test_an_ollama_that_also_listens_outwards_is_told_with_what_to_do(
    find: Finder, ollama: int, host: str
) -> None:
    (line,) = find(SLUICE_UPSTREAM__URL=f"http://{host}:{ollama}", SLUICE_UPSTREAM__NAME="big")
    assert line.startswith(f"upstream big: Ollama listens at 127.0.0.2:{ollama} too, so ")
    assert f"OLLAMA_HOST=127.0.0.1:{ollama}" in line
    assert line.endswith(f"set upstream.url to http://127.0.0.1:{ollama}.")


@pytest.mark.parametrize(
    "says",
    [
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_whoever_is_not_ollama_there_is_no_matter_of_ours(find: Finder, says: bytes) -> None:
    with _listening("127.0.0.2", says) as port:
        assert find(SLUICE_UPSTREAM__URL=f"http://127.0.0.1:{port}") == []


def test_a_port_that_keeps_silent_is_not_asked_for_long(find: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposure, "_PATIENCE_S", 0.05)
    with _listening("127.0.0.2", None) as port:
        start = time.monotonic()
        assert find(SLUICE_UPSTREAM__URL=f"http://127.0.0.1:{port}") == []
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("listen", "is_told"), [("127.0.0.2", False), ("127.0.0.3", True), ("0.0.0.0", False), ("[::]", True)]
)
def test_a_gate_in_ollamas_usual_place_is_not_taken_for_ollama(
    find: Finder, ollama: int, listen: str, is_told: bool
) -> None:
    quiet = {"SLUICE_GATE__PUBLIC_URL": "https://sluice.example.org"}
    found = find(f"{listen}:{ollama}", SLUICE_UPSTREAM__URL=f"http://127.0.0.1:{ollama}", **quiet)
    assert bool(found) is is_told


@pytest.mark.parametrize("url", ["http://192.0.2.77:11434", "http://[2001:db8::7]:11434"])
def test_an_ollama_on_another_machine_gets_a_hint_and_is_not_asked(find: Finder, url: str) -> None:
    (line,) = find(SLUICE_UPSTREAM__URL=url)
    assert line.startswith(f"upstream default: {url} is another machine")


def test_a_name_nobody_knows_is_not_judged(find: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert find(SLUICE_UPSTREAM__URL="http://nobody.invalid:11434") == []


@pytest.mark.parametrize("listen", ["0.0.0.0:8000", "[::]:8000", "192.0.2.7:8000"])
def test_an_open_port_without_tls_and_without_a_proxy_is_told(find: Finder, listen: str) -> None:
    (line,) = find(listen, SLUICE_UPSTREAM__URL="http://127.0.0.1:9")
    assert line.startswith(f"gate.listen: {listen} can be reached from other machines over plain HTTP")


@pytest.mark.parametrize("listen", ["127.0.0.1:8000", "[::1]:8000", "localhost:8000", "127.0.0.9:8000"])
def test_a_port_on_loopback_is_not(find: Finder, listen: str) -> None:
    assert find(listen, SLUICE_UPSTREAM__URL="http://127.0.0.1:9") == []


@pytest.mark.parametrize(
    "guard",
    [
        {"SLUICE_GATE__PUBLIC_URL": "https://sluice.example.org"},
        {"SLUICE_GATE__TRUSTED_PROXIES": "192.0.2.9"},
    ],
)
def test_an_open_port_behind_tls_or_a_proxy_is_not(find: Finder, guard: dict[str, str]) -> None:
    assert find("0.0.0.0:8000", SLUICE_UPSTREAM__URL="http://127.0.0.1:9", **guard) == []


@pytest.mark.parametrize(
    ("networks", "wide"),
    [
        ("10.0.0.0/8,192.168.1.1", []),
        ("104.16.0.0/13,2a06:98c0::/29", []),
        ("0.0.0.0/1,128.0.0.0/1", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("2000::/3,fd00::/16", ["2000::/3"]),
    ],
)
def test_a_network_wider_than_anybodys_proxies_is_told(find: Finder, networks: str, wide: Collection[str]) -> None:
    found = find(SLUICE_GATE__TRUSTED_PROXIES=networks, SLUICE_UPSTREAM__URL="http://127.0.0.1:9")
    assert [line.split()[1] for line in found] == wide
    assert all(line.startswith("gate.trusted_proxies: ") for line in found)
