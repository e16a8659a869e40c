"""What an owner should see to: each a sentence that says what is wrong and what to do, with where to do it."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from addon.settings.sources import SETTINGS
from addon.store.backup import last_backup_at
from addon.store.engine import reading
from addon.store.people import first_account_at
from admin_app.context import WebContext
from admin_app.gate_now import GateNow, ask
from admin_app.printable import printable
from admin_app.queue_form import Queue
from admin_app.self_check import SelfCheck
from admin_app.shapes import Shape
from admin_app.upstreams import slots_above, trouble
from admin_app.words import ago, clock

_GB = 10**9
_LEAST_SHARE = 0.05
_BACKUP_S = 2 * 24 * 3600
_CALM = "the gate is open, Ollama answers, there is disk space"
_LOOKING = "The self-check still looks around; what it finds will stand here."
_STOPPED = {
    "paused": ("paused", "Nobody is admitted until it is resumed."),
    "draining": ("set to drain", "Whoever comes is refused until it is resumed."),
}


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to see to; `path` and `word` are a link, where a page helps."""

    sentence: str
    path: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is to be seen to, and whether the self-check may still add to it."""

    concerns: Sequence[Concern]
    is_looking: bool

    @property
    def remark(self) -> str:
        """What to say below them: reassurance where there are none, and no more of it than is known."""
        if self.concerns:
            return _LOOKING if self.is_looking else ""
        if self.is_looking:
            return f"Nothing to see to so far: {_CALM}, and no backup is overdue. {_LOOKING}"
        return f"Nothing to see to: {_CALM}, no backup is overdue, and the self-check has found nothing."


def known(context: WebContext, self_check: SelfCheck, gate: GateNow) -> Outlook:
    """Everything that is known now; nothing here waits for the network."""
    found = self_check.known()
    rest = [*_disk(context), *_backup(context), *map(self_check_concern, found or ())]
    return Outlook([*_gate(gate, context.now()), *_upstreams(gate), *rest], is_looking=found is None)


def told(context: WebContext, self_check: SelfCheck) -> list[Shape]:
    """The concerns, for programs; the gate is asked for its part."""
    outlook = known(context, self_check, ask(context.settings.data_dir))
    return [asdict(concern) for concern in outlook.concerns]


def _gate(gate: GateNow, now: float) -> Iterator[Concern]:
    if gate.queue is None:
        yield Concern(f"The gate did not say how it and Ollama are: {gate.why}")
    elif gate.queue["state"] != "open":
        yield Concern(stopped(gate.queue, now), "/admin/queue", "Live queue")


def stopped(queue: Queue, now: float) -> str:
    """Who stopped the gate, since when, and who waits for it."""
    word, means = _STOPPED[queue["state"]]
    by = f" by {printable(queue['by'])}" if queue["by"] else ""
    since = f"since {clock(queue['since_at'])} UTC ({ago(queue['since_at'], now)})"
    count = len(queue["waiting"])
    waiting = f"{count} wait" if count > 1 else "one waits" if count else "nobody waits"
    return f"The gate is {word}{by}, {since}, and {waiting}. {means}"


def _upstreams(gate: GateNow) -> Iterator[Concern]:
    if gate.queue is not None and gate.upstreams is None:
        yield Concern(f"The gate did not say how Ollama is: {gate.why}", "/admin/upstreams", "Upstreams")
    for upstream in gate.upstreams or ():
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


def self_check_concern(sentence: str) -> Concern:
    """What the self-check found, with the setting it begins with, as in "gate.listen: …"."""
    named = sentence.partition(":")[0]
    key = "upstream.url" if named.startswith("upstream ") else named
    anchor, word = (f"#{key}", key) if key in SETTINGS else ("", "Settings")
    return Concern(sentence, f"/admin/settings{anchor}", word)


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
