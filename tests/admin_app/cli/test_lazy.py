"""Commands are imported when they are used, and all of them can be."""

import subprocess
import sys

import click

from admin_app.cli import cli
from tests.admin_app.cli.running import run

_HEAVY = {"sqlalchemy", "alembic", "mitmproxy", "flask"}


def test_every_command_of_the_table_exists_under_its_name() -> None:
    context = click.Context(cli)
    names = cli.list_commands(context)
    assert len(names) == len(set(names)) >= 12
    for name in names:
        command = cli.get_command(context, name)
        assert isinstance(command, click.Command)
        assert (command.name, bool(command.help)) == (name, True)


def test_the_overview_names_every_command() -> None:
    overview = run("--help").stdout
    assert all(f"\n  {name} " in overview for name in cli.list_commands(click.Context(cli)))


def test_every_leaf_takes_config_data_and_json() -> None:
    for leaf in _leaves(cli, click.Context(cli)):
        options = {option for parameter in leaf.params for option in parameter.opts}
        wanted = {"--config", "--data"} if leaf.name == "up" else {"--config", "--data", "--json"}
        assert wanted <= options, leaf.name


def test_a_command_for_the_running_gate_imports_no_database() -> None:
    script = "import sys, admin_app.cli.queue, admin_app.cli.steering, admin_app.cli as c; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "click" in loaded
    assert not _HEAVY & set(loaded)


def _leaves(group: click.Group, context: click.Context) -> list[click.Command]:
    commands = [group.get_command(context, name) for name in group.list_commands(context)]
    inner = [leaf for one in commands if isinstance(one, click.Group) for leaf in _leaves(one, context)]
    return inner + [one for one in commands if one is not None and not isinstance(one, click.Group)]
