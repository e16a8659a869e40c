"""The official Python package; it takes its key from OLLAMA_API_KEY."""

import sys

import ollama

URL, MODEL, _ = sys.argv[1:]

client = ollama.Client(host=URL)
for part in client.chat(MODEL, [{"role": "user", "content": "hello"}], stream=True):
    sys.stdout.write(part.message.content or "")
