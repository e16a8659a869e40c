"""Which models a request that needs no slot names, and whether its asker may act on them.

Promise: a list of models holds on every route that names one, by body or by path; and nobody shows, pulls, copies
or makes a cloud model while the settings do not allow them. On a managing route that the settings added, whoever
has such a list must name a model in the body: what its path means is not known here.
"""

from mitmproxy import http

from addon.core.ask import Named, names_in_body, read_named
from addon.core.model_rules import refuse_models
from addon.core.principal import Principal
from addon.core.refusal import Reason, Refusal
from addon.core.routes import RouteKind
from addon.proxy.bodies import BodyRules, make_plain
from addon.proxy.visit import Visit

_MODELS = "/v1/models/"


def refuse_named(request: http.Request, visit: Visit, rules: BodyRules) -> Refusal | None:
    """The refusal for a request whose body has come, or None when it may go on to Ollama.

    The models it names are noted in its visit.
    """
    named = _named(request, visit, rules)
    if isinstance(named, Refusal):
        return named
    if named.is_remote and not rules.cloud_models:
        return Refusal(Reason.CLOUD_MODEL, "A model with a remote_host")
    visit.models = named.models
    principal = None if visit.identity is None else visit.identity.principal
    if not named.models and _may_name_elsewhere(visit, principal):
        return Refusal(Reason.MODEL_MISSING)
    return refuse_models(principal, named.models, cloud_models=rules.cloud_models)


def _may_name_elsewhere(visit: Visit, principal: Principal | None) -> bool:
    # A route that the settings added may name its model in its path, which nobody here can read.
    is_limited = principal is not None and principal.models is not None
    return is_limited and visit.route.kind is RouteKind.MANAGE and not names_in_body(visit.route.path)


def _named(request: http.Request, visit: Visit, rules: BodyRules) -> Named | Refusal:
    path = visit.route.path
    if path.startswith(_MODELS):
        return Named((path.removeprefix(_MODELS),))
    # To GET and HEAD Ollama reads no body, and a web search names no model.
    if visit.route.kind is RouteKind.OWNER or request.data.method in (b"GET", b"HEAD"):
        return Named()
    refusal = make_plain(request, rules)
    return read_named(request.raw_content or b"", path) if refusal is None else refusal
