"""Where the web app listens, and the secret by which it knows the gate."""

from dataclasses import dataclass, field

from addon.settings import Address


@dataclass(frozen=True, slots=True)
class WebApp:
    """The web app's loopback address, and the secret of this start."""

    address: Address
    secret: str = field(repr=False)
