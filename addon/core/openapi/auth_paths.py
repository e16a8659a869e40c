"""`/api/auth/…`: accounts and sessions."""

from addon.core.openapi.answers import nothing, ok, web
from addon.core.openapi.forms import Form, flag, one_of, ref, text, thing, whole
from addon.core.openapi.operations import body, for_anyone, for_people

_NAME = text("Full-width letters become plain ones (NFKC)", least=1, most=256)
_NEW_PASSWORD = text("12 characters or more, and none of those that everybody tries", least=12, most=1024)
_TOKEN = text("The part behind # in the link", least=1, most=256)


def schemas() -> Form:
    """The forms of its answers."""
    return {
        "SignedIn": thing(
            {
                "access_token": text("For programs, as Authorization: Bearer"),
                "token_type": one_of("bearer"),
                "expires_in": whole("Seconds"),
            }
        ),
        "Session": thing(
            {"username": text(), "is_admin": flag()}, {"admin_url": text("Where administrators' pages are")}
        ),
    }


def paths() -> Form:
    """Each path beside its neighbours. Signing in also sets the session's cookies."""
    return {
        "/api/auth/register": {"post": _register()},
        "/api/auth/login": {"post": _login()},
        "/api/auth/reset": {"post": _reset()},
        "/api/auth/logout": {
            "post": for_people("End the session that asks.", web(nothing("It has ended.")), is_unsafe=True)
        },
        "/api/auth/session": {"get": for_people("Who is signed in.", web(ok(ref("Session"))))},
    }


def _register() -> Form:
    wish = thing({"username": _NAME, "password": _NEW_PASSWORD, "token": _TOKEN})
    answers = web(ok(ref("SignedIn"), "The account is made and signed in.", 201), 409, is_open=True)
    return for_anyone("Make an account with an invite.", answers, sent=body(wish))


def _reset() -> Form:
    wish = thing({"password": _NEW_PASSWORD, "token": _TOKEN})
    answers = web(nothing("The password counts; every session of the account has ended."), is_open=True)
    return for_anyone("Choose a new password with a one-time link.", answers, sent=body(wish))


def _login() -> Form:
    wish = thing({"username": text(least=1), "password": text(least=1)})
    return for_anyone("Sign in.", web(ok(ref("SignedIn")), 401, is_open=True), sent=body(wish))
