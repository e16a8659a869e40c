"""Clients that stop reading: the upstream never notices, memory stays bounded, and the slot is freed."""

import asyncio
import socket

from addon.proxy.slow_readers import MOST_UNREAD_BYTES
from tests.proxy.houses import CHAT, House, chat_request

_PIECE = "x" * 100_000


def _stuck_client(port: int) -> socket.socket:
    """A connection with a tiny window that nobody reads from."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    return connection


async def test_a_client_that_falls_behind_by_more_than_the_buffer_is_cut_and_its_slot_freed(house: House) -> None:
    key = await house.key()
    house.upstream.engine.scripts.append([_PIECE] * (4 * MOST_UNREAD_BYTES // len(_PIECE)))
    with _stuck_client(house.port) as stuck:
        stuck.sendall(chat_request(key))
        await house.upstream.engine.until_cancelled(1)
        await house.until_idle()
    (row,) = await house.journal()
    assert (row.state, row.ended_by) == ("cancelled", "gate")
    assert (await house.chat(key)).status_code == 200


async def test_an_upstream_is_read_to_its_end_while_its_client_does_not_read(house: House) -> None:
    key = await house.key()
    house.upstream.engine.scripts.append([_PIECE] * 40)
    with _stuck_client(house.port) as stuck:
        stuck.sendall(chat_request(key))
        await house.upstream.engine.pulse.until(lambda: house.upstream.engine.finished == 1)
        await house.until_idle()
        body = await asyncio.to_thread(_read_to_the_end, stuck)
    assert body.count(b"x") >= 40 * len(_PIECE)


async def test_an_answer_in_one_piece_may_be_larger_than_the_buffer(house: House) -> None:
    key = await house.key()
    house.upstream.engine.scripts.append([_PIECE] * (3 * MOST_UNREAD_BYTES // len(_PIECE)))
    body = CHAT | {"stream": False}
    answer = await house.client.post("/api/chat", json=body, headers={"X-API-Key": key})
    assert len(answer.json()["message"]["content"]) > 2.9 * MOST_UNREAD_BYTES


def _read_to_the_end(connection: socket.socket) -> bytes:
    connection.settimeout(10)
    body = b""
    while not body.endswith(b"\r\n0\r\n\r\n"):
        body += connection.recv(65536)
    return body
