"""Settings an administrator changes while the gate runs: above the file, below environment and options."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from addon.settings.catalogue import filled
from addon.settings.errors import SettingsError
from addon.settings.model import Settings
from addon.settings.sources import SETTINGS, UPSTREAM, checked

_ABOVE = frozenset({"environment", "option"})
_NOT_THE_GATES = ("queue.base.", "queue.early_response", "queue.heartbeat")
LIVE = frozenset(
    key
    for key in SETTINGS
    if key == f"{UPSTREAM}.slots" or (key.startswith("queue.") and not key.startswith(_NOT_THE_GATES))
)
"""The settings that can be changed so: the gate's numbers."""


def check_live(key: str, value: object) -> object:
    """The value, fit for its setting. Raises SettingsError for one that is not, and for any other setting."""
    where = "what was changed live"
    if key not in LIVE:
        raise SettingsError(where, f"{key} is not a setting that can be changed while the gate runs.")
    return checked(SETTINGS[key], value, where)


def is_fixed(settings: Settings, key: str) -> bool:
    """Whether the environment or an option stands above what is changed live."""
    return settings.source(key) in _ABOVE


def fitting(changed: Mapping[str, object]) -> tuple[Mapping[str, object], Sequence[SettingsError]]:
    """Of what was kept when other rules may have held: what fits today, and what is wrong with the rest."""
    fits: dict[str, object] = {}
    errors: list[SettingsError] = []
    for key, value in changed.items():
        try:
            fits[key] = check_live(key, value)
        except SettingsError as error:
            errors.append(error)
    return fits, errors


def with_live(settings: Settings, changed: Mapping[str, object]) -> Settings:
    """The settings with these values wherever nothing stands above them.

    Raises SettingsError for a value that does not fit.
    """
    fit = {key: check_live(key, value) for key, value in changed.items()}
    counted = {key: value for key, value in fit.items() if not is_fixed(settings, key)}
    upstream, *others = settings.upstreams
    return replace(
        settings,
        upstreams=(filled(upstream, UPSTREAM, counted), *others),
        queue=filled(settings.queue, "queue", counted),
        sources=MappingProxyType({**settings.sources, **dict.fromkeys(counted, "live")}),
    )
