"""The JSON body of a request."""

from flask import request

from admin_app.fields import Fields
from admin_app.own_pages import check_is_json


def sent_fields() -> Fields:
    """The fields of the JSON object that was sent. Raises WrongTypeError (415) and InputError (400)."""
    check_is_json(request)
    return Fields.from_json(request.get_data())


def fields_if_sent() -> Fields:
    """The same where a body may be left out."""
    return sent_fields() if request.get_data() else Fields({})
