"""Fields of JSON and of forms."""

import pytest
from werkzeug.datastructures import MultiDict

from admin_app.errors import InputError
from admin_app.fields import Fields


def form(**fields: str) -> Fields:
    return Fields.from_form(MultiDict(fields))


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 9 ", 9), ("-3", -3), ("007", 7)])
def test_a_form_sends_numbers_as_text(text: str, number: int) -> None:
    assert form(n=text).whole("n", -5, 9) == number


@pytest.mark.parametrize("text", ["x", "1.0", "1e3", "٣", "1_0", "9" * 40, "10", "-6"])
def test_what_is_no_number_or_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^n must be a whole number from -5 to 9\.$"):
        form(n=text).whole("n", -5, 9)


def test_an_empty_field_of_a_form_counts_as_not_sent() -> None:
    fields = form(n="", name="", models="")
    assert (fields.whole("n", 0), fields.text("name"), fields.texts("models")) == (None, None, None)


def test_a_form_may_send_several_texts_in_one_field_or_in_many() -> None:
    assert form(models=" a, b ,,").texts("models") == ("a", "b")
    assert Fields.from_form(MultiDict([("scopes", ","), ("scopes", "infer")])).texts("scopes") == ("infer",)
    assert form(scopes=",").texts("scopes") == ()


def test_the_csrf_token_of_a_form_is_none_of_its_fields() -> None:
    fields = form(csrf_token="abc", name="x").only("name")
    assert fields.needed_text("name") == "x"


def test_a_ticked_box_is_yes_and_an_unticked_one_is_not_sent() -> None:
    assert form(is_admin="yes").flag("is_admin")
    assert not form().flag("is_admin")


def test_a_field_sent_twice_where_one_is_read_is_refused() -> None:
    twice = Fields.from_form(MultiDict([("name", "a"), ("name", "b")]))
    with pytest.raises(InputError):
        twice.text("name")


def test_json_numbers_are_not_read_from_text() -> None:
    with pytest.raises(InputError):
        Fields.from_json(b'{"n": "7"}').whole("n", 0)


def test_an_unknown_field_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(InputError, match=r"no field 'expires' here. Use: name, expires_s\."):
        Fields.from_json(b'{"name": "ci", "expires": 60}').only("name", "expires_s")


def test_null_counts_as_not_sent() -> None:
    fields = Fields.from_json(b'{"n": null, "name": null, "models": null}')
    assert (fields.whole("n", 0), fields.text("name"), fields.texts("models")) == (None, None, None)
