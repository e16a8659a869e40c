"""Settings of what is kept and for how long: journal, audit log, sums, copies, and the access log."""

from dataclasses import dataclass
from typing import Literal

from addon.settings.catalogue import setting
from addon.settings.errors import UnfitError
from addon.settings.kinds import text, whole

_MOST_DAYS = 36_500

type AccessLogPlace = Literal["off", "file", "stdout"]


def access_log_place(given: str) -> AccessLogPlace:
    """Where access lines go. Raises UnfitError for any other word."""
    match given:
        case "off" | "file" | "stdout":
            return given
        case _:
            raise UnfitError("is another word")


@dataclass(frozen=True, kw_only=True)
class RetentionSettings:
    """How long the records are kept, in days."""

    journal_days: int = setting(
        whole(1, _MOST_DAYS),
        90,
        "Journal",
        "Days for which each finished request is kept in the journal. Its sums are kept longer, see "
        "retention.rollups_days.",
    )
    rollups_days: int = setting(
        whole(1, _MOST_DAYS),
        730,
        "Sums for the statistics",
        "Days for which the sums of the journal are kept, from which the statistics are drawn. The finer ones, by "
        "ten minutes and by the hour, are kept for 8 and 40 days at most.",
    )
    audit_days: int = setting(
        whole(0, _MOST_DAYS),
        365,
        "Audit log",
        "Days for which the audit log keeps who did what; 0 means for ever.",
    )


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """What is logged of the requests."""

    access: str = setting(
        text('"off", "file" or "stdout"', access_log_place),
        "file",
        "Access log",
        "One line of JSON for each request, refused ones too, without prompts, answers or credentials: into "
        "access.log in the data directory (at most 60 MiB, the oldest go first), to standard output, or nowhere.",
    )


@dataclass(frozen=True, kw_only=True)
class BackupSettings:
    """The copies that are made without anybody asking."""

    kept: int = setting(
        whole(0, 1000),
        7,
        "Daily copies",
        "Daily copies of the database that are kept, in the folder backups of the data directory; 0 makes none.",
    )
