"""What every command has in common: `--config`, `--data`, `--json`, and how its answer is shown."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate

import click

type Body[T, **P] = Callable[Concatenate[T, P], Answer]
type Opening[T] = Callable[[Path | None, Path | None], T]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found or did: a JSON document for programs, the same in words for people."""

    document: Any
    words: str
    exit_code: int = 0


def place_options[F: Callable[..., Any]](command: F) -> F:
    """Add `--config` and `--data`, which arrive as `config` and `data` (None where not given)."""
    config = click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", help="The settings [default: none needed]."
    )
    data = click.option(
        "--data", type=click.Path(path_type=Path), metavar="DIR", help="The data directory [default: ./data]."
    )
    return config(data(command))


def leaf[T, **P](opening: Opening[T]) -> Callable[[Body[T, P]], Callable[..., None]]:
    """Make a command of a function that takes what `opening` returns and gives an Answer."""

    def decorate(body: Body[T, P]) -> Callable[..., None]:
        @functools.wraps(body)
        def run(config: Path | None, data: Path | None, is_json: bool, *args: P.args, **kwargs: P.kwargs) -> None:
            _show(body(opening(config, data), *args, **kwargs), is_json=is_json)

        json_option = click.option("--json", "is_json", is_flag=True, help="Print one JSON document instead.")
        return place_options(json_option(run))

    return decorate


def _show(answer: Answer, *, is_json: bool) -> None:
    click.echo(json.dumps(answer.document, indent=2) if is_json else answer.words)
    click.get_current_context().exit(answer.exit_code)
