"""What people write with requests: one JSON object a line, empty lines skipped."""

import json
import sys

import requests

URL, MODEL, KEY = sys.argv[1:]

body = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}]}
with requests.post(f"{URL}/api/chat", json=body, headers={"X-API-Key": KEY}, stream=True) as answer:
    answer.raise_for_status()
    for line in answer.iter_lines():
        if line:
            sys.stdout.write(json.loads(line)["message"]["content"])
