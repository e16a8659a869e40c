"""`sluice up`: the gate in this process, the web app (and the demo model) as its children."""

import asyncio
import contextlib
import dataclasses
import logging
import secrets
import time
from pathlib import Path
from types import MappingProxyType

import click

from addon.proxy.assembly import assemble
from addon.proxy.exposure import look_around
from addon.proxy.run import StartError, check_can_listen, free_port, serve
from addon.proxy.web_app import WebApp
from addon.settings import Address, Settings
from addon.store.alone import alone
from addon.store.invites import add_setup_invite
from addon.store.privacy import readable_by_others
from addon.store.secret_file import load_secret
from admin_app.cli.failing import WrongUseError
from admin_app.cli.given import read_settings
from admin_app.cli.leaf import place_options
from admin_app.cli.opening import House, open_house
from admin_app.cli.up_children import Child, DemoModel, listening_socket


@click.command("up")
@click.option("--demo", "is_demo", is_flag=True, help="Use a small built-in model instead of Ollama.")
@click.option("--listen", metavar="HOST:PORT", help="The public address [default: 127.0.0.1:8000].")
@place_options
def up(config: Path | None, data: Path | None, listen: str | None, *, is_demo: bool) -> None:
    """Start the gate and the web app; Ctrl-C stops them."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("mitmproxy").setLevel(logging.WARNING)
    for chatty in ("alembic", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for problem in readable_by_others(read_settings(config, data, listen)):
        raise WrongUseError(problem)  # before opening, which would quietly make the database private
    house = open_house(config, data, listen)
    settings = _with_port(house.settings)
    try:
        with alone(settings.data_dir):
            check_can_listen(settings.gate.listen)
            asyncio.run(_run(dataclasses.replace(house, settings=settings), config, is_demo=is_demo))
    except StartError as error:
        raise WrongUseError(str(error)) from error


async def _run(house: House, config: Path | None, *, is_demo: bool) -> None:
    settings, secret = house.settings, load_secret(house.settings.data_dir)
    async with contextlib.AsyncExitStack() as stack:
        if is_demo:
            settings = await _with_demo(settings, stack)
        web_app = await _start_web_app(settings, config, stack)
        await serve(assemble(settings, secret, web_app), lambda: _on_ready(house, settings))


async def _with_demo(settings: Settings, stack: contextlib.AsyncExitStack) -> Settings:
    upstream = settings.upstreams[0]
    demo = DemoModel(settings.data_dir / "demo", upstream.slots)
    stack.push_async_callback(demo.stop)
    url = await demo.start()
    sources = {**settings.sources, "upstream.url": "option", "upstream.name": "option"}
    upstreams = (dataclasses.replace(upstream, url=url, name="demo"),)
    return dataclasses.replace(settings, upstreams=upstreams, sources=MappingProxyType(sources))


async def _start_web_app(settings: Settings, config: Path | None, stack: contextlib.AsyncExitStack) -> WebApp:
    listener = stack.enter_context(listening_socket())
    gate_secret = secrets.token_urlsafe(32)
    places = ["--data", str(settings.data_dir), *(["--config", str(config)] if config else [])]
    upstream = settings.upstreams[0]
    chosen = {
        "gate.listen": str(settings.gate.listen),
        "upstream.url": upstream.url,
        "upstream.name": upstream.name,
    }
    handed_over = {f"SLUICE_{key.upper().replace('.', '__')}": value for key, value in chosen.items()}
    for key in chosen:
        places += ["--set-by", key, settings.source(key)]
    child = Child(
        "admin_app.web",
        ["--fd", str(listener.fileno()), *places],
        {"SLUICE_GATE_SECRET": gate_secret, **handed_over},
        inherits=(listener.fileno(),),
    )
    stack.push_async_callback(child.stop)
    await child.start()
    return WebApp(Address("127.0.0.1", listener.getsockname()[1]), gate_secret)


def _on_ready(house: House, settings: Settings) -> None:
    _announce(house)
    look_around(settings)


def _announce(house: House) -> None:
    gate, now = house.settings.gate, time.time()
    with house.changing(now) as session:
        token = add_setup_invite(session, now)
    if token is not None:
        click.echo("No administrator exists yet. Open this link within 30 minutes; it works once:")
        click.echo(f"  {gate.public_url}/setup#{token}")
    click.echo(f"READY {gate.listen.reachable().as_url()}")


def _with_port(settings: Settings) -> Settings:
    listen = settings.gate.listen
    return settings if listen.port else settings.at_port(free_port(listen.host))
