"""The access log: one line for each request, refused ones too, without anything secret."""

import asyncio
import json
import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from addon.demo.http1 import Exchange
from addon.proxy import access_log
from addon.proxy.access_line import AccessLine, clean
from addon.proxy.access_log import AccessLog
from tests.proxy.houses import CHAT, House, house_with_fake
from tests.proxy.managing import MANAGER, ask, managing_house
from tests.proxy.wire import wire_to

PROMPT = "nobody else may read this"
SECRETIVE = CHAT | {"messages": [{"role": "user", "content": PROMPT}]}


async def hang_up(exchange: Exchange) -> None:
    exchange.transport.close()


async def lines(house: House) -> list[Mapping[str, Any]]:
    await house.assembly.access.flush()
    path = house.settings.data_dir / "access.log"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def test_an_answered_request_has_its_line(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        answer = await house.chat(await house.key(), **{"User-Agent": "test/1"})
        (line,) = await lines(house)
        assert stat.S_IMODE((house.settings.data_dir / "access.log").stat().st_mode) == 0o600
    assert line["ticket"] == answer.headers["X-Queue-Ticket"]
    assert (line["method"], line["path"], line["status"], line["ended_by"]) == (
        "POST",
        "/api/chat",
        200,
        "upstream",
    )
    assert (line["principal"], line["principal_class"]) == ("key:1", "custom_app")
    assert (line["address"], line["user_agent"]) == ("127.0.0.1", "test/1")
    assert line["model"].startswith(CHAT["model"])
    assert {"waited_s", "ran_s", "tokens_in", "tokens_out"} <= set(line)
    assert "reason" not in line


async def test_a_refused_request_has_its_line_with_the_reason(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        await house.client.post("/api/chat", json=CHAT)
        await house.client.get("/nowhere")
        first, second = await lines(house)
    assert (first["path"], first["status"], first["reason"]) == ("/api/chat", 401, "no_credential")
    assert (second["path"], second["status"], second["reason"]) == ("/nowhere", 404, "unknown_path")
    assert (first["ended_by"], second["ended_by"]) == ("gate", "gate")


async def test_a_malformed_head_is_counted_and_logged_whoever_finds_it(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        for head in (b"Host : x", b"Host: x\r\n\x00"):
            async with wire_to(house.port) as wire:
                await wire.send(b"GET / HTTP/1.1\r\n" + head + b"\r\n\r\n")
                assert (await wire.closes()).startswith(b"HTTP/1.1 400")
        found = await lines(house)
        counted = house.assembly.exchanges.ledger.metrics.text().decode()
    assert [(line["status"], line["reason"]) for line in found] == [(400, "malformed")] * 2
    assert 'sluice_refusals_total{reason="malformed"} 2.0' in counted


async def test_the_size_of_a_streamed_answer_is_told(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        answer = await house.chat(await house.key())
        (line,) = await lines(house)
    assert line["bytes"] == len(answer.content)


async def test_the_size_of_a_stream_without_a_ticket_is_told(tmp_path: Path) -> None:
    records = (b'{"status":"pulling"}\n', b'{"status":"success"}\n')

    async def progress(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])
        for record in records:
            await exchange.write(record)
        await exchange.finish()

    async with managing_house(tmp_path / "data") as house:
        house.upstream.route("POST", "/api/pull", progress)
        key = await house.key(scopes=MANAGER)
        assert (await ask(house, "POST", "/api/pull", b'{"model":"gemma3:270m"}', key)).body == b"".join(records)
        (line,) = await lines(house)
    assert (line["path"], line["bytes"]) == ("/api/pull", len(b"".join(records)))


async def test_requests_that_an_upstream_leaves_without_an_answer_are_counted_and_logged(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        key = await house.key()
        house.upstream.route("GET", "/api/tags", hang_up)
        assert (await house.client.get("/api/tags", headers={"X-API-Key": key})).status_code == 502
        await house.upstream.stop()
        assert (await house.chat(key)).status_code == 502
        found = await lines(house)
        counted = house.assembly.exchanges.ledger.metrics.text().decode()
    assert [line["reason"] for line in found] == ["upstream_broken", "upstream_unreachable"]
    for line in found:
        assert f'sluice_refusals_total{{reason="{line["reason"]}"}} 1.0' in counted


async def test_a_stream_that_breaks_off_has_its_reason_and_is_no_refusal(tmp_path: Path) -> None:
    async def break_off(exchange: Exchange) -> None:
        await exchange.start(200, [(b"Content-Type", b"application/x-ndjson")])
        await exchange.write(b'{"status":"pulling"}\n')
        await hang_up(exchange)

    async with managing_house(tmp_path / "data") as house:
        house.upstream.route("POST", "/api/pull", break_off)
        key = await house.key(scopes=MANAGER)
        await ask(house, "POST", "/api/pull", b'{"model":"gemma3:270m"}', key)
        (line,) = await lines(house)
        counted = house.assembly.exchanges.ledger.metrics.text().decode()
    assert (line["status"], line["reason"]) == (200, "upstream_broken")
    assert 'sluice_refusals_total{reason="upstream_broken"} 0.0' in counted


async def test_what_the_door_refuses_is_counted_and_logged(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        async with wire_to(house.port) as wire:
            assert (
                await wire.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000 + b"\r\n\r\n")
            ).status == 431
        (line,) = await lines(house)
        counted = house.assembly.exchanges.ledger.metrics.text().decode()
    assert (line["status"], line["reason"], line["address"]) == (431, "head_too_large", "127.0.0.1")
    assert 'sluice_refusals_total{reason="head_too_large"} 1.0' in counted


async def test_no_key_and_no_prompt_is_in_it_wherever_it_was_put(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data") as house:
        key = await house.key()
        await house.client.post(f"/k/{key}/api/chat?key={key}", json=SECRETIVE | {"model": key})
        await house.client.post("/api/chat", json=SECRETIVE, headers={"X-API-Key": key})
        for path in (f"/{key}", f"/api/{key}?{key}", f"/k/{key}x/api/tags"):
            await house.client.get(path, headers={"User-Agent": f"agent {key}", "X-API-Key": key, "Referer": key})
        await house.client.get("/api/tags", headers={"Authorization": f"Bearer {key}"})
        assert len(await lines(house)) == 6
        written = (house.settings.data_dir / "access.log").read_text()
    assert key.rpartition("_")[2] not in written
    assert PROMPT not in written
    assert "agent -" in written


@pytest.mark.parametrize("path", ["/register/{}", "/api/auth/{}", "/{}/x", "/admin/sl%5F{}"])
async def test_a_secret_where_none_belongs_is_not_in_it(tmp_path: Path, path: str) -> None:
    token = "HScST_Kg7PFU-Hb6A2DfqQc3BJKiB4sT"
    async with house_with_fake(tmp_path / "data") as house:
        await house.client.get(path.format(token))
        (line,) = await lines(house)
    assert token not in line["path"]
    assert line["path"].startswith(path.partition("{")[0].removesuffix("sl%5F"))


async def test_an_id_in_a_path_is_no_secret(tmp_path: Path) -> None:
    path = "/api/conversations/11111111-2222-3333-4444-555555555555"
    async with house_with_fake(tmp_path / "data") as house:
        await house.client.get(path)
        (line,) = await lines(house)
    assert line["path"] == path


async def test_a_flush_that_is_cancelled_loses_nothing(tmp_path: Path) -> None:
    log = AccessLog("file", tmp_path)
    for number in range(2000):
        log.add(AccessLine(float(number), "::1"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await log.flush()
    log.add(AccessLine(2000.0, "::1"))
    await log.flush()
    log.close()
    assert len((tmp_path / "access.log").read_text().splitlines()) == 2001


def test_what_a_client_wrote_is_bounded_and_on_one_line() -> None:
    assert clean("a\x1b[31m\nb\u202e") == "a?[31m?b?"
    assert len(clean("x" * 10_000)) == 256


async def test_off_writes_nothing(tmp_path: Path) -> None:
    async with house_with_fake(tmp_path / "data", SLUICE_LOG__ACCESS="off") as house:
        await house.chat(await house.key())
        assert await lines(house) == []


async def test_stdout_gets_lines_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = AccessLog("stdout", tmp_path)
    log.add(AccessLine(1.0, "::1", status=404))
    await log.flush()
    assert json.loads(capsys.readouterr().out) == {"at": 1.0, "address": "::1", "status": 404}
    assert list(os.scandir(tmp_path)) == []


async def test_the_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "FILE_BYTES", 1000)
    log = AccessLog("file", tmp_path)
    for number in range(200):
        log.add(AccessLine(float(number), None, path="/api/chat"))
    await log.flush()
    log.close()
    files = {one.name: one.stat() for one in os.scandir(tmp_path)}
    assert set(files) == {"access.log", *(f"access.log.{number}" for number in range(1, 6))}
    assert all(one.st_size <= 1000 and stat.S_IMODE(one.st_mode) == 0o600 for one in files.values())


async def test_lines_that_cannot_be_written_are_lost_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = AccessLog("file", tmp_path / "nowhere")
    log.add(AccessLine(1.0, None))
    with caplog.at_level(logging.WARNING):
        await log.flush()
    assert "1 lines of the access log are lost" in caplog.text


async def test_more_than_can_be_kept_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "_MOST_KEPT", 2)
    log = AccessLog("file", tmp_path)
    for _ in range(5):
        log.add(AccessLine(1.0, None))
    await log.flush()
    log.close()
    assert "3 lines of the access log are lost" in caplog.text
