"""What a list shows of a row, in words: drawn by its page and searched by its filter, so that both are one.

Promise: what stands in a column can be looked for, and nothing else can; instants are left to the eye, since what
they are called changes by the minute.
"""

from collections.abc import Mapping

from admin_app.shapes import Shape

_COUNTS = ("requests_today", "keys")
_UNSEEN = frozenset({"previous_prefix"})
"""Texts of a row that its page shows and its list does not."""
_FLAGS: Mapping[str, tuple[str, str]] = {
    "is_enabled": ("enabled", "disabled"),
    "is_admin": ("an administrator", "a person"),
}


def limits(row: Shape) -> str:
    """How many requests may wait and run: `4 waiting, 1 running`, or `general` where the general rule counts."""
    told = [(row["max_waiting"], "waiting"), (row["max_running"], "running")]
    return ", ".join(f"{count} {word}" for count, word in told if count is not None) or "general"


def models(row: Shape) -> str:
    """Which models may be asked."""
    named = row["models"]
    return ", ".join(str(name) for name in named) if isinstance(named, list) and named else "every model"


def used_by(invite: Shape) -> str:
    """How often an invite was used and by whom; those who are gone are counted still."""
    names = [str(name) for name in _listed(invite["users"])]
    used = int(str(invite["used"]))
    gone = used - len(names)
    accounts = f"{gone} deleted account{'' if gone == 1 else 's'}"
    count = f"{used} of {invite['uses']}"
    if gone <= 0:
        return ": ".join([count, *([", ".join(names)] if names else [])])
    return f"{count}: {', '.join(names)} (and {accounts})" if names else f"{count}: {accounts}"


def shown(row: Shape, general_priority: int) -> str:
    """All the words that the page of this row's list shows of it."""
    seen = [value for name, value in row.items() if name not in _UNSEEN]
    texts = [str(one) for value in seen for one in (_listed(value) or [value]) if isinstance(one, str)]
    priority = row.get("priority")
    texts.append(str(general_priority if priority is None else priority))
    texts += [words[0] if row[name] else words[1] for name, words in _FLAGS.items() if name in row]
    texts += [str(row[name]) for name in _COUNTS if name in row]
    for name, words in (("models", models), ("max_waiting", limits), ("used", used_by)):
        if name in row:
            texts.append(words(row))
    if "uses" in row:
        texts.append(f"invite {row['id']}")
        texts += ["may make own keys"] if row["may_make_keys"] else []
    return " ".join(texts)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType] - texts, as all lists of shapes are
