"""What the store says when a change cannot be made, or when it cannot be used at all."""


class StoreError(ValueError):
    """The change breaks a rule of the data; the message is a sentence for whoever asked for it."""


class StoreBusyError(StoreError):
    """Another process held the database for as long as we wait; nothing was changed."""


class SchemaError(RuntimeError):
    """The database, or the secret beside it, cannot be used; the message says why and what to do."""
