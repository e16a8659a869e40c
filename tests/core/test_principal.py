"""The words and numbers of who asks that clients rely on."""

import pytest

from addon.core.principal import DEFAULT_SCOPES, PRIORITIES, PrincipalClass, Quota, Scope
from tests.core.builders import make_principal


def test_the_classes_and_scopes_are_the_words_of_the_contract() -> None:
    assert [kind.value for kind in PrincipalClass] == ["direct_api", "custom_app", "web_chat"]
    assert {scope.value for scope in Scope} == {"infer", "read", "manage", "admin"}


def test_a_key_and_a_rule_may_infer_and_read_by_default() -> None:
    assert {Scope.INFER, Scope.READ} == DEFAULT_SCOPES
    assert make_principal().scopes == DEFAULT_SCOPES


def test_priorities_are_whole_numbers_from_zero_to_nine() -> None:
    assert list(PRIORITIES) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("scopes", "is_admin"),
    [
        (DEFAULT_SCOPES, False),
        (frozenset({Scope.MANAGE}), False),
        (frozenset({Scope.ADMIN}), True),
        (frozenset(Scope), True),
        (frozenset[Scope](), False),
    ],
)
def test_only_the_admin_scope_makes_an_administrator(scopes: frozenset[Scope], is_admin: bool) -> None:
    assert make_principal(scopes=scopes).is_admin is is_admin


def test_a_persons_own_key_counts_with_the_person_and_with_their_other_keys() -> None:
    ann, ben = make_principal("user:1"), make_principal("user:2")
    one, two = (make_principal(name, owners=Quota("user:1")) for name in ("key:1", "key:2"))
    assert one.counts_with(ann)
    assert one.counts_with(two)
    assert not one.counts_with(ben)
    assert not ann.counts_with(ben)
