"""The way to the sign-in page and back."""

from urllib.parse import quote

from flask import redirect, request
from flask.typing import ResponseReturnValue

from addon.core.access import SAFE_METHODS


def to_login() -> ResponseReturnValue:
    """Send the browser to sign in; afterwards it returns to the page it asked for."""
    if request.method not in SAFE_METHODS:
        return redirect("/login", 303)
    wanted = request.full_path.removesuffix("?")
    return redirect(f"/login?next={quote(wanted, safe='/')}", 302)
