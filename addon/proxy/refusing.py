"""Saying no to a flow, in the way that its state allows.

A small request is answered when its body has come, and its connection lives on. One whose body is large, or of a
length nobody said, is answered at once, and its connection ends: mitmproxy would otherwise read all of it first.
"""

from mitmproxy import http

from addon.core.refusal import Refusal
from addon.proxy.replies import answer, refusal_response
from addon.proxy.visits import note_refusal, path_of

_WORTH_WAITING_BYTES = 64 * 2**10


def refuse(flow: http.HTTPFlow, refusal: Refusal) -> None:
    """Make the refusal this flow's answer."""
    if _has_much_to_come(flow.request) and flow.killable:
        note_refusal(flow, refusal)
        flow.kill()  # `layers.JsonHttp1Server` says why
    else:
        user_agent = flow.request.headers.get("user-agent", "")
        answer(flow, refusal_response(refusal, path_of(flow), user_agent))


def _has_much_to_come(request: http.Request) -> bool:
    if request.raw_content is not None:
        return False
    length = request.headers.get("content-length", "0")
    # Who asks first whether to go on is told no instead of yes.
    if "transfer-encoding" in request.headers or "expect" in request.headers:
        return True
    return not length.isdecimal() or int(length) > _WORTH_WAITING_BYTES
