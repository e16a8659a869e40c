"""Turning a conversation into text that a base model continues.

The demo's Gemma 3 270M is a base model: it was never trained on turns, so the markers of a chat template mean
nothing to it. A plain transcript does, and the place where it would invent the next question is a natural end.
"""

from collections.abc import Sequence
from typing import Final

from addon.demo.engine import Message

NEXT_TURN: Final = "\nUser:"
"""Where the model stops answering and begins to speak for its user."""


def transcript(messages: Sequence[Message]) -> str:
    """The conversation as `Role: text` lines, ending where the assistant is about to speak."""
    turns = [f"{message.role.capitalize() or 'User'}: {message.content}" for message in messages]
    return "\n".join([*turns, "Assistant:"])
