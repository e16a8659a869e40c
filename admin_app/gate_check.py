"""Only the gate may ask.

Any process of this machine could connect to the app's loopback port and go round the gate's checks (host name,
limits, framing). The gate shows a secret made at this start; whoever does not is refused.
"""

import hmac

from flask import Flask, request
from flask.typing import ResponseReturnValue

from admin_app.errors import sentence_response
from admin_app.parts import the_context

HEADER = "X-Sluice-Gate"


def init_app(app: Flask) -> None:
    """Check every request, unknown paths too."""
    app.before_request(_refuse_others)


def _refuse_others() -> ResponseReturnValue | None:
    shown = request.headers.get(HEADER, "").encode(errors="replace")
    if hmac.compare_digest(shown, the_context().gate_secret.encode()):
        return None
    return sentence_response("This port belongs to the gate. Use the gate's own address.", 403)
