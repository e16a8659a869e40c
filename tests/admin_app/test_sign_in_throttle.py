"""Guessing passwords and tokens: counted, held back, and nobody else's affair."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from addon.core.refusal import Reason
from admin_app.errors import RefusedError, WrongCredentialsError
from admin_app.passwords import Passwords
from admin_app.sign_in_throttle import SignInThrottle
from tests.admin_app.house import PASSWORD, Browser, House

HERE = {"X_Sluice_Address": "192.0.2.7"}
ELSEWHERE = {"X_Sluice_Address": "192.0.2.8"}


@pytest.fixture(autouse=True)
def ann(house: House) -> Browser:
    return house.joined("ann")


def sign_in(house: House, name: str = "ann", password: str = "wrong password", **headers: str) -> Any:
    return house.visitor().post_json("/api/auth/login", {"username": name, "password": password}, **headers)


def statuses(house: House, count: int, **more: Any) -> list[int]:
    return [sign_in(house, **more).status_code for _ in range(count)]


def test_the_sixth_wrong_password_for_a_name_is_not_judged(house: House) -> None:
    assert statuses(house, 6, **HERE) == [401] * 5 + [429]
    answer = sign_in(house, password=PASSWORD, **HERE)
    assert answer.status_code == 429
    assert answer.headers["X-Sluice-Reason"] == "too_many_sign_ins"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_the_same_person_gets_in_from_elsewhere(house: House) -> None:
    statuses(house, 6, **HERE)
    assert sign_in(house, password=PASSWORD, **ELSEWHERE).status_code == 200


def test_a_name_typed_differently_is_the_same_name(house: House) -> None:
    # Full-width letters are ann's as well (NFKC).
    names = ["ann", "ANN", "\uff41nn", "a\uff4en", "\uff21\uff2e\uff2e", "Ann"]
    assert [sign_in(house, name, **HERE).status_code for name in names] == [401] * 5 + [429]


def test_whoever_is_held_back_for_one_name_does_not_hold_their_neighbours_back(house: House) -> None:
    house.joined("bob")
    assert statuses(house, 40, **HERE)[5:] == [429] * 35
    assert sign_in(house, "bob", PASSWORD, **HERE).status_code == 200


def test_attempts_that_were_not_judged_are_not_held_against_a_name(house: House) -> None:
    for number in range(30):
        sign_in(house, f"name{number}", **HERE)
    assert statuses(house, 6, password=PASSWORD, **HERE) == [429] * 6
    house.clock.now += 61
    assert sign_in(house, password=PASSWORD, **HERE).status_code == 200


def _find_wrong() -> None:
    raise WrongCredentialsError


def test_a_flood_of_other_names_does_not_make_a_held_name_forgotten() -> None:
    throttle, judged = SignInThrottle(), 0

    def guess(name: str, now: float) -> bool:
        try:
            with throttle.signing_in(name, "192.0.2.7", now):
                _find_wrong()
        except RefusedError:
            return False
        except WrongCredentialsError:
            pass
        return True

    for minute in range(15):
        now = minute * 60.0 + 0.5
        judged += sum(guess("ann", now) for _ in range(5))
        for number in range(5000):
            guess(f"{minute}-{number}", now)
    assert judged == 5


def test_after_a_quarter_of_an_hour_it_is_judged_again(house: House) -> None:
    statuses(house, 6, **HERE)
    house.clock.now += 15 * 60
    assert sign_in(house, password=PASSWORD, **HERE).status_code == 200


def test_one_address_may_fail_thirty_times_a_minute(house: House) -> None:
    names = [f"name{number}" for number in range(31)]
    found = [sign_in(house, name, **HERE).status_code for name in names]
    assert found == [401] * 30 + [429]
    house.clock.now += 61
    assert sign_in(house, password=PASSWORD, **HERE).status_code == 200


def test_the_right_password_is_never_counted(house: House) -> None:
    assert statuses(house, 40, password=PASSWORD, **HERE) == [200] * 40


def test_guesses_at_once_are_all_counted(house: House) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(sign_in, house, **HERE) for _ in range(12)]
        found = [answer.result().status_code for answer in answers]
    assert sorted(found) in ([401] * 5 + [429] * 7, sorted([401] * 5 + [429] * 5 + [503] * 2))


@pytest.mark.parametrize("path", ["/api/auth/register", "/api/auth/reset"])
def test_tokens_are_guessed_thirty_times_a_minute_at_most(house: House, path: str) -> None:
    wish = {"token": "x" * 32, "password": PASSWORD} | ({"username": "bob"} if "register" in path else {})
    found = [house.visitor().post_json(path, wish, **HERE).status_code for _ in range(31)]
    assert found == [400] * 30 + [429]
    # Sign-in is counted apart.
    assert sign_in(house, password=PASSWORD, **HERE).status_code == 200


def test_so_many_at_once_are_told_to_come_back() -> None:
    passwords = Passwords(4)
    held = [passwords._turn() for _ in range(10)]  # pyright: ignore[reportPrivateUsage]
    entered = threading.Semaphore(0)

    def enter(turn: Any) -> None:
        with turn:
            entered.release()
            leave.wait(20)

    leave = threading.Event()
    threads = [threading.Thread(target=enter, args=(turn,)) for turn in held]
    for thread in threads:
        thread.start()
    assert entered.acquire(timeout=10)
    assert entered.acquire(timeout=10)
    while passwords._places.acquire(blocking=False):  # pyright: ignore[reportPrivateUsage]
        passwords._places.release()  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(RefusedError) as caught:
        passwords.hash("one too many")
    assert caught.value.refusal.reason is Reason.PASSWORDS_BUSY
    leave.set()
    for thread in threads:
        thread.join(10)
