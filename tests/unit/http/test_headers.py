import pytest

from koppeling_harness.http.headers import charset_of, header_of


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("application/json;charset=utf-8", "utf-8"),
        ('application/json; Charset="UTF-8"; x=1', "utf-8"),
        ("text/plain; charset='latin-1'", "latin-1"),
        ("application/json", ""),
        ("", ""),
    ],
)
def test_the_charset_of_a_content_type(content_type, charset):
    assert charset_of(content_type) == charset


def test_a_header_is_found_in_any_case_the_first_of_them():
    headers = [(b"X-A", b"1"), (b"x-a", b"2"), (b"X-B", b"\xe9")]

    assert (header_of(headers, b"x-a"), header_of(headers, b"x-b")) == ("1", "é")
    assert header_of(headers, b"x-c") == ""
