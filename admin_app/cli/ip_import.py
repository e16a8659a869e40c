"""`sluice ip import`: a whole list of addresses, or nothing of it."""

import time
from typing import BinaryIO

import click

from addon.store.address_rules import import_rules
from admin_app.actions.last_use import rule_shapes
from admin_app.cli.failing import FailedError
from admin_app.cli.leaf import Answer, leaf
from admin_app.cli.opening import House, open_house


@click.command("import")
@click.argument("file", type=click.File("rb"))
@leaf(open_house)
def import_(house: House, file: BinaryIO) -> Answer:
    """Allow the addresses of FILE (- reads standard input).

    One address or network a line, a name behind it if there is one, # before remarks. All of them or none.
    """
    text, now = _read(file), time.time()
    with house.changing(now) as session:
        rows = import_rules(session, text, now)
        documents = rule_shapes(session, rows)
    many = "1 rule is" if len(rows) == 1 else f"{len(rows)} rules are"
    return Answer(
        documents, "\n".join([f"{many} made:", *(f"{row.id}: {row.cidr} {row.name}".rstrip() for row in rows)])
    )


def _read(file: BinaryIO) -> str:
    content = file.read()
    try:
        return content.decode("utf-8-sig")  # some editors put a mark before the first line
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FailedError(f"Line {line}: it is not text in UTF-8. Nothing was imported.") from error
