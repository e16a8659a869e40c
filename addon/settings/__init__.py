"""Every setting of Sluice, from file, environment and command line, checked before anything starts."""

from addon.settings.address import Address
from addon.settings.errors import SettingsError
from addon.settings.keeping import LogSettings, RetentionSettings
from addon.settings.live import check_live, fitting, is_fixed, with_live
from addon.settings.load import load_settings
from addon.settings.model import (
    BasePriorities,
    DatabaseSettings,
    GateSettings,
    LimitsSettings,
    LongestWaits,
    QueueSettings,
    Settings,
    Source,
    UpstreamSettings,
)
from addon.settings.reference import reference, sample

__all__ = [
    "Address",
    "BasePriorities",
    "DatabaseSettings",
    "GateSettings",
    "LimitsSettings",
    "LogSettings",
    "LongestWaits",
    "QueueSettings",
    "RetentionSettings",
    "Settings",
    "SettingsError",
    "Source",
    "UpstreamSettings",
    "check_live",
    "fitting",
    "is_fixed",
    "load_settings",
    "reference",
    "sample",
    "with_live",
]
