"""From rows to the Policy: every field arrives, and half a policy is none."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from addon.core.policy import AddressRule, KeyRule, LiveSession, Policy
from addon.core.principal import DEFAULT_SCOPES, Principal, PrincipalClass, Quota, Scope
from addon.settings import BasePriorities
from addon.store.address_rules import NewRule, add_rule, switch_rule
from addon.store.allowances import Allowance
from addon.store.engine import reading
from addon.store.keys import NewKey, add_key, revoke_key, rotate_key
from addon.store.models import ApiKey, User
from addon.store.policy_loader import load_policy, load_revision
from addon.store.sessions import end_session, start_session
from addon.store.users import get_user, set_allowance
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


def _make_person(engine: Engine, allowance: Allowance) -> User:
    user = make_user(engine)
    with changing_rules(engine) as session:
        set_allowance(get_user(session, "ann"), allowance)
    return user


def _key_principal(engine: Engine, new: NewKey) -> Principal:
    prefix = _add_key(engine, new).prefix
    return _load(engine).keys[prefix].principal


def test_what_a_person_is_allowed_holds_for_their_sessions(engine: Engine) -> None:
    user = _make_person(engine, Allowance(8, ("a", "b"), 3, 1))
    with changing_rules(engine) as session:
        session_id = start_session(session, user, NOW, 60).id
    principal = Principal(
        id="user:1",
        label="ann",
        principal_class=PrincipalClass.WEB_CHAT,
        base=8,
        scopes=_INFER_READ,
        models=frozenset({"a", "b"}),
        max_waiting=3,
        max_running=1,
    )
    assert _load(engine).sessions[session_id].principal == principal


@pytest.mark.parametrize(
    ("owners", "keys", "effective"),
    [
        (None, None, None),
        (("a", "b"), None, {"a", "b"}),
        (None, ("a",), {"a"}),
        (("a", "b"), ("b", "c"), {"b"}),
        (("a",), ("c",), set()),
        (("a:latest",), ("a", "a:1b"), {"a"}),
        (("a",), ("a:latest",), {"a:latest"}),
    ],
)
def test_an_own_key_may_ask_only_models_that_its_owner_may(
    engine: Engine, owners: tuple[str, ...] | None, keys: tuple[str, ...] | None, effective: set[str] | None
) -> None:
    user = _make_person(engine, Allowance(models=owners))
    assert _key_principal(engine, NewKey("own", models=keys, user_id=user.id)).models == effective


@pytest.mark.parametrize(
    ("owners", "keys", "effective"),
    [(None, None, 5), (None, 2, 2), (None, 7, 7), (3, None, 5), (8, None, 8), (8, 2, 8), (3, 7, 7), (0, 0, 0)],
)
def test_an_own_key_is_not_ahead_of_its_owner(
    engine: Engine, owners: int | None, keys: int | None, effective: int
) -> None:
    user = _make_person(engine, Allowance(priority=owners))
    assert _key_principal(engine, NewKey("own", keys, user_id=user.id)).base == effective


def test_an_own_key_is_under_its_own_limits_and_under_its_owners(engine: Engine) -> None:
    user = _make_person(engine, Allowance(max_waiting=9, max_running=2))
    principal = _key_principal(engine, NewKey("own", max_waiting=3, max_running=4, user_id=user.id))
    assert principal.quotas == (Quota(principal.id, 3, 4), Quota(f"user:{user.id}", 9, 2))


def test_an_own_key_never_gets_more_scopes_than_a_member(engine: Engine, database: Path) -> None:
    user = make_user(engine, is_admin=True)
    row = _add_key(engine, NewKey("own", user_id=user.id))
    run_sql(database, "UPDATE api_key SET scopes = 'admin,infer,manage'")
    assert _load(engine).keys[row.prefix].principal.scopes == {Scope.INFER}


def test_a_key_of_the_house_is_bounded_by_nobody(engine: Engine) -> None:
    _make_person(engine, Allowance(9, ("a",), 1, 1))
    assert _key_principal(engine, NewKey("CI", 0)) == Principal(
        "key:1", "CI", PrincipalClass.CUSTOM_APP, base=0, scopes=_INFER_READ
    )


def test_the_keys_of_a_disabled_owner_rest_until_the_owner_is_enabled(engine: Engine) -> None:
    user = make_user(engine)
    own, house = _add_key(engine, NewKey("own", user_id=user.id)), _add_key(engine, NewKey("CI"))
    for disabled_at in (NOW, None):
        with changing_rules(engine) as session:
            get_user(session, "ann").disabled_at = disabled_at
        keys = _load(engine).keys
        assert (keys[own.prefix].is_revoked, keys[house.prefix].is_revoked) == (disabled_at is not None, False)


def test_both_secrets_of_a_rotated_key_speak_for_it(engine: Engine) -> None:
    old = _add_key(engine, NewKey("CI", 4, expires_at=NOW + 90))
    prefix, digest = old.prefix, old.digest
    with changing_rules(engine) as session:
        new, _ = rotate_key(session, "CI", 60, NOW)
    keys = _load(engine).keys
    assert keys.keys() == {prefix, new.prefix}
    principal = keys[new.prefix].principal
    assert keys[new.prefix] == KeyRule(new.prefix, new.digest, principal, NOW + 90)
    assert keys[prefix] == KeyRule(prefix, digest, principal, NOW + 60)
    with changing_rules(engine) as session:
        revoke_key(session, "CI", NOW)
    assert [rule.is_revoked for rule in _load(engine).keys.values()] == [True, True]


def test_a_rule_that_rests_lets_nobody_in(engine: Engine) -> None:
    for cidr in ("10.0.0.0/8", "10.0.0.0/24"):
        _add_rule(engine, cidr)
    with changing_rules(engine) as session:
        switch_rule(session, "10.0.0.0/24", is_enabled=False)
    assert [str(rule.network) for rule in _load(engine).rules] == ["10.0.0.0/8"]


def test_the_limits_of_a_rule_arrive(engine: Engine) -> None:
    with changing_rules(engine) as session:
        add_rule(session, NewRule("10.0.0.7", max_waiting=5, max_running=2), NOW)
    (rule,) = _load(engine).rules
    assert (rule.principal.max_waiting, rule.principal.max_running) == (5, 2)
