"""Every table, and who writes it.

Promise: each table has one writer, named in its docstring: the *web app* (with the command line) owns the rules,
the *gate* owns what happened. So neither ever waits for the other's long transaction, and a restored backup of
one half never contradicts the other.

Instants are unix seconds (UTC). Secrets are stored as digests only. Ids of accounts and rules are never given out
twice (AUTOINCREMENT): journal and audit log name them long after their rows are gone.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The declarative base; `metadata` is what migrations are compared with."""


class PolicyRevision(Base):
    """One row, counted up by every change of a rule; the gate reloads when it has moved. Writer: web app."""

    __tablename__ = "policy_revision"

    id: Mapped[int] = mapped_column(CheckConstraint("id = 1"), primary_key=True)
    revision: Mapped[int]


class ApiKey(Base):
    """A key for an app. `priority` None means the class's own; `early_json` allows answers in one piece to begin
    early. A member's own key has a `user_id`; a rotated one counts beside its `previous_…` secret for a while.
    Writer: web app."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("previous_prefix", name="uq_api_key_previous_prefix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[bytes]
    priority: Mapped[int | None]
    scopes: Mapped[str]
    models: Mapped[str | None]
    max_waiting: Mapped[int | None]
    max_running: Mapped[int | None]
    early_json: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[float]
    expires_at: Mapped[float | None]
    revoked_at: Mapped[float | None]
    note: Mapped[str] = mapped_column(server_default="")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", name="fk_api_key_user_id", ondelete="CASCADE"), index=True
    )
    previous_prefix: Mapped[str | None]
    previous_digest: Mapped[bytes | None]
    previous_expires_at: Mapped[float | None]
    owner: Mapped["User | None"] = relationship(lazy="joined")


class AddressRule(Base):
    """An allow-listed address or network; what it may do is said as for a key. Writer: web app."""

    __tablename__ = "address_rule"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own form

    id: Mapped[int] = mapped_column(primary_key=True)
    cidr: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    priority: Mapped[int | None]
    scopes: Mapped[str] = mapped_column(server_default="infer,read")
    early_json: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[float]
    max_waiting: Mapped[int | None]
    max_running: Mapped[int | None]
    is_enabled: Mapped[bool] = mapped_column(server_default=true())
    note: Mapped[str] = mapped_column(server_default="")


class User(Base):
    """An account. `name_key` is the name in lower case, so that `Ann` and `ann` are one. What it may do came with
    its invite. Writer: web app."""

    __tablename__ = "user"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own form

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[bytes]
    is_admin: Mapped[bool]
    created_at: Mapped[float]
    disabled_at: Mapped[float | None]
    priority: Mapped[int | None]
    models: Mapped[str | None]
    max_waiting: Mapped[int | None]
    max_running: Mapped[int | None]
    may_make_keys: Mapped[bool] = mapped_column(server_default=false())
    invite_id: Mapped[int | None] = mapped_column(
        ForeignKey("invite.id", name="fk_user_invite_id", ondelete="SET NULL"), index=True
    )


class LoginSession(Base):
    """A signed-in session; ending the row ends the session everywhere. The short one that a program gets at the
    same sign-in has the browser's as `parent_id`, and ends with it. Writer: web app."""

    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float]
    expires_at: Mapped[float]
    ended_at: Mapped[float | None]
    parent_id: Mapped[str | None] = mapped_column(
        ForeignKey("login_session.id", name="fk_login_session_parent_id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str | None]
    user_agent: Mapped[str] = mapped_column(server_default="")
    user: Mapped[User] = relationship(lazy="joined")


class Invite(Base):
    """A registration token, stored as a digest. Writer: web app."""

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    is_admin: Mapped[bool]
    is_setup: Mapped[bool]
    uses: Mapped[int]
    used: Mapped[int]
    created_at: Mapped[float]
    expires_at: Mapped[float]
    revoked_at: Mapped[float | None]
    priority: Mapped[int | None]
    models: Mapped[str | None]
    max_waiting: Mapped[int | None]
    max_running: Mapped[int | None]
    may_make_keys: Mapped[bool] = mapped_column(server_default=false())
    note: Mapped[str] = mapped_column(server_default="")


class PasswordReset(Base):
    """A one-time link by which somebody chooses a new password, stored as a digest. Writer: web app."""

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float]
    expires_at: Mapped[float]
    used_at: Mapped[float | None]
    user: Mapped[User] = relationship(lazy="joined")


class AuditRow(Base):
    """Who did what to what: `before` and `after` are JSON, without secrets. Triggers refuse to change a row or to
    delete one that is not behind the horizon. The gate adds what was done to the queue and to the models.
    Writer: web app."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(index=True)
    actor_id: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str] = mapped_column(index=True)
    subject_id: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]


class AuditHorizon(Base):
    """One row: audit rows older than `before_at` may be deleted. A trigger keeps it a day or more in the past.
    Writer: gate."""

    __tablename__ = "audit_horizon"

    id: Mapped[int] = mapped_column(primary_key=True)
    before_at: Mapped[float]


class Conversation(Base):
    """A person's conversation; `leaf_id` ends the branch that is shown, `settings` is JSON. A deleted one is
    kept for a day. Writer: web app."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_user_id_updated_at", "user_id", "updated_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    title: Mapped[str]
    model: Mapped[str]
    settings: Mapped[str]
    leaf_id: Mapped[str | None]
    created_at: Mapped[float]
    updated_at: Mapped[float]
    deleted_at: Mapped[float | None]


class Message(Base):
    """One message of a conversation, which is a tree: edited and regenerated ones are siblings. `images` and
    `statistics` are JSON; triggers keep the index `message_text` in step. Writer: web app."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "id"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    id: Mapped[str]
    parent_id: Mapped[str | None]
    role: Mapped[str]
    content: Mapped[str]
    thinking: Mapped[str]
    images: Mapped[str]
    model: Mapped[str]
    state: Mapped[str]
    statistics: Mapped[str | None]
    created_at: Mapped[float]


class JournalRow(Base):
    """One finished request: who, what, how long it waited and ran, what it cost. Writer: gate."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_principal_id_arrived_at", "principal_id", "arrived_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[str]
    principal_id: Mapped[str]
    principal: Mapped[str]
    principal_class: Mapped[str]
    base: Mapped[int]
    model: Mapped[str]
    path: Mapped[str]
    upstream: Mapped[str]
    arrived_at: Mapped[float] = mapped_column(index=True)
    waited_s: Mapped[float]
    first_byte_s: Mapped[float | None]
    ran_s: Mapped[float]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    is_estimated: Mapped[bool]
    status: Mapped[int | None]
    state: Mapped[str]
    ended_by: Mapped[str]


class UsageRollUp(Base):
    """What one principal asked of one model in one span of `period_s` seconds, summed from the journal, which
    forgets sooner. Spans are those of the arrivals. Writer: gate."""

    __tablename__ = "usage_roll_up"

    period_s: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[int] = mapped_column(primary_key=True)
    principal_id: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    principal: Mapped[str]
    principal_class: Mapped[str]
    requests: Mapped[int]
    failed: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    ran_s: Mapped[float]


class FlowRollUp(Base):
    """What went on in one span: requests, failed ones and prompt tokens by when they arrived; completion tokens
    and seconds in slots by when they ran. Writer: gate."""

    __tablename__ = "flow_roll_up"

    period_s: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[int] = mapped_column(primary_key=True)
    requests: Mapped[int]
    failed: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    ran_s: Mapped[float]


class WaitRollUp(Base):
    """How many admitted requests of a class waited how long in one span; `bucket` is one of `core.waits`.
    Writer: gate."""

    __tablename__ = "wait_roll_up"

    period_s: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[int] = mapped_column(primary_key=True)
    principal_class: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True)
    requests: Mapped[int]


class RefusalRollUp(Base):
    """How many requests were refused for which reason in one span. Writer: gate."""

    __tablename__ = "refusal_roll_up"

    period_s: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    refusals: Mapped[int]


class LiveSetting(Base):
    """A setting as an administrator changed it while the gate ran, as JSON. The gate adds slots it is told itself.
    Writer: web app."""

    __tablename__ = "live_setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    changed_at: Mapped[float]
    changed_by: Mapped[str]


class LastUse(Base):
    """When and from where a principal was last served. Writer: gate."""

    __tablename__ = "last_use"

    principal_id: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[float]
    address: Mapped[str | None]
