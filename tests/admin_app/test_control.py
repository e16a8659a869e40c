"""The control socket, from the side of whoever asks the gate."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_app import control
from admin_app.control import ControlError, NoGateError, ask_gate
from tests.admin_app.fake_gate import FakeGate, answered, refused


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def gate(data_dir: Path) -> Iterator[FakeGate]:
    with FakeGate(data_dir / "control.sock") as gate:
        yield gate


def test_an_answer_of_many_kilobytes_arrives_whole(data_dir: Path, gate: FakeGate) -> None:
    gate.reply = lambda _: answered("x" * 500_000)
    assert ask_gate(data_dir, "queue") == "x" * 500_000


def test_a_refusal_is_raised_as_the_gate_said_it(data_dir: Path, gate: FakeGate) -> None:
    gate.reply = lambda _: refused("There is no such ticket.")
    with pytest.raises(ControlError, match=r"^There is no such ticket\.$"):
        ask_gate(data_dir, "cancel", ticket="x")


@pytest.mark.parametrize("line", [b"", b'{"ok": true, "resu', b"\xff\n"])
def test_an_answer_broken_off_is_no_result(data_dir: Path, gate: FakeGate, line: bytes) -> None:
    gate.reply = lambda _: line
    with pytest.raises(ControlError, match="broke off"):
        ask_gate(data_dir, "queue")


@pytest.mark.parametrize("line", [b"[]\n", b"{}\n", b'{"ok": false}\n', b'{"ok": 1, "result": 2}\n'])
def test_an_answer_of_another_form_is_no_result(data_dir: Path, gate: FakeGate, line: bytes) -> None:
    gate.reply = lambda _: line
    with pytest.raises(ControlError, match="unknown form"):
        ask_gate(data_dir, "queue")


def test_no_socket_means_no_gate(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NoGateError, match="No gate is running"):
            ask_gate(directory, "queue")


def test_a_socket_left_behind_by_a_dead_gate_means_no_gate(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / control.SOCKET_NAME))
    with pytest.raises(NoGateError, match="No gate is running"):
        ask_gate(tmp_path, "queue")


def test_a_gate_that_stays_silent_is_given_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / control.SOCKET_NAME))
        listener.listen()
        with pytest.raises(ControlError, match=r"did not answer within 0\.01 s"):
            ask_gate(tmp_path, "queue", patience_s=0.01)


def test_a_path_too_long_for_a_socket_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="cannot be asked"):
        ask_gate(tmp_path / ("x" * 120), "queue")
