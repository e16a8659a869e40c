"""Checks of option values that commands share: click callbacks that return the value or say no."""

import click

from addon.core.principal import PRIORITIES, Scope
from admin_app.cli.durations import parse_duration

PRIORITY = click.IntRange(PRIORITIES[0], PRIORITIES[-1])
COUNT = click.IntRange(1, 1_000_000)
EARLY_JSON = click.option(
    "--early-json", is_flag=True, help="Keep its requests alive while they wait even where they do not stream."
)


def duration(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """Read `30d`, `24h`, `90m` or `45s` into seconds."""
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def overlap(ctx: click.Context, param: click.Parameter, text: str) -> float:
    """Read a duration that may be `0`: then there is none."""
    return 0.0 if text.strip() == "0" else duration(ctx, param, text) or 0.0


def names(_ctx: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Read `A,B` into its parts. None where not given; a list of nothing is refused, for it would mean "all"."""
    if text is None:
        return None
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise click.BadParameter("the list is empty. Write names with commas between, or leave the option out.")
    return found


def scopes(ctx: click.Context, param: click.Parameter, text: str) -> frozenset[Scope]:
    """Read `infer,read` into scopes."""
    try:
        return frozenset(Scope(name) for name in names(ctx, param, text) or ())
    except ValueError as error:
        known = ", ".join(Scope)
        raise click.BadParameter(f"{error}. The scopes are {known}; write them with commas between.") from error


def scopes_if_named(ctx: click.Context, param: click.Parameter, text: str | None) -> frozenset[Scope] | None:
    """Read `infer,read` into scopes; None where nothing is named."""
    return None if text is None else scopes(ctx, param, text)
