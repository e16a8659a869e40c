"""Sound bytes, spoilt at random: what a fuzzer throws at a parser gets further than noise does."""

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# A parser is tried a tenth as often as the paths in tests/core, with which there is most to confuse.
EXAMPLES = max(int(os.environ.get("SLUICE_FUZZ_EXAMPLES", "0")) // 10, 100)
fuzz = settings(
    deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
"""For every fuzzing test here; `scripts/fuzz` raises the number."""
TIMEOUT_S = 0 if EXAMPLES > 1000 else 60

KEY = "sl_aaaaaaaa_" + "A" * 43
HEADS = (
    b"GET /api/tags HTTP/1.1\r\nHost: localhost:8000\r\nX-API-Key: " + KEY.encode() + b"\r\n\r\n",
    b"POST /api/chat?x=1 HTTP/1.0\r\nHost: [::1]\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n{}",
    b"POST /v1/messages HTTP/1.1\r\nhost:a\r\nTransfer-Encoding: chunked\r\nX: y\xff\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
)
HEAD_TOKENS = (
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b"\r\n ", b"\r\n\r\n", b"\x0b", b"\x7f", b"\xff"),
    *(b"HTTP/2.0", b"HTTP/1.1", b"GET ", b"X: y\r\n", b"Host: b\r\n", b"Content-Length: 5\r\n", b"y" * 9000),
    b"X: y\r\n" * 101,
)  # fmt: skip
BODIES = (
    b'{"model":"gemma3:270m","stream":true,"messages":[{"role":"user","content":"\\u00e4 \xc3\xa4"}]}',
    b'{"name":"library/a:latest","options":{"num_ctx":2048,"stop":["\\n"]},"keep_alive":"5m","stream":false}',
    b' {"a":[1,2.5e3,-0,true,null,{"model":"b"}],"model":"x","input":""}\n',
)
BODY_TOKENS = (
    *(b'"model":"b"', b'"Model":"b"', b'"MODEL":', b'"\\u006dodel":"c"', b'"name":"d"', b'"stream":'),
    *(b'"\xc5\xbftream":1', b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\ud800", b"\\u0000", b"null"),
    *(b"true", b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"[" * 100, b'{"a":' * 100, b"\xef\xbb\xbf", b"\xff"),
    *(b"\0", b"\xe2\x80\xae", b" "),
)  # fmt: skip
FORM_TYPE = "multipart/form-data; boundary=b"
_PART = b"--b\r\nContent-Disposition: form-data; name="
_FIELD = _PART + b'"model"\r\n\r\n%s\r\n'
_FILE = _PART + b'"file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF\0\xff\r\n'
_PLAIN = _PART.lower() + b"model\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa4"
FORMS = (_FIELD % b"llama3" + _FILE + b"--b--\r\n", _PLAIN + b"\r\n--b--")
FORM_TOKENS = (
    *(b"--b", b"--b\r\n", b"\r\n--b--", b"--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b";", b'"', b"\\"),
    *(b'name="model"', b"name=model", b"name*=UTF-8''model", b"name*0=mo; name*1=del", b'filename="x"', b"\0"),
    *(b"Content-Disposition: form-data; ", b"Content-Transfer-Encoding: base64\r\n", b"X: y\r\n", b"\xff"),
    *(b'; name="x"', _FIELD % b"gemma3", b" \r\n y", b"filename=", b"gemma3"),
)
TARGETS = (
    *(b"/api/chat", b"/api/tags", b"/v1/chat/completions", b"/v1/models/gemma3:270m", b"/api/code/api/chat"),
    *(b"/api/blobs/sha256:" + b"0f" * 32, b"/gate/tickets/1-2/bump", b"/api/admin/keys/7", b"/static/js/a.js"),
    *(b"/k/" + KEY.encode() + b"/api/chat", b"/?x=1", b"/"),
)
TARGET_TOKENS = (
    *(b"/", b"//", b"/.", b"/..", b"%2f", b"%2e", b"%70", b"%", b";", b"\\", b"?", b"#", b"\0", b"\xff", b" "),
    *(b"/k/", b"/api", b"/v1", b"/api/code", b"http://a", b"@", b":", b"sl_aaaaaaaa_", b"eyJ.eyJ.x", b"\r\n"),
)
NAMES = (
    *("x-api-key", "authorization", "cookie", "host", "origin", "sec-fetch-site", "x-forwarded-for", "x-real-ip"),
    *("cf-connecting-ip", "forwarded", "x"),
)
VALUES = (
    *(
        "sl_aaaaaaaa_" + "A" * 43,
        "Bearer sl_aaaaaaaa_" + "A" * 43,
        "Basic eDpzbF9h",
        "Bearer eyJ.e30.x",
        "basic !",
    ),
    *("sluice=eyJ.e30.x; a=b", "__Host-sluice=x;sluice", "localhost", "[::1]:8000", "evil.example", "127.0.0.1:1"),
    *("https://evil.example", "null", "app://x", "http://localhost", "same-origin", "cross-site", "203.0.113.9"),
    *("203.0.113.9, 127.0.0.1", "::ffff:1.2.3.4", "fe80::1%eth0", "for=1.2.3.4", "", " ", ",", ";=;", "\udcff"),
)


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One of the seeds after up to six cuts, copies, insertions and swaps, or plain noise."""
    seed = st.sampled_from(seeds)
    data = draw(seed | seed | seed | st.binary(max_size=64))
    for _ in range(draw(st.integers(0, 6))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(st.sampled_from(tokens) | st.binary(max_size=3) | st.just(data[start:end]))
        keeps = draw(st.booleans())
        data = data[:start] + piece + data[start if keeps else end :]
    return data


@st.composite
def headers(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Header fields as the gate reads them: lower-case names, undecodable bytes as surrogates."""
    values = st.sampled_from(VALUES) | st.text(max_size=12) | mutated(_VALUE_BYTES, HEAD_TOKENS).map(_as_value)
    return draw(st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6))


def _as_value(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


_VALUE_BYTES = tuple(value.encode("utf-8", "surrogateescape") for value in VALUES)
