"""One spelling per model, and which models run elsewhere.

Ollama accepts many spellings of one name (`GEMMA3`, `library/gemma3`, `gemma3:latest`, ` gemma3 `, its own
registry in front, with a scheme or without). Promise: two spellings of one model compare equal, and two models
never do; what Ollama would take for no name at all compares equal to itself alone.
"""

import re

_HOST = "registry.ollama.ai"
_NAMESPACE = "library"
_TAG = "latest"
# [[SCHEME://]HOST/]NAMESPACE/MODEL:TAG, read from its end as Ollama does (types/model/name.go).
_NAME = re.compile(
    r"(?:(?:(?:[^/\s]*://)?(?P<host>[^/\s]*)/)?(?P<namespace>[^/\s]+)/)?(?P<model>[^/:\s]+)"
    r"(?::(?P<tag>[^/:\s]+)(?::local)*)?"
)
_CLOUD = "cloud"
_ENDS_IN_CLOUD = "-cloud"


def canonical(name: str) -> str:
    """The spelling to compare models by. A name with another registry in front stays a different model.

    `:local` says where the model runs and is no part of its name, but only behind a tag: an older Ollama takes
    `gemma3:local` for a tag of its own.
    """
    bare = name.strip().casefold()
    match = _NAME.fullmatch(bare)
    if match is None:
        return bare
    host, namespace = match["host"] or _HOST, match["namespace"] or _NAMESPACE
    in_front = f"{host}/{namespace}/" if host != _HOST else f"{namespace}/" if namespace != _NAMESPACE else ""
    return f"{in_front}{match['model']}:{match['tag'] or _TAG}"


def is_cloud(name: str) -> bool:
    """Whether Ollama runs this model at ollama.com, on its owner's account.

    Such names end in `:cloud` or `-cloud`. A stub that its owner has given another name cannot be told by it.
    """
    model, *tags = (part.strip() for part in name.strip().casefold().rpartition("/")[2].split(":"))
    if not tags:
        return model.endswith(_ENDS_IN_CLOUD)
    return any(tag == _CLOUD or tag.endswith(_ENDS_IN_CLOUD) for tag in tags)
