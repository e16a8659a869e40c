"""What kind of asker an id of the journal means, and whether it still has a page.

The journal keeps what was asked by those who are gone; several of them may bear the same name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from addon.store.engine import reading
from addon.store.still_there import still_there
from admin_app.context import WebContext


@dataclass(frozen=True, slots=True)
class Whose:
    """`what` is its kind and number (`key 7`); `page` is the path of its page, None where it has none."""

    what: str
    page: str | None


_KINDS: Mapping[str, tuple[str, str]] = {
    "key": ("key", "/admin/keys"),
    "user": ("person", "/admin/users"),
    "rule": ("address", "/admin/addresses"),
}


def whose(context: WebContext, principal_ids: Iterable[str]) -> Mapping[str, Whose]:
    """Each by its id; one of no kind that we know is its own description."""
    ids = list(principal_ids)
    with reading(context.engine) as session:
        there = still_there(session, ids)
    return {one: _whose(one, has_page=one in there) for one in ids}


def _whose(principal_id: str, *, has_page: bool) -> Whose:
    prefix, _, number = principal_id.partition(":")
    if prefix not in _KINDS:
        return Whose(principal_id, None)
    word, pages = _KINDS[prefix]
    return Whose(f"{word} {number}", f"{pages}/{number}" if has_page else None)
