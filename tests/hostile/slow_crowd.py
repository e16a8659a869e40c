"""`python -m tests.hostile.slow_crowd [COUNT] [SECONDS]`: is anybody served while a slow crowd holds on?

Half of the crowd sends a head without a credential, a byte every second; the other half has a key and sends a
body in the same way. Who is cut comes back at once. Meanwhile one request with a key follows the other.
"""

import asyncio
import math
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import click
import httpx

from tests.bench.processes import allow_open_files
from tests.fakes.ollama import fake_ollama
from tests.hostile.gate_process import GateProcess, gate_process
from tests.hostile.harness import ask, get
from tests.proxy.houses import CHAT

_DRIP_S = 1.0
_PAUSE_S = 0.02
_ADDRESSES = 40
_TARGET_S = 1.0


@click.command()
@click.argument("count", type=click.IntRange(1, 20_000), default=1000)
@click.argument("seconds", type=click.IntRange(1, 3600), default=60)
def main(count: int, seconds: int) -> None:
    """Hold COUNT slow connections for SECONDS; exit code 1 when a request in a hundred takes a second."""
    allow_open_files(2 * count + 500)
    sys.exit(0 if asyncio.run(_run(count, seconds)) else 1)


async def _run(count: int, seconds: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="sluice-crowd-") as place:
        async with fake_ollama() as upstream, gate_process(Path(place), upstream.url) as gate:
            before = gate.memory_bytes()
            seen: Counter[str] = Counter()
            crowd = [asyncio.create_task(_hold_on(gate, number, seen)) for number in range(count)]  # noqa: TID251 - kept
            try:
                await _until_there(seen, count)
                taken_s = await _be_served(gate, seconds)
            finally:
                for one in crowd:
                    one.cancel()
                await asyncio.gather(*crowd, return_exceptions=True)
            grown = (gate.memory_bytes() - before) / 2**20
    return _tell(taken_s, seen, count, grown)


async def _hold_on(gate: GateProcess, number: int, seen: Counter[str]) -> None:
    request = get()[:-4] if number % 2 else ask(key=gate.key)[:-1]
    # All but the last bytes at once: what is dripped must never complete the request.
    beginning, rest = request[:-60], request[-60:]
    address = f"127.0.0.{1 + number % _ADDRESSES}"
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", gate.port, local_addr=(address, 0))
            seen["opened"] += 1
            try:
                writer.write(beginning)
                for byte in rest:
                    await asyncio.sleep(_DRIP_S)
                    writer.write(bytes([byte]))
                    await writer.drain()
            finally:
                seen["cut"] += 1
                writer.transport.abort()


async def _until_there(seen: Counter[str], count: int) -> None:
    async with asyncio.timeout(60):
        while seen["opened"] < count:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)


async def _be_served(gate: GateProcess, seconds: int) -> list[float]:
    taken_s: list[float] = []
    until = time.monotonic() + seconds
    url, headers = f"http://127.0.0.1:{gate.port}", {"X-API-Key": gate.key}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, trust_env=False, timeout=30, verify=False
    ) as client:
        while time.monotonic() < until:
            asked_at = time.monotonic()
            answer = await client.post("/api/chat", json={**CHAT, "stream": False})
            answer.raise_for_status()
            taken_s.append(time.monotonic() - asked_at)
            await asyncio.sleep(_PAUSE_S)
    return sorted(taken_s)


def _tell(taken_s: list[float], seen: Counter[str], count: int, grown: float) -> bool:
    p99_s = taken_s[math.ceil(0.99 * len(taken_s)) - 1]
    is_met = p99_s < _TARGET_S
    click.echo(f"{count:,} slow connections, {seen['opened'] - count:,} times one was cut and came back")
    click.echo(f"memory of the gate {grown:+.1f} MiB")
    click.echo(
        f"{len(taken_s):,} requests with a key: median {1000 * taken_s[len(taken_s) // 2]:.0f} ms, "
        f"p99 {1000 * p99_s:.0f} ms, slowest {1000 * taken_s[-1]:.0f} ms; target p99 < 1 s: "
        f"{'PASS' if is_met else 'MISS'}"
    )
    return is_met


if __name__ == "__main__":
    main()
