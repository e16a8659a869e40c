"""Alembic's entry: runs the migrations on the engine it is given, or on SLUICE_DATABASE__URL."""

import os

from alembic import context

from addon.store.engine import WRITING, make_engine
from addon.store.models import Base

engine = context.config.attributes.get("engine") or make_engine(
    os.environ.get("SLUICE_DATABASE__URL", "sqlite:///data/sluice.db")
)


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing in the database is in the models; a virtual table and its shadows are not."""
    return kind != "table" or not (name or "").startswith("message_text")


# One transaction for everything: a migration that is interrupted has not happened.
with engine.execution_options(**WRITING).connect() as connection:
    # SQLite changes a table by dropping the old one, which would take every row with it that refers to it. The
    # switch works outside a transaction only, and past SQLAlchemy, which would begin one.
    connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=is_modelled,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
