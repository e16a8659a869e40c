"""`sluice upstream`: how the Ollama servers are."""

import time
from collections.abc import Iterator

import click

from addon.settings import Settings
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.tables import table
from admin_app.printable import printable
from admin_app.upstreams import (
    Loaded,
    Upstream,
    ask_for_upstreams,
    failures,
    on_gpu,
    size,
    slots_above,
    stays,
    trouble,
)
from admin_app.words import clock, span, until

_LOADED = ("IN MEMORY", "MEMORY", "ON GPU", "LEAVES")
_INSTALLED = ("INSTALLED", "SIZE", "PARAMETERS", "QUANTIZATION")


@click.group("upstream")
def upstream() -> None:
    """The Ollama servers behind the gate."""


@upstream.command("list")
@leaf(read_settings)
def list_(settings: Settings) -> Answer:
    """Say how each is, since when, and which models it has."""
    found = ask_for_upstreams(settings.data_dir)
    now = time.time()
    return Answer(found, "\n\n".join(part for one in found for part in _parts(one, now)))


def _parts(one: Upstream, now: float) -> Iterator[str]:
    latency = "" if one["latency_ms"] is None else f", answers in {one['latency_ms']} ms"
    version = "" if one["version"] is None else f", version {printable(one['version'])}"
    lasting = span(max(now - one["since_at"], 0))
    yield f"{one['name']} at {one['url']}: {one['state']} for {lasting}{version}{latency}, slots {one['slots']}"
    yield from ([printable(trouble(one))] if one["trouble"] else [])
    yield from slots_above(one)
    if lines := [f"down for {length} at {clock(since)} UTC" for since, length in failures(one)]:
        yield "\n".join(lines)
    if one["loaded"]:
        yield table(
            _LOADED,
            (
                (model["name"], size(model["size_bytes"]), on_gpu(model), _leaves(model, now))
                for model in one["loaded"]
            ),
        )
    if one["installed"]:
        yield table(
            _INSTALLED,
            (
                (model["name"], size(model["size_bytes"]), model["parameter_size"], model["quantization"])
                for model in one["installed"]
            ),
        )


def _leaves(model: Loaded, now: float) -> str | None:
    if model["expires_at"] is None:
        return None
    return "stays" if stays(model, now) else until(model["expires_at"], now)
