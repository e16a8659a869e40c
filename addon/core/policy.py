"""The rules, as one immutable snapshot, and the answer to "who is this".

Promise: a decision reads nothing but its arguments. The store builds a Policy from the database; the gate swaps
it in with one assignment. `identify` tries the ways in one fixed order: explicit credential (exactly one), session
cookie, address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from addon.core import session
from addon.core.addresses import Address, Network, contains
from addon.core.credential import Shown
from addon.core.keys import is_same_digest, parse_key
from addon.core.principal import Principal
from addon.core.refusal import Reason, Refusal

_NO_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class KeyRule:
    """One API key: what to compare its secret with, whom it speaks for, and whether it still counts."""

    prefix: str
    digest: bytes
    principal: Principal
    expires_at: float | None = None
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class AddressRule:
    """One allow-list rule: a network and whom it speaks for."""

    network: Network
    principal: Principal


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One session that has not been ended, and whom it speaks for."""

    session_id: str
    principal: Principal
    expires_at: float


@dataclass(frozen=True, slots=True)
class Identity:
    """A recognised asker. `session_id` is set when a session spoke, `by_cookie` when it came as a cookie."""

    principal: Principal
    session_id: str | None = None
    by_cookie: bool = False
    by_address: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything needed to decide who may do what, at one revision of the database."""

    revision: int
    session_secret: bytes = field(repr=False)
    keys: Mapping[str, KeyRule] = field(default_factory=dict[str, KeyRule])
    rules: tuple[AddressRule, ...] = ()
    sessions: Mapping[str, LiveSession] = field(default_factory=dict[str, LiveSession])

    def identify(self, shown: Shown, address: Address | None, now: float) -> Identity | Refusal:
        """Who asks: the explicit credential, else the cookie, else the address. First match decides."""
        rule = self.rule_for(address)
        # SDKs insist on sending some key ("ollama", "sk-none"); from a listed address that is no claim.
        tokens = shown.tokens if rule is None else {one for one in shown.tokens if _has_our_form(one)}
        if len({*tokens, shown.path_key} - {None}) > 1:
            return Refusal(Reason.CONFLICTING_CREDENTIALS)
        if shown.path_key is not None:
            return self._by_key(shown.path_key, now)
        for token in tokens:
            return self._by_token(token, now)
        if shown.cookie:
            found = self._by_session(shown.cookie, now)
            return replace(found, by_cookie=True) if isinstance(found, Identity) else found
        if rule is not None:
            return Identity(rule.principal, by_address=True)
        return Refusal(Reason.NO_CREDENTIAL)

    def rule_for(self, address: Address | None) -> AddressRule | None:
        """The most specific rule that holds the address; an unknown address matches none."""
        if address is None:
            return None
        matching = (rule for rule in self.rules if contains(rule.network, address))
        return max(matching, key=lambda rule: rule.network.prefixlen, default=None)

    def _by_token(self, token: str, now: float) -> Identity | Refusal:
        return self._by_session(token, now) if session.has_token_form(token) else self._by_key(token, now)

    def _by_key(self, text: str, now: float) -> Identity | Refusal:
        shown = parse_key(text)
        if shown is None:
            return Refusal(Reason.BAD_CREDENTIAL)
        rule = self.keys.get(shown.prefix)
        # An unknown prefix costs the same comparison, so that timing does not tell known from unknown.
        is_right = is_same_digest(rule.digest if rule else _NO_DIGEST, shown.digest)
        if rule is None or not is_right:
            return Refusal(Reason.BAD_CREDENTIAL)
        if rule.is_revoked:
            return Refusal(Reason.KEY_REVOKED, f"sl_{rule.prefix}_…")
        if rule.expires_at is not None and now >= rule.expires_at:
            return Refusal(Reason.KEY_EXPIRED, f"sl_{rule.prefix}_…")
        return Identity(rule.principal)

    def _by_session(self, token: str, now: float) -> Identity | Refusal:
        claims = session.decode(token, self.session_secret, now)
        live = self.sessions.get(claims.session_id) if claims else None
        if live is None or now >= live.expires_at:
            return Refusal(Reason.SESSION_ENDED)
        return Identity(live.principal, session_id=live.session_id)


def _has_our_form(token: str) -> bool:
    return parse_key(token) is not None or session.has_token_form(token)
