"""What people may do: one check for all, and stored so that it comes back the same."""

import pytest
from sqlalchemy import Engine

from addon.store.allowances import Allowance, check_allowance, check_limits, check_models, stored_allowance
from addon.store.engine import reading
from addon.store.errors import StoreError
from addon.store.users import get_user, set_allowance
from tests.changing import changing_rules
from tests.store.samples import make_user

EVERYTHING = Allowance(4, ("a", "b:1b"), 3, 1, may_make_keys=True)


def test_nothing_said_is_the_general_rule() -> None:
    assert Allowance() == Allowance(None, None, None, None, may_make_keys=False)
    assert check_allowance(Allowance()) == Allowance()


@pytest.mark.parametrize(
    "allowance", [Allowance(), EVERYTHING, Allowance(0), Allowance(9), Allowance(None, ("a",))]
)
def test_an_allowance_comes_back_as_it_was_set(engine: Engine, allowance: Allowance) -> None:
    make_user(engine)
    with changing_rules(engine) as session:
        set_allowance(get_user(session, "ann"), allowance)
    with reading(engine) as session:
        assert stored_allowance(get_user(session, "ann")) == allowance


@pytest.mark.parametrize(
    ("allowance", "sentence"),
    [
        (Allowance(-1), "Priority -1 is out of range."),
        (Allowance(10), "Priority 10 is out of range."),
        (Allowance(models=("a,b",)), "'a,b' cannot be a model's name."),
        (Allowance(models=("a", "b\x1b")), "'b\\x1b' cannot be a model's name."),
        (Allowance(max_waiting=0), "A limit of 0 would let nothing through."),
        (Allowance(max_running=-3), "A limit of -3 would let nothing through."),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(
    engine: Engine, allowance: Allowance, sentence: str
) -> None:
    make_user(engine)
    with changing_rules(engine) as session:
        set_allowance(get_user(session, "ann"), EVERYTHING)
    with pytest.raises(StoreError) as caught, changing_rules(engine) as session:
        set_allowance(get_user(session, "ann"), allowance)
    assert str(caught.value).startswith(sentence)
    with reading(engine) as session:
        assert stored_allowance(get_user(session, "ann")) == EVERYTHING


def test_no_limit_and_no_model_are_fine() -> None:
    check_limits()
    check_limits(None, 1, 10**9)
    check_models(None)
    check_models(("gemma3:270m", "hf.co/some one/model"))
