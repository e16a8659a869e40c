"""Which Sluice this is."""

from importlib.metadata import version

VERSION = version("sluice")
USER_AGENT = f"sluice/{VERSION}"
"""How our own probes introduce themselves to an upstream."""
