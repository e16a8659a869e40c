"""Anthropic's Python package."""

import sys

import anthropic

URL, MODEL, KEY = sys.argv[1:]

client = anthropic.Anthropic(base_url=URL, api_key=KEY)
with client.messages.stream(model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "hello"}]) as stream:
    for text in stream.text_stream:
        sys.stdout.write(text)
