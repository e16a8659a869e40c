"""A reverse proxy's idle limit: gives up when no byte comes for the seconds in the fourth argument."""

import json
import socket
import sys
from urllib.parse import urlsplit

URL, MODEL, KEY, LIMIT_S = sys.argv[1:]

where = urlsplit(URL)
body = json.dumps({"model": MODEL, "messages": [{"role": "user", "content": "hello"}]})
head = (
    f"POST /api/chat HTTP/1.1\r\nHost: {where.netloc}\r\nX-API-Key: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
)
answer = b""
with socket.create_connection((where.hostname, where.port), timeout=float(LIMIT_S)) as connection:
    connection.sendall((head + body).encode())
    while not answer.endswith(b"\r\n0\r\n\r\n"):
        answer += connection.recv(65536) or sys.exit("the answer was cut")
lines = [line for line in answer.splitlines() if line.strip().startswith(b"{")]
sys.stdout.write("".join(json.loads(line)["message"]["content"] for line in lines))
