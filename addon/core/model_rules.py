"""Which models a principal may act on, whatever it does with them."""

from collections.abc import Iterable

from addon.core.access import refuse_model
from addon.core.model_names import is_cloud
from addon.core.principal import Principal
from addon.core.refusal import Reason, Refusal


def refuse_models(principal: Principal | None, models: Iterable[str], *, cloud_models: bool) -> Refusal | None:
    """The refusal for the first of these models that may not be used.

    Cloud models spend the owner's account, so they are refused to everybody unless `cloud_models` says otherwise.
    None is an asker without a credential, whom only the settings let in.
    """
    for model in models:
        if is_cloud(model) and not cloud_models:
            return Refusal(Reason.CLOUD_MODEL, model)
        if principal is not None and (refusal := refuse_model(principal, model)) is not None:
            return refusal
    return None
