"""Settings: how each stands, and the gate's numbers changed while it runs."""

from collections.abc import Mapping

from addon.core.overtaking import overtaking
from addon.settings import Settings, SettingsError, check_live, is_fixed
from addon.settings.kinds import toml_from_text
from addon.settings.live import LIVE, fitting, with_live
from addon.settings.overview import Standing, standings
from addon.settings.sources import SETTINGS
from addon.store.engine import Actor, Session, changing_rules, reading
from addon.store.live_settings import changed_live, changes_of, forget_setting, keep_setting
from addon.store.models import LiveSetting
from admin_app.context import WebContext
from admin_app.errors import InputError, TakenError, UnknownError
from admin_app.shapes import Shape

SOURCES: Mapping[str, str] = {
    "default": "default",
    "file": "the file",
    "live": "a change made here",
    "environment": "the environment",
    "option": "the command line",
}


def listed(context: WebContext) -> list[Shape]:
    """Every setting, in the order of the file."""
    with reading(context.engine) as session:
        settings, changes = in_force(context.settings, session), changes_of(session)
    return [_shape(one, changes.get(one.setting.key)) for one in standings(settings)]


def configured(context: WebContext) -> Mapping[str, Standing]:
    """Every setting as file, environment and options have it: what it goes back to."""
    return {one.setting.key: one for one in standings(context.settings)}


def change(context: WebContext, by: Actor, key: str, value: object) -> Shape:
    """Set one of the gate's numbers. The gate obeys within a second. Raises InputError."""
    checked = _checked(context, key, value)
    with changing_rules(context.engine, by, context.now()) as session:
        keep_setting(session, key, checked, by, context.now())
    return _one(context, key)


def reset(context: WebContext, by: Actor, key: str) -> Shape:
    """Go back to what file, environment and options say, be it a setting there is or one there was.

    Raises InputError.
    """
    with reading(context.engine) as session:
        if key not in changed_live(session):
            _check_is_live(key)
    with changing_rules(context.engine, by, context.now()) as session:
        forget_setting(session, key, by, context.now())
    return _one(context, key) if key in SETTINGS else {"key": key, "value": None}


def in_force(settings: Settings, session: Session) -> Settings:
    """The settings with what was changed live, as the gate takes them: what no longer fits is left out."""
    fits, _ = fitting(changed_live(session))  # the gate logs the rest
    return with_live(settings, fits)


def consequence(context: WebContext, aging_per_minute: float) -> str:
    """What an aging rate means for the chat page, in a sentence."""
    base = context.settings.queue.base
    others = {"busy coding tools": base.direct_api, "busy apps": base.custom_app}
    sentence = overtaking(base.web_chat, others, aging_per_minute)
    points = "point" if aging_per_minute == 1 else "points"
    can = f"At {aging_per_minute:g} {points} a minute, a chat message can wait for those who come later:"
    return f"{can} {sentence[0].lower()}{sentence[1:]}"


def _checked(context: WebContext, key: str, value: object) -> object:
    _check_is_live(key)
    try:
        checked = check_live(key, value)
    except SettingsError as error:
        raise InputError(error.sentence) from error
    if is_fixed(context.settings, key):
        above = SOURCES[context.settings.source(key)]
        raise TakenError(f"{key} is set by {above}, which stands above changes made here. Change it there.")
    return checked


def _check_is_live(key: str) -> None:
    if key not in SETTINGS:
        raise UnknownError(f"{key} is not a setting.")
    if key not in LIVE:
        where = f"Set it in the file or by {SETTINGS[key].variable}, and start Sluice again."
        raise InputError(f"{key} cannot be changed while the gate runs. {where}")


def _one(context: WebContext, key: str) -> Shape:
    return next(one for one in listed(context) if one["key"] == key)


def _shape(one: Standing, changed: LiveSetting | None) -> Shape:
    is_changed = changed is not None and one.source == "live"
    return {
        "key": one.setting.key,
        "section": one.setting.section,
        "meaning": one.setting.meaning,
        "expects": one.setting.kind.expects,
        "variable": one.setting.variable,
        "default": one.setting.shown_default,
        "value": one.shown,
        "source": one.source,
        "is_live": one.is_live,
        "is_editable": one.is_editable,
        "needs_restart": not one.is_live,
        "changed_at": changed.changed_at if changed is not None and is_changed else None,
        "changed_by": changed.changed_by if changed is not None and is_changed else None,
    }


def value_of(text: str) -> object:
    """A value as people type it: a number where it reads as one."""
    return toml_from_text(text.strip())
