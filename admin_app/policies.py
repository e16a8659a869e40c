"""Who asks, by the very rules the gate uses.

Promise: a change is in force with the next request. The rules are read again when their revision has moved, and
never half: a reader holds one immutable Policy.
"""

from addon.core.credential import read_credentials
from addon.core.headers import Headers
from addon.core.policy import Identity, Policy
from addon.core.refusal import Refusal
from addon.store.engine import reading
from addon.store.policy_loader import load_policy, load_revision
from admin_app.context import WebContext
from admin_app.cookies import session_cookie


class PolicyCache:
    """The latest Policy. Two threads may load the same one at once; either is right."""

    def __init__(self, context: WebContext) -> None:
        self._context = context
        self._policy: Policy | None = None

    def current(self) -> Policy:
        """The rules as committed by now."""
        context = self._context
        with reading(context.engine) as session:
            policy = self._policy
            if policy is None or policy.revision != load_revision(session):
                base = context.settings.queue.base
                self._policy = policy = load_policy(session, context.session_secret, base, context.now())
        return policy

    def identify(self, headers: Headers) -> Identity | Refusal:
        """Who these headers speak for. Addresses count for nothing here: pages belong to people and keys."""
        shown = read_credentials(headers, session_cookie(self._context))
        return self.current().identify(shown, None, self._context.now())
