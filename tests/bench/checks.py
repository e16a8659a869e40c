"""What all checks cost together: the same question through Sluice, with a key, and through a bare proxy.

One request after another goes each way in turn, on connections that stay open, to one upstream. The bare proxy is
mitmproxy's core as the gate sets it up, without the gate; so the difference is everything Sluice does: reading the
head twice, key, route, body, queue, headers both ways, counting tokens, and the journal. Instant answers show it
at its largest; no model answers in less than 50 ms.

The checks alone (head, framing, route, key, scopes, body, model, tools) are timed in this process, on the same
request and the rules of the same database.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from statistics import median

from mitmproxy import http
from mitmproxy.net.http.http1 import read_request_head

from addon.core.head import HeadLimits, refuse_head
from addon.core.ticket import Ticket
from addon.proxy.admission import Admission
from addon.proxy.assembly import host_names
from addon.proxy.bodies import body_rules
from addon.proxy.tickets import make_ticket
from addon.proxy.visit import Visit
from addon.settings import load_settings
from addon.store.engine import make_engine, reading
from addon.store.policy_loader import load_policy
from addon.store.secret_file import load_secret
from tests.bench.bare import COMMAND
from tests.bench.crowd import QUESTION
from tests.bench.figures import Figure, Section
from tests.bench.processes import BenchError, running
from tests.bench.scale import Scale
from tests.bench.sluice import running_sluice
from tests.bench.upstream import END_OF_ANSWER, Upstream, running_upstream
from tests.e2e.processes import environment

TARGET = 1.1
_WARMING_UP = 30
_ANSWERS = {"instant answers": 0.0, "answers of 50 ms": 0.05}
_SLUICE = str(Path(sys.executable).parent / "sluice")

type Rounds = dict[tuple[str, str], list[list[float]]]


async def measure(scale: Scale, data_dir: Path) -> Section:
    """Sluice and the bare proxy, in turns."""
    question = _with_key(await _make_key(data_dir))
    rounds: Rounds = defaultdict(list)
    for _ in range(scale.rounds):
        async with (
            running_upstream() as upstream,
            running_sluice(data_dir, upstream.port) as sluice,
            running(sys.executable, *COMMAND, str(upstream.port)) as bare,
        ):
            await _round(scale.asked, question, upstream, {"bare proxy": bare.port, "gate": sluice.port}, rounds)
    alone = Figure("the checks alone", _alone_ms(question, data_dir, scale.asked), "ms", digits=3)
    return Section("Cost of all checks, one request after another", tuple(_figures(rounds, alone)))


async def _round(
    count: int, question: bytes, upstream: Upstream, ports: Mapping[str, int], rounds: Rounds
) -> None:
    for answers, lasts_s in _ANSWERS.items():
        upstream.lasts_s = (lasts_s, lasts_s)
        ways = {name: await asyncio.open_connection("127.0.0.1", port) for name, port in ports.items()}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(_WARMING_UP + (count if lasts_s == 0 else count // 5)):
            for name, (reader, writer) in ways.items():
                taken[name].append(await _ask(question, reader, writer))
        for name, (_, writer) in ways.items():
            rounds[name, answers].append(taken[name][_WARMING_UP:])
            writer.close()


async def _ask(question: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
    asked_at = time.perf_counter()
    writer.write(question)
    answer = await asyncio.wait_for(reader.readuntil(END_OF_ANSWER), 10)
    taken_s = time.perf_counter() - asked_at
    if not answer.startswith(b"HTTP/1.1 200"):
        raise BenchError(f"a request was not served: {answer.decode()}")
    return 1000 * taken_s


def _alone_ms(question: bytes, data_dir: Path, count: int) -> list[float]:
    settings = load_settings(config=None, data=data_dir, listen=None, environ={})
    with reading(make_engine(settings.database.url)) as session:
        policy = load_policy(session, load_secret(data_dir), settings.queue.base, time.time())
    admission, rules = Admission(settings, host_names(settings)), body_rules(settings)
    taken: list[float] = []
    for _ in range(_WARMING_UP + count):
        request = _parsed(question)
        started_at = time.perf_counter()
        head_refusal = refuse_head(question, HeadLimits())
        visit = admission.admit(request, "127.0.0.1", policy)
        if head_refusal is not None or not isinstance(visit, Visit) or visit.identity is None:
            raise BenchError("the question was refused by the checks.")
        ticket = make_ticket(request, visit.identity.principal, visit.route.path, 0, rules)
        taken.append(1000 * (time.perf_counter() - started_at))
        if not isinstance(ticket, Ticket):
            raise BenchError(f"the question was refused: {ticket.message}")
    return taken[_WARMING_UP:]


def _parsed(question: bytes) -> http.Request:
    head, _, body = question.partition(b"\r\n\r\n")
    request = read_request_head(head.split(b"\r\n"))
    request.raw_content = body
    return request


def _figures(rounds: Rounds, alone: Figure) -> Iterator[Figure]:
    bare_ms = median(chain.from_iterable(rounds["bare proxy", "instant answers"]))
    yield alone
    yield Figure("the checks alone / bare proxy", [alone.median / bare_ms], "x", TARGET - 1)
    for answers in _ANSWERS:
        theirs, ours = rounds["bare proxy", answers], rounds["gate", answers]
        bare = Figure(f"bare proxy, {answers}", list(chain.from_iterable(theirs)), "ms")
        gate = Figure(f"gate, {answers}", list(chain.from_iterable(ours)), "ms")
        yield bare
        yield replace(gate, note=f"{gate.median - bare.median:+.2f} ms")
        ratios = [median(our) / median(their) for our, their in zip(ours, theirs, strict=True)]
        yield Figure(f"gate / bare proxy, {answers}", ratios, "x", TARGET)


async def _make_key(data_dir: Path) -> str:
    command = [_SLUICE, "key", "add", "bench", "--data", str(data_dir), "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment())
    out, _ = await process.communicate()
    if process.returncode:
        raise BenchError("`sluice key add` failed; what it said stands above.")
    return str(json.loads(out)["key"])


def _with_key(key: str) -> bytes:
    return QUESTION.replace(b"\r\n", f"\r\nX-API-Key: {key}\r\n".encode(), 1)
