"""What `GET /gate/upstreams` answers."""

from addon.core.openapi.forms import each, instant, listing, number, one_of, or_null, text, thing, whole

_STATE = {"state": one_of("up", "down"), "since_at": instant()}
_LOADED = {
    "name": text(),
    "size_bytes": whole("What it takes in memory, of whatever kind"),
    "vram_bytes": whole("How much of that is on a GPU"),
    "context_length": or_null(whole("Tokens")),
    "expires_at": or_null(instant("When Ollama lets go of it, unless it is used again")),
}
_INSTALLED = {
    "name": text(),
    "size_bytes": whole("What it takes on disk"),
    "parameter_size": text("As 4.3B; empty where Ollama does not say"),
    "quantization": text("As Q4_K_M; empty where Ollama does not say"),
    "modified_at": or_null(instant()),
}
_UPSTREAM = _STATE | {
    "name": text(),
    "url": text(),
    "history": listing(thing(_STATE | {"until_at": or_null(instant("null for the present one"))})),
    "version": or_null(text("Ollama's; the last it told, null when it never did")),
    "latency_ms": or_null(number("Median of the gate's own questions in the last hour")),
    "trouble": or_null(text("Why it counts as down, as the rest of a sentence; null while it is up")),
    "served_at_once": each(whole("How many requests for this model it seems to answer at a time", least=1)),
    "slots": whole("How many requests Sluice sends it at a time", least=1),
    "loaded": or_null(listing(thing(_LOADED))),
    "installed": or_null(listing(thing(_INSTALLED))),
}

UPSTREAMS = thing({"upstreams": listing(thing(_UPSTREAM))})
"""The upstreams with their models; null lists could not be had."""
