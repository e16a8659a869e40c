"""What goes to Ollama: the request and nothing else, whatever the client put beside it."""

import pytest

from tests.hostile.harness import CHAT_FORWARDED, Case, Forwarded, ask, check_house, get, got, passes, play
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "canary-51c7"
KEPT = ("accept: text/x", "user-agent: tests/1", "openai-beta: b", "anthropic-version: 2023-06-01")

DROPPED = (
    *(f"Cookie: theme={CANARY}", f"Cookie2: {CANARY}", f"Proxy-Authorization: {CANARY}", f"X-Token: {CANARY}"),
    *(f"Origin: https://{CANARY}", f"Referer: https://{CANARY}/", f"Sec-Fetch-Site: {CANARY}"),
    *(f"X-Forwarded-For: {CANARY}", f"X-Forwarded-Host: {CANARY}", f"X-Forwarded-Proto: {CANARY}"),
    *(f"X-Forwarded-Prefix: //{CANARY}", f"Forwarded: for={CANARY}", f"X-Real-IP: {CANARY}", f"Via: 1.1 {CANARY}"),
    *(f"CF-Connecting-IP: {CANARY}", f"CF-Ray: {CANARY}", f"True-Client-IP: {CANARY}"),
    *("X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"),
    *("X-Original-URL: /api/delete", "X-Rewrite-URL: /api/delete", "X-Original-Host: evil.example"),
    *("Connection: keep-alive", "Connection: close", "Connection: X-API-Key, Content-Length", "Keep-Alive: x"),
    *("TE: trailers", "Trailer: X"),
    *("Proxy-Connection: x", "Sec-WebSocket-Key: x", "Accept-Encoding: gzip, br", "Range: bytes=0-1"),
    *("If-None-Match: x", "Max-Forwards: 0", "Content-Length-X: 5", "X-Content-Length: 5", "Content-Md5: x"),
    *("Transfer_Encoding: chunked", "X-Priority: 9", f"Baggage: {CANARY}", f"Traceparent: {CANARY}"),
    *(f"X-Sluice-Gate: {CANARY}", f"X-Sluice-Address: {CANARY}"),
)  # fmt: skip


@pytest.mark.parametrize("line", DROPPED)
async def test_a_header_beside_the_request_is_dropped(line: str, theatre: Theatre) -> None:
    await play(passes(ask("POST", "/api/chat", line)), theatre)


async def test_what_ollama_reads_is_kept(theatre: Theatre) -> None:
    lines = ["Accept: text/x", "User-Agent: tests/1", "OpenAI-Beta: b", "Anthropic-Version: 2023-06-01"]
    reaches = Forwarded(headers=(*CHAT_FORWARDED.headers, *KEPT))
    await play(passes(ask("POST", "/api/chat", *lines), reaches), theatre)


SHOWN: dict[str, Case] = {
    "a key": passes(ask()),
    "a key as bearer": passes(ask("POST", "/api/chat", "Authorization: Bearer <key>", key=None)),
    "a key as password": passes(ask("POST", "/api/chat", "Authorization: Basic <basic>", key=None)),
    "a session": passes(ask("POST", "/api/chat", "Authorization: Bearer <jwt>", key=None)),
    "a cookie": passes(get("/api/version", "Cookie: <cookie>", key=None), got()),
    "a dummy key": passes(ask(key=None, target="/api/chat"), allow=("127.0.0.1",)),
    "a bearer that is none of ours": passes(
        ask("POST", "/api/chat", f"Authorization: Bearer {CANARY}", key=None), allow=("127.0.0.1",)
    ),
}


@pytest.mark.parametrize("case", SHOWN.values(), ids=SHOWN)
async def test_no_credential_goes_on(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


async def test_a_connection_that_is_kept_shows_each_request_for_itself(theatre: Theatre) -> None:
    async with theatre.stage() as stage, stage.house.wire() as wire:
        assert (await wire.ask(await stage.fill(ask("POST", "/api/chat", f"X-Token: {CANARY}")))).status == 200
        assert (await wire.ask(await stage.fill(get(key="<other-key>")))).status == 200
        assert (await wire.ask(get(key=None))).status == 401
        await check_house(stage, [CHAT_FORWARDED, got()], wires=1)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_managing_goes_on_as_it_came(method: str, theatre: Theatre) -> None:
    target = "/api/pull" if method == "POST" else "/api/delete"
    body = b'{"model":"gemma3:270m"}'
    async with theatre.stage() as stage:
        async with stage.house.wire() as wire:
            await wire.ask(await stage.fill(ask(method, target, body=body, key="<manager>")))
        await check_house(stage, [Forwarded(f"{method} {target} HTTP/1.1", body=body)])


async def test_a_body_goes_on_byte_for_byte(theatre: Theatre) -> None:
    content = b'"messages":[{"role":"user","content":"\xc3\xa4\\u00e4"}]'
    body = b'  {"model" : "gemma3:270m", "stream":false,\t' + content + b" }\n"
    await play(passes(ask(body=body), Forwarded(body=body)), theatre)
