"""What people call the class of a request, on pages and in the terminal; scripts of pages have the same words."""

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {"direct_api": "coding tool", "custom_app": "app", "web_chat": "chat page"}


def class_words(name: str) -> str:
    """The class in words; one that only a later release knows by its name."""
    return _WORDS.get(name, name)
