"""What administrators changed while the gate ran, kept over restarts.

Values are kept as JSON and checked where they are read, by whoever knows the settings.
"""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, Executable, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from addon.store.audit import Actor, Deed, record
from addon.store.engine import WRITING
from addon.store.errors import StoreError
from addon.store.models import LiveSetting

_CONFIGURED = "configured"


class LiveSettings:
    """The table of changed settings, read and written off the event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def load(self) -> Mapping[str, object]:
        """Every changed setting by its key. Raises StoreError when they cannot be read."""
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(_load)
        except (SQLAlchemyError, OSError, ValueError) as error:
            raise StoreError(f"What was changed while the gate ran cannot be read: {error}") from error

    async def keep(self, key: str, value: object, by: str, now: float) -> None:
        """Keep one value, with who changed it and when. Raises StoreError when that fails; nothing is changed."""
        row = {"key": key, "value": json.dumps(value), "changed_at": now, "changed_by": by}
        statement = upsert(LiveSetting).values(row)
        await self._write(statement.on_conflict_do_update(index_elements=["key"], set_=row))

    async def forget(self, key: str) -> None:
        """Keep nothing for this key any longer. Raises StoreError when that fails; nothing is changed."""
        await self._write(delete(LiveSetting).where(LiveSetting.key == key))

    async def _write(self, statement: Executable) -> None:
        try:
            async with self._engine.execution_options(**WRITING).begin() as connection:
                await connection.execute(statement)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError("The change could not be kept, so it was not made. Try again in a moment.") from error


def keep_setting(session: Session, key: str, value: object, by: Actor, now: float) -> None:
    """Keep one value in a session of `engine.changing_rules`, so that the gate notices; the audit log is told."""
    row = session.get(LiveSetting, key)
    before = _CONFIGURED if row is None else json.loads(row.value)
    session.merge(LiveSetting(key=key, value=json.dumps(value), changed_at=now, changed_by=by.id))
    _note(session, key, (before, value), by, now)


def forget_setting(session: Session, key: str, by: Actor, now: float) -> None:
    """Keep nothing for this key any longer; else as `keep_setting`."""
    row = session.get(LiveSetting, key)
    if row is not None:
        session.delete(row)
        _note(session, key, (json.loads(row.value), _CONFIGURED), by, now)


def changes_of(session: Session) -> dict[str, LiveSetting]:
    """Who changed what and when, by key."""
    return {row.key: row for row in session.scalars(select(LiveSetting))}


def changed_live(session: Session) -> dict[str, object]:
    """Every changed setting by its key, for whoever is not the gate."""
    return {row.key: json.loads(row.value) for row in session.scalars(select(LiveSetting))}


def _note(session: Session, key: str, change: tuple[object, object], by: Actor, now: float) -> None:
    before, after = change
    if before != after:
        record(session, by, Deed("setting.change", f"setting:{key}", key, {key: before}, {key: after}), now)


def _load(connection: Connection) -> dict[str, object]:
    with Session(connection) as session:
        return changed_live(session)
