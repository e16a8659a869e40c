"""The description of `/gate`, `/api/auth`, `/api/admin` and `/api/conversations` for programs (OpenAPI 3.1).

Promise: it is data and nothing else. Tests hold it against the routes that exist, and against what they answer.
"""

import json

from addon.core.openapi import (
    admin_forms,
    admin_paths,
    answers,
    auth_paths,
    conversation_paths,
    gate_paths,
    operations,
)
from addon.core.openapi.forms import Form

_DESCRIPTION = (
    "Ollama's own API stands beside these paths, unchanged. Unsafe requests signed in by cookie need the header "
    "X-CSRF-Token and our own Origin. From an allow-listed address no credential is needed under /gate."
)


def document(version: str, cookie_name: str) -> Form:
    """The whole description, of this version of Sluice and with this name of the session's cookie."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sluice", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": gate_paths.paths() | auth_paths.paths() | conversation_paths.paths() | admin_paths.paths(),
        "components": {
            "schemas": answers.schemas()
            | gate_paths.schemas()
            | auth_paths.schemas()
            | conversation_paths.schemas()
            | admin_forms.schemas(),
            "responses": answers.responses(),
            "securitySchemes": operations.schemes(cookie_name),
        },
    }


def as_json(version: str, cookie_name: str) -> bytes:
    """The same as it travels."""
    return json.dumps(document(version, cookie_name), ensure_ascii=False, separators=(",", ":")).encode()
