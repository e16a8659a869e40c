"""Whose address a request counts for: forwarding headers are believed from trusted proxies alone, and then one."""

from collections.abc import Mapping

import pytest

from tests.hostile.harness import Case, Forwarded, ask, passes, play, refused
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOPBACK = ("127.0.0.1",)
OFFICE = ("203.0.113.0/24", "127.0.0.1")
TRUSTED: Mapping[str, str] = {"SLUICE_GATE__TRUSTED_PROXIES": "127.0.0.1"}
CLOUDFLARE: Mapping[str, str] = {**TRUSTED, "SLUICE_GATE__CLIENT_ADDRESS_HEADER": "CF-Connecting-IP"}


def bare(*lines: str) -> bytes:
    """A chat request that shows nothing but these lines."""
    return ask("POST", "/api/chat", *lines, key=None)


def stranger(*lines: str, environ: Mapping[str, str] = TRUSTED) -> Case:
    """From a trusted proxy, told so badly that it is nobody's address. (Loopback is on the list all the while.)"""
    return refused(bare(*lines), 401, "no_credential", allow=OFFICE, environ=environ)


def member(*lines: str, environ: Mapping[str, str] = TRUSTED) -> Case:
    return passes(bare(*lines), allow=("203.0.113.0/24",), environ=environ)


FORGED: dict[str, Case] = {
    line: refused(bare(line), 401, "no_credential", allow=LOOPBACK)
    for line in (
        *(
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-For: ",
            "X-Forwarded-For: junk",
            "x-forwarded-for: 127.0.0.1",
        ),
        *("Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1", "CF-Connecting-IP: 127.0.0.1", "CF-Ray: 8a"),
        "X-FORWARDED-FOR: 127.0.0.1",
    )
}

TOLD: dict[str, Case] = {
    "the client alone": member("X-Forwarded-For: 203.0.113.9"),
    "the client behind a stranger": member("X-Forwarded-For: 198.51.100.1, 203.0.113.9"),
    "the client behind junk": member("X-Forwarded-For: junk, 203.0.113.9"),
    "the client before a trusted hop": member("X-Forwarded-For: 203.0.113.9, 127.0.0.1"),
    "an address in IPv6 clothes": member("X-Forwarded-For: ::ffff:203.0.113.9"),
    "nothing": stranger(),
    "an empty value": stranger("X-Forwarded-For: "),
    "a stranger behind the client": stranger("X-Forwarded-For: 203.0.113.9, 198.51.100.1"),
    "junk behind the client": stranger("X-Forwarded-For: 203.0.113.9, junk"),
    "an empty hop": stranger("X-Forwarded-For: 203.0.113.9,"),
    "two lines": stranger("X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 203.0.113.9"),
    "loopback alone": stranger("X-Forwarded-For: 127.0.0.1"),
    **{
        f"the address as {text}": stranger(f"X-Forwarded-For: {text}")
        for text in (
            *(
                "203.0.113.9:80",
                "[203.0.113.9]",
                "203.0.113.9%eth0",
                '"203.0.113.9"',
                "203.0.113.009",
                "3405803785",
            ),
            *(
                "0xcb.0.113.9",
                "203.0.113.9/32",
                "fe80::1%eth0",
                "::ffff:203.0.113.9%1",
                "for=203.0.113.9",
                "unknown",
            ),
        )
    },
    "another header": stranger("X-Real-IP: 203.0.113.9"),
    "Forwarded": stranger("Forwarded: for=203.0.113.9"),
    "Cloudflare's header, believed": member("CF-Connecting-IP: 203.0.113.9", environ=CLOUDFLARE),
    "Cloudflare's header beside another": member(
        "CF-Connecting-IP: 203.0.113.9", "X-Forwarded-For: 198.51.100.1", environ=CLOUDFLARE
    ),
    "two addresses in Cloudflare's": stranger("CF-Connecting-IP: 198.51.100.1, 203.0.113.9", environ=CLOUDFLARE),
    "Cloudflare's twice": stranger(
        "CF-Connecting-IP: 203.0.113.9", "CF-Connecting-IP: 203.0.113.9", environ=CLOUDFLARE
    ),
    "X-Forwarded-For where Cloudflare's counts": stranger("X-Forwarded-For: 203.0.113.9", environ=CLOUDFLARE),
}

FOREIGN_PAGES: dict[str, Case] = {
    " ".join(lines): refused(bare(*lines), 403, "foreign_origin", allow=LOOPBACK)
    for lines in (
        *(("Origin: https://evil.example",), ("Origin: null",), ("Origin: http://127.0.0.1:1",), ("Origin: ",)),
        *(("Origin: http://127.0.0.1.evil.example",), ("Origin: file://",), ("Sec-Fetch-Site: cross-site",)),
        *(("Sec-Fetch-Site: same-site",), ("Origin: http://127.0.0.1", "Sec-Fetch-Site: cross-site")),
        *(("Origin: http://127.0.0.1", "Origin: https://evil.example"), ("Origin: https://app://x",)),
    )
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED.values(), ids=FORGED)
async def test_whoever_speaks_for_others_without_being_trusted_is_unknown(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", TOLD.values(), ids=TOLD)
async def test_a_trusted_proxy_tells_one_address_in_one_header(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", FOREIGN_PAGES.values(), ids=FOREIGN_PAGES)
async def test_a_foreign_page_cannot_use_its_visitors_address(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("origin", ["app://obsidian.md", "tauri://localhost", "vscode-webview://1ab2"])
async def test_an_application_of_its_own_may(origin: str, theatre: Theatre) -> None:
    await play(passes(bare(f"Origin: {origin}"), allow=LOOPBACK), theatre)


async def test_a_header_nobody_speaks_for_others_with_changes_nothing(theatre: Theatre) -> None:
    await play(passes(bare("X-Client-IP: 198.51.100.1", "Via: 1.1 x"), Forwarded(), allow=LOOPBACK), theatre)
