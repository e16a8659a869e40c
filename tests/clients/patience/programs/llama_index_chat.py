"""LlamaIndex's Ollama package, whose reads give up after 30 s of silence; its key comes from OLLAMA_API_KEY."""

import sys

from llama_index.core.llms import ChatMessage
from llama_index.llms.ollama import Ollama

URL, MODEL, _ = sys.argv[1:]

for chunk in Ollama(model=MODEL, base_url=URL).stream_chat([ChatMessage(role="user", content="hello")]):
    sys.stdout.write(chunk.delta or "")
