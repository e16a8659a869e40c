"""Text from elsewhere, fit for a terminal and for a sentence."""


def printable(text: str) -> str:
    """The text with every character that could move the cursor or hide something replaced by `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
