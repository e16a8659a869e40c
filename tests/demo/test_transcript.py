"""A conversation becomes text that a base model can continue."""

from addon.demo.engine import Message
from addon.demo.transcript import NEXT_TURN, transcript


def test_the_assistant_is_about_to_speak() -> None:
    turns = [Message("system", "Be kind."), Message("user", "hi"), Message("assistant", "yes?"), Message("", "ok")]
    assert transcript(turns) == "System: Be kind.\nUser: hi\nAssistant: yes?\nUser: ok\nAssistant:"


def test_the_next_turn_is_a_turn_of_the_user() -> None:
    assert NEXT_TURN in transcript([Message("assistant", "a"), Message("user", "b")])
