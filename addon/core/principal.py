"""Who is asking, and what that allows.

A Principal is the answer to "who": an API key, a signed-in user, or a rule of the allow-list. Its class decides
the default place in the queue; the numbers are settings (queue.base).
"""

from dataclasses import dataclass, field
from enum import StrEnum


class PrincipalClass(StrEnum):
    """The three ways in, from soonest to latest served by default."""

    DIRECT_API = "direct_api"
    CUSTOM_APP = "custom_app"
    WEB_CHAT = "web_chat"


class Scope(StrEnum):
    """What a credential may be used for."""

    INFER = "infer"
    READ = "read"
    MANAGE = "manage"
    ADMIN = "admin"


DEFAULT_SCOPES = frozenset({Scope.INFER, Scope.READ})
PRIORITIES = range(10)
"""Base priorities are whole numbers 0 to 9; lower is served sooner."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests may wait and run at once; `id` says whose.

    `max_waiting` None means the gate's general limit; `max_running` None means none.
    """

    id: str
    max_waiting: int | None = None
    max_running: int | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker as the policy knows it.

    `id` is unique over all kinds (`key:7`, `user:2`, `rule:4`); `label` is the name people gave it.
    `models` None means every model. `max_waiting` and `max_running` are its own Quota; `owners` is that of the
    person whose key it is, which all the person's requests share; `quotas` are both. `early_json` says that its
    answers in one piece, too, may begin before their turn.
    """

    id: str
    label: str
    principal_class: PrincipalClass
    base: int
    scopes: frozenset[Scope] = DEFAULT_SCOPES
    models: frozenset[str] | None = None
    max_waiting: int | None = None
    max_running: int | None = None
    early_json: bool = False
    owners: Quota | None = None
    quotas: tuple[Quota, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note once what the gate asks at every turn."""
        own = Quota(self.id, self.max_waiting, self.max_running)
        object.__setattr__(self, "quotas", (own,) if self.owners is None else (own, self.owners))

    def counts_with(self, other: "Principal") -> bool:
        """Whether requests of both are held to one and the same limit."""
        return not {quota.id for quota in self.quotas}.isdisjoint(quota.id for quota in other.quotas)

    @property
    def is_admin(self) -> bool:
        """Whether the administrator's pages and JSON are open to it."""
        return Scope.ADMIN in self.scopes
