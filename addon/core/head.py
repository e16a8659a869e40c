"""Whether the first bytes of a request are a head that anybody should read.

Promise: what passes is a request line of HTTP/1.0 or 1.1 and plain fields, each line ended by CR LF, within the
limits; so no two readers on the way split it differently (RFC 9112, sections 2.2, 5.2 and 11.2). An unfinished
head is judged too, as soon as it cannot become a good one.
"""

import re
from dataclasses import dataclass

from addon.core.refusal import Reason, Refusal

_END = b"\r\n\r\n"
# A method is a token of RFC 9110, section 5.6.2; the target is looked at in core.routes.
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} [^\x00-\x20\x7f]+ HTTP/1\.[01]")
_BEGINNING = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?: [^\x00-\x20\x7f]*(?: H?T?T?P?/?1?\.?[01]?\r?)?)?")
_LONE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FOLD = re.compile(rb"\r\n[ \t]")


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """How large a head may be; sizes in bytes, line ends included."""

    head_bytes: int = 32 * 2**10
    line_bytes: int = 8 * 2**10
    fields: int = 100


def refuse_head(data: bytes, limits: HeadLimits) -> Refusal | None:
    """The refusal for these first bytes of a request, or None while they are good so far.

    `data` begins at the request line and may hold more than the head.
    """
    head, end, _ = data.partition(_END)
    if len(head) > limits.head_bytes:
        return Refusal(Reason.HEAD_TOO_LARGE, str(limits.head_bytes))
    line, line_end, fields = head.partition(b"\r\n")
    if len(line) > limits.line_bytes:
        return Refusal(Reason.TARGET_TOO_LONG, str(limits.line_bytes))
    is_line_complete = bool(line_end or end)
    has_begun = bool(line) or is_line_complete
    if has_begun and not (_REQUEST_LINE if is_line_complete else _BEGINNING).fullmatch(line):
        return Refusal(Reason.MALFORMED, "it does not begin with METHOD TARGET HTTP/1.1")
    if fields.count(b"\r\n") + bool(fields) > limits.fields:
        return Refusal(Reason.HEAD_TOO_LARGE, f"{limits.fields} fields or {limits.head_bytes}")
    return _refuse_lines(head + b"\r\n" if end else head)


def _refuse_lines(head: bytes) -> Refusal | None:
    if _LONE_LINE_END.search(head):
        return Refusal(Reason.MALFORMED, "every line of its head must end with CR LF")
    if _CONTROL.search(head):
        return Refusal(Reason.MALFORMED, "its head holds a control character")
    if _FOLD.search(head):
        return Refusal(Reason.MALFORMED, "its head holds a folded line")
    return None
