"""OpenAI's Python package."""

import sys

import openai

URL, MODEL, KEY = sys.argv[1:]

client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
for chunk in client.chat.completions.create(
    model=MODEL, messages=[{"role": "user", "content": "hello"}], stream=True
):
    for choice in chunk.choices:
        sys.stdout.write(choice.delta.content or "")
