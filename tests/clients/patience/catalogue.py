"""The clients that are made to wait, each with its defaults: only the address, the model and a key are given.

In commands and files `$url`, `$model`, `$key`, `$programs` and `$home` are filled in. A client whose
behaviour is all that can be had here (Cline for VS Code, a reverse proxy) is simulated, and its name says so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Source(Enum):
    """Where a client comes from."""

    PYPI = "PyPI"
    NPM = "npm"
    HERE = "this machine"


@dataclass(frozen=True, slots=True)
class Client:
    """One client: what to install, and the command that asks one streamed question and prints the answer.

    The version shown is that of the first package. `python` is what uv calls a version specifier; `files` are
    settings below its home directory; `afterwards` is a command that stops what it leaves running.
    """

    name: str
    source: Source
    packages: tuple[str, ...]
    command: tuple[str, ...]
    python: str = ">=3.12"
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    afterwards: tuple[str, ...] = ()


_CHAT = '{"model": "$model", "messages": [{"role": "user", "content": "hello"}]}'

_CLINE_SETTINGS = json.dumps(
    {
        "version": 1,
        "lastUsedProvider": "ollama",
        "providers": {
            "ollama": {
                "settings": {"provider": "ollama", "model": "$model", "apiKey": "$key", "baseUrl": "$url"},
                "updatedAt": "2026-01-01T00:00:00.000Z",
                "tokenSource": "manual",
            }
        },
    }
)

_CONTINUE_SETTINGS = """\
name: local
version: 1.0.0
schema: v1
models:
  - {name: local, provider: ollama, model: "$model", apiBase: "$url", apiKey: "$key", roles: [chat]}
"""


def _python(name: str, program: str, *packages: str, model: str = "$model") -> Client:
    return Client(name, Source.PYPI, packages, ("python", f"$programs/{program}", "$url", model, "$key"))


def _node(name: str, program: str, *packages: str) -> Client:
    # Node looks for packages beside the program, so each is copied into its client's home.
    return Client(name, Source.NPM, packages, ("node", f"$home/{program}", "$url", "$model", "$key"))


def _idle_proxy(limit_s: int) -> Client:
    command = ("python", "$programs/idle_proxy.py", "$url", "$model", "$key", str(limit_s))
    return Client(f"a proxy's {limit_s} s idle limit (simulated)", Source.HERE, (), command)


CLIENTS = (
    _python("ollama, Python", "ollama_chat.py", "ollama"),
    _python("openai, Python", "openai_chat.py", "openai"),
    _python("anthropic, Python", "anthropic_message.py", "anthropic"),
    _python("langchain-ollama", "langchain_chat.py", "langchain-ollama"),
    _python("llama-index-llms-ollama", "llama_index_chat.py", "llama-index-llms-ollama"),
    _python("litellm, ollama_chat/", "litellm_chat.py", "litellm", model="ollama_chat/$model"),
    _python("litellm, openai/", "litellm_chat.py", "litellm", model="openai/$model"),
    _python("oterm (without its screen)", "oterm_chat.py", "oterm"),
    _python("requests", "requests_lines.py", "requests"),
    Client("llm with llm-ollama", Source.PYPI, ("llm", "llm-ollama"), ("llm", "-m", "ollama/$model", "hello")),
    Client(
        "HTTPie",
        Source.PYPI,
        ("httpie",),
        ("http", "--ignore-stdin", "--stream", "--raw", _CHAT, "POST", "$url/api/chat", "X-API-Key:$key"),
    ),
    Client(
        "aider",
        Source.PYPI,
        ("aider-chat",),
        ("aider", "--model", "ollama_chat/$model", "--message", "hello", "--no-git", "--yes-always"),
        python=">=3.10,<3.13",  # it imports a module that 3.13 has dropped
    ),
    _node("ollama, JavaScript", "ollama_chat.mjs", "ollama"),
    _node("openai, JavaScript", "openai_chat.mjs", "openai"),
    _node("anthropic, JavaScript", "anthropic_message.mjs", "@anthropic-ai/sdk"),
    _node("@langchain/ollama", "langchain_chat.mjs", "@langchain/ollama", "@langchain/core"),
    _node("ollama-ai-provider-v2", "ollama_ai_provider.mjs", "ollama-ai-provider-v2", "ai"),
    _node("ai-sdk-ollama", "ai_sdk_ollama.mjs", "ai-sdk-ollama", "ai"),
    Client(
        "Cline CLI",
        Source.NPM,
        ("cline",),
        ("cline", "say hello to me"),
        files={".cline/data/settings/providers.json": _CLINE_SETTINGS},
        afterwards=("cline", "hub", "stop"),
    ),
    Client(
        "Continue CLI",
        Source.NPM,
        ("@continuedev/cli",),
        ("cn", "-p", "hello", "--config", "$home/config.yaml"),
        files={"config.yaml": _CONTINUE_SETTINGS},
    ),
    Client(
        "curl",
        Source.HERE,
        (),
        ("curl", "--silent", "--show-error", "-H", "X-API-Key: $key", "-d", _CHAT, "$url/api/chat"),
    ),
    Client(
        "Cline 3.89's 30 s header limit (simulated)",
        Source.HERE,
        (),
        ("node", "$programs/header_limit.mjs", "$url", "$model", "$key"),
    ),
    _idle_proxy(30),
    _idle_proxy(100),
)
