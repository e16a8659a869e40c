"""LiteLLM; the model's prefix says which of its two ways to an Ollama is taken."""

import importlib
import sys

URL, MODEL, KEY = sys.argv[1:]

# By name, because the repository itself has no use for it.
litellm = importlib.import_module("litellm")
base = f"{URL}/v1" if MODEL.startswith("openai/") else URL
messages = [{"role": "user", "content": "hello"}]
for chunk in litellm.completion(model=MODEL, messages=messages, api_base=base, api_key=KEY, stream=True):
    sys.stdout.write(chunk.choices[0].delta.content or "")
