"""Hooks that raise must close the door.

mitmproxy logs an exception in a hook and goes on proxying: left alone, every bug in a check would be a way in.
Each hook of ours therefore runs inside one of these wrappers. Behind them stands a second line: the reverse
target is dead, and `server_connect` opens no connection that was not granted.
"""

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from mitmproxy import http
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from addon.core.refusal import Reason, Refusal
from addon.proxy.refusing import refuse
from addon.proxy.visits import visit_of

_log = logging.getLogger(__name__)

type FlowHook[A] = Callable[[A, http.HTTPFlow], Awaitable[None] | None]


def fail_closed[A](hook: FlowHook[A]) -> Callable[[A, http.HTTPFlow], Coroutine[Any, Any, None]]:
    """Turn an exception in a request or response hook into a 500, or into a cut where an answer has begun.

    A killed flow whose answer has not begun is answered by `layers.JsonHttp1Server`.
    """

    @functools.wraps(hook)
    async def guarded(addon: A, flow: http.HTTPFlow) -> None:
        try:
            result = hook(addon, flow)
            if inspect.isawaitable(result):
                await result
        except Exception:  # noqa: BLE001 - whatever went wrong, the door closes
            _log.exception("hook %s failed; the request is refused", hook.__name__)
            _refuse(flow)

    return guarded


def refuse_connection_on_error[A](
    hook: Callable[[A, ServerConnectionHookData], None],
) -> Callable[[A, ServerConnectionHookData], None]:
    """Turn an exception in `server_connect` into a refused connection."""

    @functools.wraps(hook)
    def guarded(addon: A, data: ServerConnectionHookData) -> None:
        try:
            hook(addon, data)
        except Exception:  # noqa: BLE001 - whatever went wrong, the door closes
            _log.exception("hook %s failed; the connection is refused", hook.__name__)
            data.server.error = "Sluice failed while deciding about this connection"

    return guarded


def _refuse(flow: http.HTTPFlow) -> None:
    # A request that streams on cannot be answered here: mitmproxy would crash and leave the client hanging.
    flow.request.stream = False
    visit = visit_of(flow)
    if visit is not None and visit.refusal is None:
        visit.refusal = Refusal(Reason.INTERNAL)
    if flow.response is None:
        refuse(flow, Refusal(Reason.INTERNAL))
    elif flow.killable:
        flow.kill()
