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


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}",
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b"[]",
        b"",
    ],
)
def test_json_that_could_be_read_two_ways_or_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match=r"^The body is not a JSON object: "):
        Fields.from_json(body)


def test_a_field_that_was_sent_empty_is_told_from_one_that_was_not_sent() -> None:
    fields = form(priority="", name="x")
    assert [fields.has(name) for name in ("priority", "name", "note")] == [True, True, False]
    sent = Fields.from_json(b'{"priority": null}')
    assert [sent.has(name) for name in ("priority", "name")] == [True, False]


def test_a_box_behind_an_empty_field_can_be_unticked() -> None:
    def box(*values: str) -> Fields:
        return Fields.from_form(MultiDict([("box", value) for value in values]))

    assert [box("", "yes").flag("box"), box("").flag("box")] == [True, False]


def test_a_needed_yes_or_no_must_be_there() -> None:
    assert Fields.from_json(b'{"on": false}').needed_flag("on") is False
    with pytest.raises(InputError, match=r"^on is missing\.$"):
        Fields.from_json(b"{}").needed_flag("on")
