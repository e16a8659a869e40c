"""The same answer as JSON for programs, or as a table for spreadsheets."""

from collections.abc import Mapping

from flask import Response

from admin_app.errors import InputError

_FORMATS = ("json", "csv")


def wants_csv(asked: Mapping[str, str]) -> bool:
    """Whether `format` asks for a table. Raises InputError for any word but `json`, the usual one, and `csv`."""
    form = asked.get("format", "json")
    if form not in _FORMATS:
        raise InputError(f"format must be one of {', '.join(_FORMATS)}.")
    return form == "csv"


def csv_download(table: str, name: str) -> Response:
    """The table as a file of this name."""
    response = Response(table, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
