"""Header fields, found by name."""

from addon.core.headers import first_of, values_of

HEADERS = [("accept", "a"), ("host", "one"), ("accept", ""), ("host", "two")]


def test_every_value_of_a_name_is_found_in_order() -> None:
    assert values_of(HEADERS, "accept") == ["a", ""]
    assert values_of(HEADERS, "host") == ["one", "two"]
    assert values_of(HEADERS, "origin") == []


def test_the_first_value_counts_and_none_is_empty() -> None:
    assert first_of(HEADERS, "host") == "one"
    assert first_of(HEADERS, "origin") == ""
