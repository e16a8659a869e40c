"""Alembic's entry: which database it migrates, and what it leaves alone there."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, select

import addon.store
from addon.store.engine import make_engine, reading
from addon.store.models import LoginSession, PolicyRevision
from addon.store.schema import alembic_config
from addon.store.sessions import start_session
from tests.changing import changing_rules
from tests.store.samples import HEAD, NOW, make_user

_MIGRATIONS = Path(addon.store.__file__).parent / "migrations"
_REBUILD_USER = f"""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "{HEAD}", None, None
def upgrade():
    with op.batch_alter_table("user", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.String(), nullable=True))
"""


def test_it_migrates_the_engine_it_is_given(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/given.db")
    command.upgrade(alembic_config(engine), "head")
    with reading(engine) as session:
        assert session.scalars(select(PolicyRevision.revision)).one() == 1


def test_on_its_own_it_migrates_the_database_named_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/named.db"
    monkeypatch.setenv("SLUICE_DATABASE__URL", url)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    command.upgrade(config, "head")
    assert "policy_revision" in inspect(make_engine(url)).get_table_names()


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(engine: Engine, tmp_path: Path) -> None:
    user = make_user(engine)
    with changing_rules(engine) as session:
        start_session(session, user, NOW, 60)
    migrations = Path(shutil.copytree(_MIGRATIONS, tmp_path / "migrations"))
    (migrations / "versions/next_rebuild.py").write_text(_REBUILD_USER)
    config = alembic_config(engine)
    config.set_main_option("script_location", str(migrations))
    command.upgrade(config, "head")
    assert "nickname" in {column["name"] for column in inspect(engine).get_columns("user")}
    with reading(engine) as session:
        assert session.scalars(select(LoginSession.user_id)).all() == [user.id]
