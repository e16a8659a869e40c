"""What an owner should see to: each a sentence that says what is wrong and what to do, with where to do it."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from addon.store.backup import last_backup_at
from addon.store.engine import reading
from addon.store.people import first_account_at
from admin_app.cli.control import ControlError
from admin_app.cli.words import ago
from admin_app.context import WebContext
from admin_app.self_check import SelfCheck
from admin_app.shapes import Shape
from admin_app.upstreams import ask_for_upstreams, slots_above, trouble

_GB = 10**9
_LEAST_SHARE = 0.05
_BACKUP_S = 2 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to see to; `path` and `word` are a link, where a page helps."""

    sentence: str
    path: str = ""
    word: str = ""


def known(context: WebContext, self_check: SelfCheck) -> Sequence[Concern]:
    """Everything that is known now; nothing here waits for the network."""
    return [*_disk(context), *_backup(context), *_self_check(self_check)]


def told(context: WebContext, self_check: SelfCheck) -> list[Shape]:
    """The same and what the gate says of its upstreams, which it asks; a gate that is gone says nothing."""
    return [asdict(concern) for concern in (*_upstreams(context), *known(context, self_check))]


def _upstreams(context: WebContext) -> Iterator[Concern]:
    try:
        found = ask_for_upstreams(context.settings.data_dir)
    except ControlError:
        return  # the page that shows the gate says so
    for upstream in found:
        if sentence := trouble(upstream):
            yield Concern(sentence, "/admin/upstreams", "Upstreams")
        for sentence in slots_above(upstream):
            yield Concern(sentence, "/admin/queue", "Set the slots")


def disk_concern(free_bytes: int, total_bytes: int) -> Concern | None:
    """Below 1 GB or 5 % there is too little room for a journal, a backup and what else is there."""
    if free_bytes >= _GB and free_bytes >= _LEAST_SHARE * total_bytes:
        return None
    left = f"{free_bytes / _GB:.1f} GB ({free_bytes / max(total_bytes, 1):.0%})"
    full = "When it is full, nothing is written any more: no journal, no sign-in."
    sentence = f"The disk of the data directory has {left} left. {full} Make room."
    return Concern(sentence, "/admin/settings#retention.journal_days", "How long records are kept")


def backup_concern(backed_up_at: float | None, begun_at: float | None, now: float) -> Concern | None:
    """A house of more than two days wants a backup that is no older; `begun_at` is its first account's instant."""
    since = backed_up_at or begun_at
    if since is None or now - since <= _BACKUP_S:
        return None
    last = "There is no backup" if backed_up_at is None else f"The last backup was made {ago(backed_up_at, now)}"
    why = "Sluice makes one a day unless backup.kept is 0; its log says why it did not."
    sentence = f"{last}. {why} `sluice backup FILE` makes one now."
    return Concern(sentence, "/admin/settings#backup.kept", "backup.kept")


def _self_check(self_check: SelfCheck) -> Iterator[Concern]:
    for sentence in self_check.known():
        yield Concern(sentence, "/admin/settings#all", "Settings")


def _disk(context: WebContext) -> Iterator[Concern]:
    usage = shutil.disk_usage(context.settings.data_dir)
    if (concern := disk_concern(usage.free, usage.total)) is not None:
        yield concern


def _backup(context: WebContext) -> Iterator[Concern]:
    with reading(context.engine) as session:
        begun_at = first_account_at(session)
    backed_up_at = last_backup_at(context.settings.database.url)
    if (concern := backup_concern(backed_up_at, begun_at, context.now())) is not None:
        yield concern
