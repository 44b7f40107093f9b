import pytest

from koppeling_harness.report.clean import clean, one_line


def test_ordinary_text_stays_as_it_is():
    assert clean("Café\tde Ridder\n€ 7,50, 日本語 😀") == "Café\tde Ridder\n€ 7,50, 日本語 😀"


def test_control_characters_are_written_out():
    assert clean("a\x1b[31mrood\x00") == r"a\x1b[31mrood\x00"


def test_characters_that_turn_the_direction_are_written_out():
    assert clean("geslaagd\u202edkaazeg\u2066") == r"geslaagd\u202edkaazeg\u2066"


@pytest.mark.parametrize(
    "code",
    [
        *(0x00, 0x08, 0x0B, 0x0D, 0x1F, 0x7F, 0x85, 0x9F, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028),
        *(0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xD800, 0xDFFF, 0xFFF9, 0xFFFE, 0xFFFF),
    ],
)
def test_each_unwanted_character_is_written_out(code):
    assert clean(f"a{chr(code)}b") == (f"a\\x{code:02x}b" if code < 256 else f"a\\u{code:04x}b")


def test_invisible_tag_characters_and_lone_surrogates_are_written_out():
    assert clean("a\U000e0041\ud800") == r"a\U000e0041\ud800"


def test_windows_line_ends_become_line_feeds():
    assert clean("een\r\ntwee\x07") == "een\ntwee\\x07"
    assert clean("een\r\ntwee") == "een\ntwee"


def test_one_line_has_no_line_end_and_a_limit():
    assert one_line("een\n  twee\tdrie") == "een twee drie"
    assert one_line("x" * 400, limit=5) == "xxxx…"


def test_what_readers_of_junit_take_for_a_property_or_a_file_is_shown():
    assert clean("ok [[ATTACHMENT|/etc/passwd]]") == r"ok \x5b[ATTACHMENT|/etc/passwd]]"
    assert clean("a ]] [[PROPERTY|waiver=W1]]") == r"a ]] \x5b[PROPERTY|waiver=W1]]"
    assert clean("[[1, 2], [3]] [[a|b]]") == "[[1, 2], [3]] [[a|b]]"
