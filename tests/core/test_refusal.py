"""Every refusal has a status of the contract, a sentence that can be said, and a hint where one is due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.core.refusal import Reason, Refusal
from tests.core.builders import patient

PROMISED_STATUSES = {400, 401, 403, 404, 405, 409, 411, 413, 414, 415, 417, 421, 431, 429, 502, 503, 504}
# The gate's own failure is no answer the contract promises; it is the one that nothing may depend on.
OWN_FAILURE = {Reason.INTERNAL: 500}

every_reason = pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.code)


@every_reason
def test_the_status_is_one_of_the_contract_s(reason: Reason) -> None:
    assert reason.status in PROMISED_STATUSES or OWN_FAILURE.get(reason) == reason.status


@every_reason
def test_the_sentence_is_whole_and_says_the_detail(reason: Reason) -> None:
    message = Refusal(reason, "{0} %s {detail}").message
    assert message.endswith((".", "?"))
    assert message[0].isupper() or message.startswith("{0}")
    assert message.count("{detail}") == reason.value.sentence.count("{detail}")


@every_reason
def test_the_code_is_one_lower_case_word(reason: Reason) -> None:
    assert reason.code == reason.name.lower()
    assert reason.code.replace("_", "").isalpha()


@every_reason
def test_busy_answers_carry_a_retry_hint_and_no_others_do(reason: Reason) -> None:
    hint_s = Refusal(reason).retry_after_s
    if reason.status in (429, 503):
        assert hint_s is not None
        assert 1 <= hint_s <= 60
    else:
        assert hint_s is None


def test_no_two_names_share_one_rule() -> None:
    # Members of an Enum with equal values would silently become one, under the first one's code.
    assert len(Reason.__members__) == len(list(Reason))


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.CONFLICTING_CREDENTIALS, 400),
        (Reason.NO_CREDENTIAL, 401),
        (Reason.CANCELLED, 403),
        (Reason.UNKNOWN_PATH, 404),
        (Reason.WRONG_METHOD, 405),
        (Reason.TICKET_TAKEN, 409),
        (Reason.OWN_LIMIT, 429),
        (Reason.UPSTREAM_UNREACHABLE, 502),
        (Reason.QUEUE_FULL, 503),
        (Reason.DRAINING, 503),
        (Reason.WAITED_TOO_LONG, 503),
        (Reason.IDLE_TIMEOUT, 504),
    ],
)
def test_the_contract_s_examples_have_its_statuses(reason: Reason, status: int) -> None:
    assert Refusal(reason).status == status


@given(st.integers())
@patient
def test_a_hint_of_one_s_own_stays_within_a_minute(hint_s: int) -> None:
    shown = Refusal(Reason.QUEUE_FULL, hint_s=hint_s).retry_after_s
    assert shown is not None
    assert 1 <= shown <= 60
    assert shown == hint_s or not 1 <= hint_s <= 60
