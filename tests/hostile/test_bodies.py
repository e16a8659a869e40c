"""What stands in a body: Ollama and the gate must read one model from it, or it goes nowhere.

The key `<narrow>` may use llama3 alone: whatever lets Ollama see another model beside it is a way round the list.
"""

import pytest
import zstandard

from tests.hostile.harness import Case, Forwarded, ask, passes, play, refused
from tests.hostile.stage import BODY
from tests.hostile.theatre import Theatre

pytestmark = pytest.mark.asyncio(loop_scope="module")

SMALL = {"SLUICE_LIMITS__BODY_BYTES": "65536"}
V1 = "/v1/chat/completions"
FORM = "/v1/audio/transcriptions"


def said(body: bytes, reason: str = "body_not_json") -> Case:
    return refused(ask(body=body, key="<narrow>"), 400, reason)


JSON: dict[str, Case] = {
    "two models": said(b'{"model":"llama3","model":"gemma3"}'),
    "a model in capitals beside it": said(b'{"model":"llama3","MODEL":"gemma3"}'),
    "a model in capitals alone": said(b'{"Model":"gemma3"}'),
    "a model escaped": said(b'{"model":"llama3","\\u006dodel":"gemma3"}'),
    "a model folded": said(b'{"model":"llama3","mode\xc5\x81":"x","MoDeL":"gemma3"}'),
    "a stream with a long s": said(b'{"model":"llama3","stream":false,"\xc5\xbftream":true}'),
    "two of any key": said(b'{"model":"llama3","options":{"a":1,"a":2}}'),
    "another object behind it": said(b'{"model":"llama3"}{"model":"gemma3"}'),
    "junk behind it": said(b'{"model":"llama3"} x'),
    "a byte order mark": said(b'\xef\xbb\xbf{"model":"llama3"}'),
    "UTF-16": said('{"model":"llama3"}'.encode("utf-16")),
    "UTF-32": said('{"model":"llama3"}'.encode("utf-32-le")),
    "bad UTF-8": said(b'{"model":"llama3","prompt":"\xff"}'),
    "NaN": said(b'{"model":"llama3","options":{"temperature":NaN}}'),
    "Infinity": said(b'{"model":"llama3","options":{"temperature":-Infinity}}'),
    "65 deep": said(b'{"model":"llama3","x":' + b"[" * 65 + b"]" * 65 + b"}"),
    "100,000 deep": said(b"[" * 100_000),
    "a number without end": said(b'{"model":"llama3","x":' + b"9" * 10_000 + b"}"),
    "a comment": said(b'{"model":"llama3" /* gemma3 */}'),
    "single quotes": said(b"{'model':'llama3'}"),
    "a trailing comma": said(b'{"model":"llama3",}'),
    "a control character in a string": said(b'{"model":"llama3","prompt":"\n"}'),
    "a list": said(b'[{"model":"llama3"}]'),
    "a string": said(b'"llama3"'),
    "nothing": said(b""),
    "no model": said(b"{}", "model_missing"),
    "a model that is null": said(b'{"model":null}', "model_missing"),
    "a model that is a list": Case(ask(body=b'{"model":["llama3"]}', key="<narrow>"), (400,)),
    "half a surrogate pair": said(b'{"model":"llama3\\ud800"}'),
    "a NUL in the name": Case(ask(body=b'{"model":"llama3\\u0000"}', key="<narrow>"), (400, 403)),
    "a name from right to left": Case(ask(body=b'{"model":"\\u202ellama3"}', key="<narrow>"), (400, 403)),
    "a stream in words": said(b'{"model":"llama3","stream":"false"}'),
    "a form": refused(ask(body=b"model=llama3", key="<narrow>"), 400, "body_not_json"),
}

CLOUD: dict[str, Case] = {
    f"cloud model {name}": Case(ask(body=b'{"model":"%s"}' % name.encode()), (403,))
    for name in (
        *("gpt-oss:120b-cloud", "gpt-oss:cloud", "GPT-OSS:20B-CLOUD", "x:latest:cloud", "library/x:cloud"),
        " x:cloud ",
    )
}


def packed(data: bytes, *encodings: str, target: str = V1) -> bytes:
    return ask("POST", target, *[f"Content-Encoding: {encoding}" for encoding in encodings], body=data)


ZSTD = zstandard.ZstdCompressor().compress(BODY)
BOMB = zstandard.ZstdCompressor(level=19).compress(bytes(64 * 2**20))
ENCODED: dict[str, Case] = {
    "zstd where Ollama reads it": passes(
        packed(ZSTD, "zstd"), Forwarded(f"POST {V1} HTTP/1.1", body=BODY), dialect="openai"
    ),
    "zstd where Ollama does not": refused(packed(ZSTD, "zstd", target="/api/chat"), 415, "encoded_body"),
    "gzip": refused(packed(BODY, "gzip"), 415, "encoded_body", dialect="openai"),
    "br": refused(packed(BODY, "br"), 415, "encoded_body", dialect="openai"),
    "zstd twice": refused(packed(ZSTD, "zstd, zstd"), 415, "encoded_body", dialect="openai"),
    "zstd in two lines": Case(packed(ZSTD, "zstd", "zstd"), (400, 415), dialect="openai"),
    "no zstd after all": Case(packed(BODY, "zstd"), (400,), dialect="openai"),
    "half a frame": Case(packed(ZSTD[:-4], "zstd"), (400,), dialect="openai"),
    "junk behind the frame": Case(packed(ZSTD + b"junk", "zstd"), (400,), dialect="openai"),
    "a bomb": refused(packed(BOMB, "zstd"), 413, "body_too_large", environ=SMALL, dialect="openai"),
}


def part(disposition: str, value: bytes, *lines: str) -> bytes:
    head = "\r\n".join(["--b", f"Content-Disposition: form-data; {disposition}", *lines]).encode()
    return head + b"\r\n\r\n" + value + b"\r\n"


FILE = part('name="file"; filename="a.wav"', b"RIFF\0\xff\r\n--x", "Content-Type: audio/wav")
MODEL = part('name="model"', b"llama3")
END = b"--b--\r\n"
MULTIPART = "multipart/form-data; boundary=b"


def form(body: bytes, content_type: str = MULTIPART, key: str = "<narrow>") -> bytes:
    head = ask("POST", FORM, f"Content-Type: {content_type}", f"Content-Length: {len(body)}", body=None, key=key)
    return head + body


OTHER = b"gemma3:270m"
# Of these Ollama may read another model than the plain field says.
FORMS: dict[str, bytes] = {
    "two models": form(MODEL + part('name="model"', OTHER) + FILE + END),
    "the other model first": form(part('name="model"', OTHER) + MODEL + FILE + END),
    "another spelling of the name": form(MODEL + part("name=model", OTHER) + FILE + END),
    "an encoded name": form(MODEL + part("name*=UTF-8''model", OTHER) + FILE + END),
    "a name in another case": form(MODEL + part('NAME="model"', OTHER) + FILE + END),
    "an escaped name": form(MODEL + part('name="mod\\el"', OTHER) + FILE + END),
    "no model": form(FILE + END),
    "a model that is a file": form(part('name="model"; filename="x"', b"llama3") + FILE + END),
    "an empty model": form(part('name="model"', b"") + FILE + END),
    "another model": form(part('name="model"', OTHER) + FILE + END),
    "another model behind white space": form(part('name="model"', b"\tllama3 gemma3") + FILE + END),
    "an encoded value": form(part('name="model"', b"bGxhbWEz", "Content-Transfer-Encoding: base64") + FILE + END),
    "a part without end": form(MODEL + FILE + b"--b"),
    "no end at all": form(MODEL + FILE),
    "parts behind the end": form(MODEL + FILE + END + part('name="model"', OTHER) + END),
    "a part before the first": form(part('name="model"', OTHER).replace(b"--b", b"--c") + MODEL + FILE + END),
    "two boundaries": form(MODEL + FILE + END, "multipart/form-data; boundary=b; boundary=c"),
    "no boundary": form(MODEL + FILE + END, "multipart/form-data"),
    "another kind of multipart": form(MODEL + FILE + END, "multipart/mixed; boundary=b"),
    "JSON": form(b'{"model":"llama3"}', "application/json"),
    "line feeds for line ends": form((MODEL + FILE + END).replace(b"\r\n", b"\n")),
    "a folded header": form(part('name="model"', b"llama3", "X: y\r\n z") + FILE + END),
    "two dispositions": form(
        part('name="model"', b"llama3", 'Content-Disposition: form-data; name="x"') + FILE + END
    ),
    "a thousand parts": form(MODEL + part('name="x"', b"") * 1000 + FILE + END),
}


@pytest.mark.parametrize("case", JSON.values(), ids=JSON)
async def test_json_that_could_be_read_otherwise_is_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", CLOUD.values(), ids=CLOUD)
async def test_a_cloud_model_is_refused_unless_it_is_switched_on(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("case", ENCODED.values(), ids=ENCODED)
async def test_an_encoded_body_is_read_within_a_bound_or_refused(case: Case, theatre: Theatre) -> None:
    await play(case, theatre)


@pytest.mark.parametrize("sent", FORMS.values(), ids=FORMS)
async def test_a_form_that_could_name_another_model_is_refused(sent: bytes, theatre: Theatre) -> None:
    await play(Case(sent, (400, 403, 415), dialect="openai"), theatre)


async def test_a_plain_form_goes_on_byte_for_byte(theatre: Theatre) -> None:
    body = MODEL + FILE + part('name="language"', b"de") + END
    headers = (f"content-type: {MULTIPART}",)
    await play(passes(form(body), Forwarded(f"POST {FORM} HTTP/1.1", headers, body)), theatre)
