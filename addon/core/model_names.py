"""One spelling per model: Ollama accepts many (`GEMMA3`, `library/gemma3`, `gemma3:latest`, ` gemma3 `)."""

_DEFAULT_NAMESPACE = "library/"
_DEFAULT_TAG = ":latest"


def canonical(name: str) -> str:
    """The spelling to compare models by. A name with another registry in front stays a different model."""
    bare = name.strip().casefold().removeprefix(_DEFAULT_NAMESPACE)
    has_tag = ":" in bare.rpartition("/")[2]
    return bare if has_tag else bare + _DEFAULT_TAG
