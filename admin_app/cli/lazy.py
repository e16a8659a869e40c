"""A group whose commands are imported when they are used: `sluice queue` needs no database library.

The recipe is the one of click's documentation, "Lazily loading subcommands".
"""

from collections.abc import Mapping
from importlib import import_module
from typing import ClassVar, cast, override

import click

from admin_app.cli.failing import in_one_line


class LazyGroup(click.Group):
    """A root group. Whatever fails in it or below ends as one line (see `failing`)."""

    places: ClassVar[Mapping[str, str]] = {}
    """Where each command lives, as `module:attribute`."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.places)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name].partition(":")
        return cast("click.Command", getattr(import_module(module), attribute))

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        with in_one_line():
            return super().make_context(info_name, args, parent, **extra)

    @override
    def invoke(self, ctx: click.Context) -> object:
        with in_one_line():
            return super().invoke(ctx)
