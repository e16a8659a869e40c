"""Lists of addresses, as people keep them."""

import pytest

from addon.core.address_list import line_numbers, read_list


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("# nothing but a remark\n\n  \t\n", []),
        ("10.0.0.7", [("10.0.0.7/32", "")]),
        ("10.0.0.0/24 office", [("10.0.0.0/24", "office")]),
        ("  10.0.0.0/24\t first  floor  # left wing\r\n", [("10.0.0.0/24", "first  floor")]),
        ("2001:db8::/32 lab\n::1", [("2001:db8::/32", "lab"), ("::1/128", "")]),
        ("::ffff:10.0.0.7", [("10.0.0.7/32", "")]),
    ],
)
def test_each_line_is_an_address_with_an_optional_name(text: str, found: list[tuple[str, str]]) -> None:
    assert read_list(text) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", r"^Line 1: 'nonsense' is not an address or CIDR network"),
        ("# one\n10.0.0.1\n10.0.0.1/24 office", r"^Line 3: '10\.0\.0\.1/24' is not"),
        ("10.0.0.7\n\n10.0.0.7/32", r"^Line 3: 10\.0\.0\.7/32 stands on line 1 already\.$"),
        ("fe80::1%eth0", r"^Line 1: "),
    ],
)
def test_a_line_that_cannot_be_used_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_list(text)


def test_the_lines_on_which_something_stands_are_numbered() -> None:
    assert line_numbers("# one\n10.0.0.1\n\n 10.0.0.2 b # c\n \n10.0.0.3") == [2, 4, 6]
