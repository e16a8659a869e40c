"""What this Sluice is and takes: its version, its database, the room that is left."""

import shutil

from addon.store.database_size import database_bytes
from admin_app.context import WebContext
from admin_app.shapes import Shape
from admin_app.upstreams import size
from admin_app.version import VERSION


def told(context: WebContext) -> Shape:
    """The facts in words."""
    return {
        "version": VERSION,
        "database": size(database_bytes(context.settings.database.url)),
        "free": size(shutil.disk_usage(context.settings.data_dir).free),
    }
