"""Session tokens: a signed JWT that names a session row; the row decides whether it still counts.

The signature keeps guesses away without a look-up; ending the row ends the session, whatever the token says.
RFC 8725 (JWT best current practices): the algorithm is pinned, every claim we rely on is required, key hints in
the header are ignored. The clock is an argument, so PyJWT's own time checks are off and made here.
"""

import hashlib
import hmac
from dataclasses import dataclass

import jwt

ISSUER = "sluice"
AUDIENCE = "sluice-gate"
_ALGORITHM = "HS256"
_REQUIRED = ["exp", "iat", "sub", "jti", "iss", "aud"]
MIN_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """What a token says: which session of which user, and until when (unix seconds)."""

    session_id: str
    user_id: int
    issued_at: float
    expires_at: float


def has_token_form(text: str) -> bool:
    """Whether the text could be one of our tokens: three base64url parts, the first opening a JSON object."""
    return text.startswith("eyJ") and text.count(".") == 2


def encode(claims: SessionClaims, secret: bytes) -> str:
    """Sign the claims. Raises ValueError for a secret under 32 bytes (RFC 7518, section 3.2)."""
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"the session secret needs {MIN_SECRET_BYTES} bytes or more, not {len(secret)}")
    payload = {
        "jti": claims.session_id,
        "sub": str(claims.user_id),
        "iat": int(claims.issued_at),
        "exp": int(claims.expires_at),
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return jwt.encode(payload, secret, algorithm=_ALGORITHM)


def decode(token: str, secret: bytes, now: float) -> SessionClaims | None:
    """The claims of a valid token; None for anything else, be it forged, expired or garbled."""
    try:
        payload = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        claims = SessionClaims(
            str(payload["jti"]), int(payload["sub"]), float(payload["iat"]), float(payload["exp"])
        )
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None
    return claims if now < claims.expires_at else None


def csrf_token(session_id: str, secret: bytes) -> str:
    """The token that unsafe cookie requests of this session must carry; derived, so nobody stores it."""
    return hmac.new(secret, b"csrf:" + session_id.encode(), hashlib.sha256).hexdigest()


def is_csrf_token(shown: str, session_id: str, secret: bytes) -> bool:
    """Compare a shown token with the session's, in constant time."""
    # Bytes that are not UTF-8 arrive as lone surrogates; they must not match, and must not raise either.
    shown_bytes = shown.encode(errors="replace")
    return hmac.compare_digest(shown_bytes, csrf_token(session_id, secret).encode())
