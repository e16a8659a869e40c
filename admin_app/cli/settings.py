"""`sluice settings`: how each setting stands, and the gate's numbers changed while it runs."""

import time
from collections.abc import Callable

import click

from admin_app.actions import settings as actions
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, at_terminal, open_house
from admin_app.cli.tables import table
from admin_app.context import WebContext
from admin_app.errors import InputError
from admin_app.shapes import Shape

_HEADERS = ("SETTING", "VALUE", "DEFAULT", "SOURCE", "CHANGED")


@click.group("settings")
def settings() -> None:
    """How each setting stands; change the gate's numbers while it runs."""


@settings.command("list")
@leaf(open_house)
def list_(house: House) -> Answer:
    """Show every setting, its value and where that came from."""
    found = actions.listed(_context(house))
    return Answer(found, table(_HEADERS, map(_cells, found)))


@settings.command("set")
@click.argument("name")
@click.argument("value")
@leaf(open_house)
def set_(house: House, name: str, value: str) -> Answer:
    """Change a setting; a running gate obeys within a second, and it is kept over restarts."""
    found = _said(lambda: actions.change(_context(house), at_terminal(), name, actions.value_of(value)))
    return Answer(found, f"{name} is {found['value']} now. Take it back with: sluice settings reset {name}")


@settings.command("reset")
@click.argument("name")
@leaf(open_house)
def reset(house: House, name: str) -> Answer:
    """Go back to what file, environment and options say."""
    found = _said(lambda: actions.reset(_context(house), at_terminal(), name))
    if found["value"] is None:
        return Answer(found, f"{name}, which is no setting any longer, is forgotten.")
    return Answer(found, f"{name} is {found['value']} again, by the {found['source']}.")


def _said(deed: Callable[[], Shape]) -> Shape:
    try:
        return deed()
    except InputError as error:
        raise click.UsageError(str(error)) from error


def _context(house: House) -> WebContext:
    return WebContext(
        settings=house.settings, engine=house.engine, session_secret=b"", gate_secret="", now=time.time
    )


def _cells(one: Shape) -> tuple[object, ...]:
    how = "live" if one["is_editable"] else "fixed above" if one["is_live"] else "at start"
    return one["key"], one["value"], one["default"], one["source"], how
