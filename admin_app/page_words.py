"""How facts look on a page: instants as people tell them, odd letters made visible, links as pictures."""

from datetime import UTC, datetime

import segno
from flask import Flask
from markupsafe import Markup

from admin_app.class_words import class_words
from admin_app.parts import the_context
from admin_app.row_words import limits, models, used_by
from admin_app.words import clock, until


def init_app(app: Flask) -> None:
    """Give the filters to every template."""
    app.add_template_filter(_until, "until")
    app.add_template_filter(clock, "clock")
    app.add_template_filter(class_words, "class_words")
    app.add_template_filter(_machine_readable, "machine_readable")
    app.add_template_filter(visible, "visible")
    app.add_template_filter(qr_picture, "qr_picture")
    for words in (limits, models, used_by):
        app.add_template_filter(words, f"{words.__name__}_words")


def visible(text: str) -> str:
    """The text with everything that cannot be seen, or turns the line around, as `\\u202e`."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def qr_picture(text: str) -> Markup:
    """The text as a QR code: one SVG element without any style, so that the policy lets it stand in the page."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=2, light="#fff", title="QR code", omitsize=True))  # noqa: S704 - made here of numbers


def _until(instant: float | None) -> str:
    return until(instant, the_context().now())


def _machine_readable(instant: float) -> str:
    try:
        return datetime.fromtimestamp(instant, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return "9999-12-31T23:59:59+00:00"  # the command line makes keys of any length
