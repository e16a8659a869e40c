"""The parts of the running app, and how a view gets at them."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from admin_app.context import WebContext
from admin_app.notes import OneTimeNotes
from admin_app.passwords import Passwords
from admin_app.policies import PolicyCache
from admin_app.self_check import SelfCheck
from admin_app.sign_in_throttle import SignInThrottle

_NAME = "sluice"


@dataclass(frozen=True, slots=True)
class Parts:
    """What lives as long as the app."""

    context: WebContext
    policies: PolicyCache
    notes: OneTimeNotes
    passwords: Passwords
    sign_ins: SignInThrottle
    self_check: SelfCheck


def install(app: Flask, parts: Parts) -> None:
    """Give the app its parts."""
    app.extensions[_NAME] = parts


def the_parts() -> Parts:
    """The parts of the app that answers the present request."""
    return cast("Parts", current_app.extensions[_NAME])


def the_context() -> WebContext:
    """The context of the app that answers the present request."""
    return the_parts().context
