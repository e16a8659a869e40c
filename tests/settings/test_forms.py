"""Forms of strings: what is taken, in which writing, and that no URL is repeated in an error."""

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from addon.settings import forms
from addon.settings.errors import UnfitError


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("http://<listen>", "http://<listen>"),
        ("https://gate.example.org", "https://gate.example.org"),
        ("HTTPS://Gate.Example.org:443/", "https://gate.example.org"),
        ("http://gate:80", "http://gate"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://[0::1]", "https://[::1]"),
    ],
)
def test_a_public_url_is_written_as_browsers_write_an_origin(given: str, origin: str) -> None:
    assert forms.public_url(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "",
        "gate.example.org",
        "ftp://gate",
        "https://",
        "https://gate/sluice",
        "https://gate?x=1",
        "https://gate#x",
        "https://anna:secret@gate",
        "https://anna@gate",
        "https://gate:65536",
        "https://<listen>",
        "https://a b",
    ],
)
def test_what_is_no_origin_is_no_public_url(given: str) -> None:
    with pytest.raises(UnfitError) as caught:
        forms.public_url(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("HTTP://Ollama:11434/", "http://ollama:11434"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_an_upstream_url_names_host_and_port(given: str, url: str) -> None:
    assert forms.upstream_url(given) == url


@pytest.mark.parametrize(
    "given",
    [
        "127.0.0.1:11434",
        "https://ollama:11434",
        "http://ollama",
        "http://ollama:0",
        "http://ollama:11434/api",
        "http://ollama:11434?x",
        "http://anna:secret@ollama:11434",
    ],
)
def test_what_is_more_or_less_than_host_and_port_is_no_upstream_url(given: str) -> None:
    with pytest.raises(UnfitError) as caught:
        forms.upstream_url(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("check", "given"),
    [
        (forms.upstream_name, "gpu-1"),
        (forms.upstream_name, "a" * 32),
        (forms.path_prefix, "/api/code"),
        (forms.path_prefix, "/~a/.well-known/v1.0"),
        (forms.database_url, "sqlite:///<data>/sluice.db"),
        (forms.database_url, "sqlite:////var/lib/sluice.db"),
        (forms.client_address_header, "CF-Connecting-IP"),
    ],
)
def test_a_text_of_its_form_stays_as_it_is(check: Callable[[str], str], given: str) -> None:
    assert check(given) == given


@pytest.mark.parametrize(
    ("check", "given"),
    [
        (forms.upstream_name, ""),
        (forms.upstream_name, "a" * 33),
        (forms.upstream_name, "GPU"),
        (forms.path_prefix, ""),
        (forms.path_prefix, "/"),
        (forms.path_prefix, "api"),
        (forms.path_prefix, "/api/"),
        (forms.path_prefix, "//api"),
        (forms.path_prefix, "/api/../x"),
        (forms.path_prefix, "/."),
        (forms.path_prefix, "/a%2fb"),
        (forms.path_prefix, "/a?b"),
        (forms.database_url, "sqlite://"),
        (forms.database_url, "sqlite:///"),
        (forms.database_url, "sqlite:///:memory:"),
        (forms.database_url, "sqlite:///x.db?mode=ro"),
        (forms.database_url, "postgresql+psycopg://anna:secret@db/sluice"),
        (forms.client_address_header, "Forwarded"),
        (forms.client_address_header, ""),
    ],
)
def test_a_text_of_another_form_is_refused(check: Callable[[str], str], given: str) -> None:
    with pytest.raises(UnfitError) as caught:
        check(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", ["x-real-ip", "X-REAL-IP", "X-Real-IP"])
def test_a_header_is_known_in_any_case(given: str) -> None:
    assert forms.client_address_header(given) == "X-Real-IP"


@pytest.mark.parametrize("given", ["10.0.0.0/8", "192.168.1.1", "192.168.1.1/32", "2001:db8::/32", "::1"])
def test_a_proxy_is_an_address_or_a_network(given: str) -> None:
    assert forms.proxy_network(given) == ip_network(given)


@pytest.mark.parametrize(
    ("given", "network"), [("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:192.168.1.1", "192.168.1.1")]
)
def test_a_proxy_written_as_mapped_ipv6_is_the_ipv4_one(given: str, network: str) -> None:
    assert forms.proxy_network(given) == ip_network(network)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://app.example.org", "https://app.example.org"),
        ("HTTPS://App.example.org:443/", "https://app.example.org"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("app://*", "app://*"),
        ("vscode-webview://*", "vscode-webview://*"),
        ("file://*", "file://*"),
        ("App://Obsidian.md", "app://obsidian.md"),
        ("tauri://localhost:1", "tauri://localhost:1"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it_or_names_a_scheme(given: str, written: str) -> None:
    assert forms.origin(given) == written


@pytest.mark.parametrize(
    "given",
    ["", "app", "app:*", "app://", "app://a/b", "app://*.example", "://*", "https://*.example.org", "http://a/b",
     "http://<listen>", "app://a b", "https://anna:secret@app.example.org"],
)  # fmt: skip
def test_what_is_neither_is_refused(given: str) -> None:
    with pytest.raises(UnfitError) as caught:
        forms.origin(given)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("given", ["*", "null", "NULL", "http://*", "https://*", "HTTPS://*"])
def test_the_whole_web_is_no_origin(given: str) -> None:
    with pytest.raises(UnfitError, match="would let any page of the web in"):
        forms.origin(given)


@pytest.mark.parametrize(("given", "host"), [("", ""), ("Chat.Example.org", "chat.example.org")])
def test_a_host_name_may_be_left_out(given: str, host: str) -> None:
    assert forms.optional_host(given) == host


@pytest.mark.parametrize("given", ["chat.example.org:8000", "http://chat", "a b", "-"])
def test_a_host_name_is_nothing_but_a_name(given: str) -> None:
    with pytest.raises(UnfitError):
        forms.optional_host(given)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("fe80::1%eth0", "has a zone id, which means nothing elsewhere"),
        ("::ffff:0.0.0.0/96", "would let anybody claim any address; name your own proxies"),
        ("proxy.example.org", "is not an address or network"),
        ("10.0.0.0/33", "is not an address or network"),
        ("", "is not an address or network"),
        ("10.0.0.1/8", "has bits set beyond its prefix; write 10.0.0.0/8"),
        ("2001:db8::1/32", "has bits set beyond its prefix; write 2001:db8::/32"),
        ("0.0.0.0/0", "would let anybody claim any address; name your own proxies"),
        ("::/0", "would let anybody claim any address; name your own proxies"),
    ],
)
def test_an_odd_proxy_is_refused_with_its_reason(given: str, reason: str) -> None:
    with pytest.raises(UnfitError) as caught:
        forms.proxy_network(given)
    assert str(caught.value) == reason
