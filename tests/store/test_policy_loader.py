"""From rows to the Policy: every field arrives, and half a policy is none."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from addon.core.policy import AddressRule, KeyRule, LiveSession, Policy
from addon.core.principal import DEFAULT_SCOPES, Principal, PrincipalClass, Scope
from addon.settings import BasePriorities
from addon.store.address_rules import NewRule, add_rule
from addon.store.engine import reading
from addon.store.keys import NewKey, add_key, revoke_key
from addon.store.models import ApiKey
from addon.store.policy_loader import load_policy, load_revision
from addon.store.sessions import end_session, start_session
from tests.changing import changing_rules
from tests.store.samples import NOW, SECRET, make_user, run_sql

_BASE = BasePriorities(direct_api=4, custom_app=5, web_chat=6)
_INFER_READ = frozenset({Scope.INFER, Scope.READ})


def _load(engine: Engine, now: float = NOW) -> Policy:
    with reading(engine) as session:
        return load_policy(session, SECRET, _BASE, now)


def _add_key(engine: Engine, new: NewKey) -> ApiKey:
    with changing_rules(engine) as session:
        return add_key(session, new, NOW)[0]


def _add_rule(
    engine: Engine,
    cidr: str,
    name: str = "",
    priority: int | None = None,
    scopes: frozenset[Scope] = DEFAULT_SCOPES,
) -> None:
    with changing_rules(engine) as session:
        add_rule(session, NewRule(cidr, name, priority, scopes), NOW)


def _sign_in(engine: Engine, name: str, *, is_admin: bool = False) -> str:
    user = make_user(engine, name, is_admin=is_admin)
    with changing_rules(engine) as session:
        return start_session(session, user, NOW, 60).id


def test_an_empty_database_lets_nobody_in(engine: Engine) -> None:
    assert _load(engine) == Policy(revision=1, session_secret=SECRET)


def test_every_field_of_a_key_arrives(engine: Engine) -> None:
    scopes = frozenset({Scope.MANAGE, Scope.ADMIN})
    row = _add_key(engine, NewKey("CI", 0, scopes, ("a", "b"), NOW + 60, max_waiting=3, max_running=4))
    principal = Principal(
        id="key:1",
        label="CI",
        principal_class=PrincipalClass.CUSTOM_APP,
        base=0,
        scopes=scopes,
        models=frozenset({"a", "b"}),
        max_waiting=3,
        max_running=4,
    )
    assert _load(engine).keys == {row.prefix: KeyRule(row.prefix, row.digest, principal, NOW + 60)}


def test_a_plain_key_has_the_priority_of_its_class(engine: Engine) -> None:
    row = _add_key(engine, NewKey("CI"))
    principal = Principal("key:1", "CI", PrincipalClass.CUSTOM_APP, base=5, scopes=_INFER_READ)
    assert _load(engine).keys == {row.prefix: KeyRule(row.prefix, row.digest, principal)}


def test_a_revoked_key_is_known_as_revoked(engine: Engine) -> None:
    row = _add_key(engine, NewKey("CI"))
    with changing_rules(engine) as session:
        revoke_key(session, "CI", NOW)
    assert _load(engine).keys[row.prefix].is_revoked


def test_every_field_of_a_rule_arrives(engine: Engine) -> None:
    scopes = frozenset({Scope.MANAGE, Scope.READ})
    _add_rule(engine, "10.0.0.0/24", "Office", 0, scopes)
    _add_rule(engine, "2001:db8::/32")
    office = Principal("rule:1", "Office", PrincipalClass.DIRECT_API, base=0, scopes=scopes)
    unnamed = Principal("rule:2", "2001:db8::/32", PrincipalClass.DIRECT_API, base=4, scopes=_INFER_READ)
    assert _load(engine).rules == (
        AddressRule(ip_network("10.0.0.0/24"), office),
        AddressRule(ip_network("2001:db8::/32"), unnamed),
    )


def test_every_field_of_a_session_arrives(engine: Engine) -> None:
    ann, root = _sign_in(engine, "Ann"), _sign_in(engine, "Root", is_admin=True)
    of_ann = Principal("user:1", "Ann", PrincipalClass.WEB_CHAT, base=6, scopes=_INFER_READ)
    of_root = Principal("user:2", "Root", PrincipalClass.WEB_CHAT, base=6, scopes=frozenset(Scope))
    assert _load(engine).sessions == {
        ann: LiveSession(ann, of_ann, NOW + 60),
        root: LiveSession(root, of_root, NOW + 60),
    }


def test_sessions_that_are_over_are_left_out(engine: Engine, database: Path) -> None:
    ended, of_disabled, live = (_sign_in(engine, name) for name in ("a", "b", "c"))
    with changing_rules(engine) as session:
        end_session(session, ended, NOW)
    run_sql(database, f"UPDATE user SET disabled_at = {NOW} WHERE name = 'b'")
    assert set(_load(engine, NOW + 59.9).sessions) == {live}
    assert not _load(engine, NOW + 60).sessions
    assert of_disabled != live


def test_the_revision_belongs_to_the_rules(engine: Engine) -> None:
    before = _load(engine).revision
    _add_rule(engine, "10.0.0.7")
    with reading(engine) as session:
        assert load_revision(session) == _load(engine).revision == before + 1


def test_a_session_of_nobody_is_left_out(engine: Engine, database: Path) -> None:
    _sign_in(engine, "ann")
    run_sql(database, "UPDATE login_session SET user_id = 99")
    assert not _load(engine).sessions


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("api_key SET scopes = 'infer,everything'", "'everything' is not a valid Scope"),
        ("api_key SET scopes = ''", "'' is not a valid Scope"),
        ("api_key SET scopes = x'00'", "a row of api_key has a bytes as scopes"),
        ("api_key SET digest = 'text'", "a row of api_key has a str as digest"),
        ("api_key SET expires_at = 'soon'", "a row of api_key has a str as expires_at"),
        ("api_key SET priority = -1000", "Priority -1000 is out of range"),
        ("api_key SET priority = 'high'", "a row of api_key has a str as priority"),
        ("address_rule SET cidr = '10.0.0.1/24'", "10.0.0.1/24 has host bits set"),
        ("address_rule SET priority = 10", "Priority 10 is out of range"),
        ("address_rule SET scopes = 'infer,everything'", "'everything' is not a valid Scope"),
        ("address_rule SET scopes = ''", "'' is not a valid Scope"),
        ("address_rule SET scopes = 'admin,infer'", "An address alone cannot administer"),
        ("login_session SET expires_at = 'soon'", "a row of login_session has a str as expires_at"),
    ],
)
def test_one_row_that_cannot_be_understood_is_the_end_of_it(
    engine: Engine, database: Path, damage: str, reason: str
) -> None:
    _add_key(engine, NewKey("CI"))
    _add_rule(engine, "10.0.0.7")
    _sign_in(engine, "ann")
    run_sql(database, f"UPDATE {damage}")
    with pytest.raises(ValueError, match=reason):
        _load(engine)


def test_without_a_revision_there_is_no_policy(engine: Engine, database: Path) -> None:
    run_sql(database, "DELETE FROM policy_revision")
    with pytest.raises(NoResultFound):
        _load(engine)
