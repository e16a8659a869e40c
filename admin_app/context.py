"""What the web app is given at its start; everything it knows of the world outside comes from here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from addon.settings import Settings
from addon.store.engine import Engine


@dataclass(frozen=True, kw_only=True)
class WebContext:
    """Settings, database, secrets and clock of one run.

    `gate_secret` is what the gate shows with every request of this start; `now` answers unix seconds (UTC).
    `bcrypt_cost` is the logarithm of the rounds; only tests lower it.
    """

    settings: Settings
    engine: Engine
    session_secret: bytes = field(repr=False)
    gate_secret: str = field(repr=False)
    now: Callable[[], float]
    bcrypt_cost: int = 12

    @property
    def is_https(self) -> bool:
        """Whether people reach the gate by https, so that cookies can be Secure."""
        return self.settings.gate.is_https
