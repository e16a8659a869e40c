"""Every setting as it stands: its value, where that came from, and who may change it where."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import cast

from addon.settings.catalogue import Setting
from addon.settings.kinds import Plain, as_toml
from addon.settings.live import LIVE, is_fixed
from addon.settings.model import Settings, Source
from addon.settings.sources import SETTINGS, UPSTREAM


@dataclass(frozen=True, slots=True)
class Standing:
    """One setting of a run. `is_live` says that it can be changed while the gate runs, `is_fixed` that something
    stands above such a change."""

    setting: Setting
    value: object
    source: Source
    is_live: bool
    is_fixed: bool

    @property
    def shown(self) -> str:
        """The value as it would be written in the file."""
        return as_toml(cast("Plain", self.value))

    @property
    def is_editable(self) -> bool:
        """Whether a change made now would count."""
        return self.is_live and not self.is_fixed


def standings(settings: Settings) -> Iterator[Standing]:
    """Every setting, in the order of the file."""
    for key, one in SETTINGS.items():
        yield Standing(one, _value(settings, key), settings.source(key), key in LIVE, is_fixed(settings, key))


def _value(settings: Settings, key: str) -> object:
    section, *names = key.split(".")
    start = settings.upstreams[0] if section == UPSTREAM else getattr(settings, section)
    return reduce(getattr, names, start)
