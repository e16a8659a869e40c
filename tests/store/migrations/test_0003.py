"""Rules of an older database may do what they could do before: infer and read."""

from pathlib import Path

from alembic import command
from sqlalchemy import Engine

from addon.core.principal import DEFAULT_SCOPES
from addon.settings import BasePriorities
from addon.store.engine import reading
from addon.store.policy_loader import load_policy
from addon.store.schema import alembic_config, ensure_schema
from tests.store.samples import NOW, SECRET, run_sql


def test_a_rule_made_before_scopes_keeps_those_it_had(engine: Engine, database: Path) -> None:
    command.downgrade(alembic_config(engine), "0002")
    run_sql(
        database,
        "INSERT INTO address_rule (cidr, name, priority, created_at) VALUES ('10.0.0.0/24', 'office', 3, 1.0)",
    )
    ensure_schema(engine, database.parent)
    with reading(engine) as session:
        (rule,) = load_policy(session, SECRET, BasePriorities(), NOW).rules
    assert (rule.principal.label, rule.principal.base, rule.principal.scopes) == ("office", 3, DEFAULT_SCOPES)
