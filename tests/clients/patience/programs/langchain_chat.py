"""LangChain's Ollama package; its key comes from OLLAMA_API_KEY."""

import sys

from langchain_ollama import ChatOllama

URL, MODEL, _ = sys.argv[1:]

for chunk in ChatOllama(model=MODEL, base_url=URL).stream("hello"):
    sys.stdout.write(str(chunk.content))
