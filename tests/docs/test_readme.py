"""README.md says what the code does: its commands, examples, numbers and tables."""

import ast
import re
import time
from datetime import datetime
from pathlib import Path

import click
import pytest

from addon.core.aging import effective_priority, order_key
from addon.settings import load_settings
from addon.store.engine import make_engine
from admin_app.cli import cli
from admin_app.context import WebContext
from admin_app.factory import create_app
from tests.docs.documents import code_blocks, read, rows, section, spans

README = read("README.md")
MARKS = {"Y", "p", "·", "?", "\N{EN DASH}"}
RATE = 0.1


def leaves(command: click.Command, words: tuple[str, ...]) -> dict[tuple[str, ...], click.Command]:
    """Return every command below this one by its words."""
    if not isinstance(command, click.Group):
        return {words: command}
    context = click.Context(command)
    found: dict[tuple[str, ...], click.Command] = {}
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        found |= leaves(below, (*words, name))
    return found


LEAVES = leaves(cli, ("sluice",))


def command_of(usage: str) -> tuple[str, ...]:
    """Return the words of `sluice key add NAME [--priority N]` that name the command."""
    words = tuple(usage.split())
    return next((words[:length] for length in (3, 2) if words[:length] in LEAVES), ())


def own_options(usage: str) -> set[str]:
    """Return every option of a command, both words of a switch that has two."""
    parameters = LEAVES[command_of(usage)].params
    return {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}


def options_of(usage: str) -> set[str]:
    return set(re.findall(r"--[a-z-]+", usage))


TABLED = [
    usage for row in rows(section(README, "Commands")) for usage in spans(row[0]) if usage.startswith("sluice")
]
IN_EXAMPLES = [
    line.removeprefix(".venv/bin/")
    for block in code_blocks(README, "sh")
    for line in block.splitlines()
    if line.removeprefix(".venv/bin/").startswith("sluice ")
]


def test_the_table_of_commands_holds_every_command_once() -> None:
    assert sorted(command_of(usage) for usage in TABLED) == sorted(LEAVES)


@pytest.mark.parametrize("usage", [*TABLED, *IN_EXAMPLES])
def test_a_command_is_written_with_options_it_has(usage: str) -> None:
    assert options_of(usage) <= own_options(usage)


def test_every_own_option_of_a_command_is_in_its_row() -> None:
    common = {"--config", "--data", "--json", "--help"}
    for usage in TABLED:
        own = {option for option in own_options(usage) if option.startswith("--")}
        assert own - common == options_of(usage), usage


@pytest.mark.parametrize("example", code_blocks(README, "python"))
def test_an_example_in_python_is_valid_and_complete(example: str) -> None:
    names = {node.id for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Name)}
    namespace = {
        alias.name for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Import) for alias in node.names
    }
    stored = {
        node.id
        for node in ast.walk(ast.parse(example))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert names <= namespace | stored | {"print"}


def test_every_route_of_the_web_apps_json_is_listed(tmp_path: Path) -> None:
    settings = load_settings(config=None, data=tmp_path, listen=None, environ={})
    engine = make_engine(settings.database.url)
    app = create_app(
        WebContext(settings=settings, engine=engine, session_secret=bytes(32), gate_secret="gate", now=time.time)
    )
    listed = {
        re.sub(r"/ID\b", "/<id>", path) for path in re.findall(r"/api/(?:admin|auth|conversations)[\w/-]*", README)
    }
    served = {re.sub(r"<[^>]+>", "<id>", rule.rule) for rule in app.url_map.iter_rules()}
    assert listed == {rule for rule in served if rule.startswith("/api/")}


def test_the_worked_example_is_computed_right() -> None:
    example = [row for row in rows(section(README, "Who is next")) if row[0] != "who"]
    assert len(example) == 3
    by_key = sorted(example, key=lambda row: order_key(int(row[1]), minutes(row[2]) * 60_000_000, RATE))
    for place, (_, base, arrived, waited, effective, order) in enumerate(by_key, 1):
        waited_minutes = minutes("12:20") - minutes(arrived)
        assert waited == f"{waited_minutes} min"
        assert float(effective) == pytest.approx(effective_priority(int(base), waited_minutes * 60_000_000, RATE))
        assert int(order) == place


def minutes(clock: str) -> int:
    at = datetime.strptime(clock, "%H:%M")  # noqa: DTZ007 - a time of day
    return at.hour * 60 + at.minute


FEATURES = [row for row in rows(section(README, "Beside its neighbours")) if len(row) == 14]
HEADINGS = [number for number, row in enumerate(FEATURES) if row[0] == "Feature"]


def test_the_short_table_repeats_rows_of_the_whole_one() -> None:
    first, second = HEADINGS
    short, whole = FEATURES[first + 1 : second], FEATURES[second + 1 :]
    assert FEATURES[first] == FEATURES[second]
    assert len(short) == 20
    assert all(row in whole for row in short)


def test_every_cell_of_the_feature_table_is_in_the_legend() -> None:
    features = [row for row in FEATURES[HEADINGS[1] + 1 :] if not row[0].startswith("**")]
    assert len({row[0] for row in features}) == len(features)
    assert {cell for row in features for cell in row[1:]} <= MARKS
    assert f"{len(features)} rows" in README


def test_the_sixteen_features_are_numbered_and_marked() -> None:
    sixteen = rows(section(README, "Features no peer has"))[1:]
    assert [row[0] for row in sixteen] == [str(number) for number in range(1, 17)]
    assert {row[2] for row in sixteen} <= MARKS
    assert all(bool(row[3]) == (row[2] == "p") for row in sixteen)
