"""Every way Sluice says no, in one list.

Promise: the gate, the web app, the log and the documentation take a refusal's code, status and sentence from
here and from nowhere else, so that a client sees the same word for the same thing everywhere.

The code travels in the `X-Sluice-Reason` header and is stable; the sentence is for people and says what
happened, which rule, and what to do.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class _Rule(NamedTuple):
    status: int
    sentence: str
    retry_after_s: int | None = None


class Reason(Enum):
    """Why a request was refused; the member's lower-case name is the code clients may rely on."""

    # 400: the request itself
    MALFORMED = _Rule(400, "The request is malformed: {detail}.")
    CONFLICTING_CREDENTIALS = _Rule(
        400,
        "The request shows two different credentials. Send exactly one, as Authorization, X-API-Key or /k/KEY.",
    )
    BODY_NOT_JSON = _Rule(400, "The body is not a JSON object: {detail}. Send one JSON object in UTF-8.")
    BODY_NOT_FORM = _Rule(400, "The body is not a plain form: {detail}. Send multipart/form-data.")
    MODEL_MISSING = _Rule(400, 'The body names no model. Add "model": "NAME"; GET /api/tags lists the names.')
    BAD_PRIORITY = _Rule(400, "X-Priority must be a whole number from 0 to 9.")
    BAD_TICKET_NAME = _Rule(400, "X-Queue-Ticket must be a UUID.")
    BAD_VALUE = _Rule(400, "{detail} Nothing was changed.")
    # 401: who is asking
    NO_CREDENTIAL = _Rule(
        401,
        "No credential was shown and this address is not on the allow-list. "
        "Send an API key as X-API-Key or Authorization: Bearer, or ask the administrator for one.",
    )
    BAD_CREDENTIAL = _Rule(401, "This credential is not valid. Check it, or ask the administrator for a new key.")
    KEY_REVOKED = _Rule(401, "Key {detail} is revoked. Ask the administrator for a new one.")
    KEY_EXPIRED = _Rule(401, "Key {detail} has expired. Ask the administrator for a new one.")
    SESSION_ENDED = _Rule(401, "This session has ended. Sign in again at /login.")
    # 403: known, but not permitted
    SCOPE_MISSING = _Rule(403, "This needs scope {detail}, which the credential does not have.")
    MODEL_NOT_ALLOWED = _Rule(403, "Model {detail} is not on this credential's list of models.")
    CLOUD_MODEL = _Rule(
        403, "{detail} would run at ollama.com on the owner's account, which gate.cloud_models does not allow."
    )
    ROUTE_DISABLED = _Rule(403, "{detail} acts with the owner's own account and is switched off here.")
    WEB_SEARCH = _Rule(
        403,
        "The body holds a web_search tool, with which Ollama would search in its owner's name; gate.owner_routes "
        "does not allow that. Switch web search off in your client.",
    )
    KEY_IN_PATH = _Rule(
        403, "A key with scope {detail} may not stand in the path. Send it as X-API-Key, or use a lesser key."
    )
    FOREIGN_ORIGIN = _Rule(
        403,
        "A page of another origin may not ask here in the name of its visitor's address. "
        "Send an API key, or have the origin added to gate.allowed_origins.",
    )
    CSRF = _Rule(
        403,
        "A request signed in by cookie needs the X-CSRF-Token header and our own Origin. Reload the page.",
    )
    CANCELLED = _Rule(403, "The request was cancelled by its owner or an administrator.")
    # 404, 405, 409: where to
    UNKNOWN_PATH = _Rule(404, "There is nothing at this path.")
    MODEL_UNKNOWN = _Rule(404, "Model {detail} is not installed here. GET /api/tags lists the models.")
    UNKNOWN_TICKET = _Rule(404, "There is no such ticket.")
    WRONG_METHOD = _Rule(405, "This path answers to {detail} only.")
    TICKET_TAKEN = _Rule(409, "This ticket name is in use. Send another UUID in X-Queue-Ticket.")
    SETTING_FIXED = _Rule(409, "{detail} stands above what is changed here. Change it there.")
    # 411 to 421: framing and limits
    BODY_TOO_LARGE = _Rule(413, "The body is larger than {detail} bytes, the limit here.")
    TARGET_TOO_LONG = _Rule(414, "The request line is longer than {detail} bytes.")
    ENCODED_BODY = _Rule(
        415,
        "A body with this Content-Encoding cannot be read here. Send it plain; paths under /v1 also take zstd.",
    )
    BAD_EXPECT = _Rule(417, "Only the plain 'Expect: 100-continue' is understood.")
    FOREIGN_HOST = _Rule(
        421, "This host name is not served here. The administrator can add it to gate.allowed_hosts."
    )
    HEAD_TOO_LARGE = _Rule(431, "The head of the request is larger than {detail} bytes, the limit here.")
    # 429: your own limit
    TOO_MANY_FAILURES = _Rule(
        429, "Too many invalid credentials came from this address. Check yours; a valid one is let in at once.", 60
    )
    TOO_MANY_SIGN_INS = _Rule(
        429,
        "Too many attempts to sign in or register failed here; none is judged for now. Try again later.",
        60,
    )
    OWN_LIMIT = _Rule(429, "You already have {detail} requests waiting, your own limit. Try again later.", 10)
    # 5xx: the house
    INTERNAL = _Rule(500, "Sluice failed while deciding about this request, so it was not let through.")
    UPSTREAM_UNREACHABLE = _Rule(502, "Ollama did not accept the connection. Is it running?")
    UPSTREAM_BROKEN = _Rule(502, "Ollama broke off before it had answered.")
    QUEUE_FULL = _Rule(503, "The queue is full ({detail} waiting). Try again later.", 30)
    BODIES_FULL = _Rule(
        503,
        "No room is left for this body beside those of the requests under way; {detail} bytes are the limit for "
        "all, half of it for one asker. Try again later.",
        10,
    )
    DRAINING = _Rule(503, "Sluice is shutting down and takes no new requests. Try again later.", 10)
    WAITED_TOO_LONG = _Rule(503, "The request waited {detail} s, the longest this class may wait.", 60)
    NOT_KEPT = _Rule(503, "The change could not be written to the database, so it was not made. Try again.", 5)
    PASSWORDS_BUSY = _Rule(503, "Many people are signing in at this moment. Try again in a few seconds.", 3)
    POLICY_UNAVAILABLE = _Rule(503, "The rules cannot be read, so nobody is let through.", 10)
    WEB_APP_DOWN = _Rule(503, "The web app is not running. The gate serves API requests meanwhile.", 5)
    FIRST_BYTE_TIMEOUT = _Rule(504, "Ollama sent nothing for {detail} s (queue.first_byte_timeout_s).")
    IDLE_TIMEOUT = _Rule(504, "Ollama fell silent for {detail} s (queue.idle_timeout_s).")
    HELD_TOO_LONG = _Rule(504, "The request held its slot for {detail} s, the limit queue.max_hold_s.")

    @property
    def code(self) -> str:
        """The stable machine-readable word."""
        return self.name.lower()

    @property
    def status(self) -> int:
        """The HTTP status that goes with it."""
        return self.value.status


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal, ready to be said: a reason and what its sentence needs to know.

    `hint_s` overrides the reason's own retry hint, in whole seconds; outside 1 to 60 the nearer end counts.
    """

    reason: Reason
    detail: str = ""
    hint_s: int | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reason.status

    @property
    def message(self) -> str:
        """The sentence for people."""
        return self.reason.value.sentence.format(detail=self.detail)

    @property
    def retry_after_s(self) -> int | None:
        """Whole seconds (1 to 60) until a retry makes sense; None where retrying does not help."""
        return self.reason.value.retry_after_s if self.hint_s is None else min(max(self.hint_s, 1), 60)
