"""The form of an API key: `sl_` + 8 characters to find it by + `_` + 43 that are the secret.

Promise: only the prefix and a SHA-256 of the secret need to be kept. The secret has 256 random bits, so a fast
hash is enough: there is nothing to guess (unlike passwords, which get bcrypt). Entropy is an argument.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

PREFIX_BYTES = 5
SECRET_BYTES = 32
_FORM = re.compile(r"sl_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner holds it. Its text is shown once and never stored."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        """The whole key."""
        return f"sl_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> bytes:
        """What is stored of the secret."""
        return hashlib.sha256(self.secret.encode()).digest()

    def __repr__(self) -> str:
        return f"ApiKey(sl_{self.prefix}_…)"


def compose_key(entropy: bytes) -> ApiKey:
    """Make a key from exactly PREFIX_BYTES + SECRET_BYTES random bytes."""
    if len(entropy) != PREFIX_BYTES + SECRET_BYTES:
        raise ValueError(f"a key takes {PREFIX_BYTES + SECRET_BYTES} random bytes, not {len(entropy)}")
    prefix = base64.b32encode(entropy[:PREFIX_BYTES]).decode().lower()
    secret = base64.urlsafe_b64encode(entropy[PREFIX_BYTES:]).decode().rstrip("=")
    return ApiKey(prefix, secret)


def parse_key(text: str) -> ApiKey | None:
    """Read a key, or None when the text does not have a key's form."""
    match = _FORM.fullmatch(text)
    return ApiKey(match[1], match[2]) if match else None


def is_same_digest(one: bytes, other: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one, other)
