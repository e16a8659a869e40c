"""The one place where the web app is put together.

Promise: every request passes, in this order, the gate's secret, the rule of its route, the view; and every answer
leaves with the security headers, whatever went wrong on the way.
"""

from flask import Flask

from addon.proxy.exposure import exposures
from admin_app import errors, gate_check, guard, headers, page_words, pages
from admin_app.context import WebContext
from admin_app.notes import OneTimeNotes
from admin_app.parts import Parts, install
from admin_app.passwords import Passwords
from admin_app.policies import PolicyCache
from admin_app.self_check import SelfCheck
from admin_app.sign_in_throttle import SignInThrottle
from admin_app.views import account, admin, admin_json, auth, chat, conversations, doors, static

_MOST_BODY_BYTES = 64 * 1024


def create_app(context: WebContext) -> Flask:
    """The app of this context; it opens no connection and reads no clock before the first request."""
    return furnish(wire(), context)


def furnish(app: Flask, context: WebContext) -> Flask:
    """Give a wired app what it works with."""
    parts = Parts(
        context,
        PolicyCache(context),
        OneTimeNotes(),
        Passwords(context.bcrypt_cost),
        SignInThrottle(),
        SelfCheck(lambda: exposures(context.settings)),
    )
    install(app, parts)
    return app


def wire() -> Flask:
    """Everything that is the same in every house: routes, rules, headers, error pages."""
    app = Flask("admin_app", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BODY_BYTES
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # The order of the first two is the order in which they run.
    gate_check.init_app(app)
    guard.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    pages.init_app(app)
    page_words.init_app(app)
    for module in (static, doors, auth, account, chat, conversations, admin, admin_json):
        app.register_blueprint(module.blueprint)
    return app
