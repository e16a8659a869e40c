"""The setting `[[gate.route]]`: routes that Ollama gained after this release."""

from collections.abc import Mapping, Sequence

from addon.core.refusal import Refusal
from addon.core.routes import ExtraRoute, RouteKind, classify, is_ours, is_plain
from addon.settings.errors import UnfitError
from addon.settings.kinds import Kind, shown, toml_from_text

_KEYS = ("method", "path", "kind")
_KINDS = {kind.value: kind for kind in (RouteKind.INFER, RouteKind.READ, RouteKind.MANAGE)}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_MOST_CHARACTERS = 200
_EXPECTS = (
    'a list of tables like {method = "POST", path = "/api/new", kind = "infer"}, kind being infer, read or manage'
)


def routes() -> Kind[tuple[ExtraRoute, ...]]:
    """Return the kind of lists of routes. None may stand twice, be known already, or be a path of our own."""
    return Kind(_EXPECTS, _read, _from_text)


def _from_text(given: str) -> object:
    return toml_from_text(given) if given.strip() else []


def _read(value: object) -> tuple[ExtraRoute, ...]:
    if not isinstance(value, list):
        raise UnfitError(f"it is {shown(value)}")
    found = tuple(_route(one) for one in value)
    _refuse_doubles(found)
    return found


def _route(table: object) -> ExtraRoute:
    if not isinstance(table, dict):
        raise UnfitError(f"it holds {shown(table)}")
    unknown = next((key for key in table if key not in _KEYS), None)
    if unknown is not None:
        raise UnfitError(f"{shown(unknown)} is no key of a route")
    method, path, kind = (_text(table, key) for key in _KEYS)
    if method not in _METHODS:
        raise UnfitError(f"the method {shown(method)} is none of {', '.join(_METHODS)}")
    if kind not in _KINDS:
        raise UnfitError(f"the kind {shown(kind)} is none of {', '.join(_KINDS)}")
    return _checked(ExtraRoute(method, path, _KINDS[kind]))


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise UnfitError(f"the {key} of a route is {shown(value)}")
    return value


def _checked(route: ExtraRoute) -> ExtraRoute:
    path = route.path
    if not (path.isascii() and is_plain(path.encode())) or path.endswith("/") or len(path) > _MOST_CHARACTERS:
        raise UnfitError(f"the path {shown(path)} is not exact and plain")
    if is_ours(path):
        raise UnfitError(f"the path {shown(path)} belongs to Sluice itself")
    if not isinstance(classify(route.method.encode(), path.encode()), Refusal):
        raise UnfitError(f"{route.method} {path} is known already")
    if route.kind is RouteKind.INFER and route.method != "POST":
        raise UnfitError(
            f"{route.method} {path} cannot be of the kind infer, which needs a body that names a model"
        )
    return route


def _refuse_doubles(routes: Sequence[ExtraRoute]) -> None:
    seen = [(one.method, one.path) for one in routes]
    double = next((one for number, one in enumerate(seen) if one in seen[:number]), None)
    if double is not None:
        raise UnfitError(f"{' '.join(double)} stands there twice")
