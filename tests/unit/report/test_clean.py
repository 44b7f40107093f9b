from koppeling_harness.report.clean import clean, one_line


def test_ordinary_text_stays_as_it_is():
    assert clean("Café\tde Ridder\n€ 7,50, 日本語 😀") == "Café\tde Ridder\n€ 7,50, 日本語 😀"


def test_control_characters_are_written_out():
    assert clean("a\x1b[31mrood\x00") == r"a\x1b[31mrood\x00"


def test_characters_that_turn_the_direction_are_written_out():
    assert clean("geslaagd\u202edkaazeg\u2066") == r"geslaagd\u202edkaazeg\u2066"


def test_invisible_tag_characters_and_lone_surrogates_are_written_out():
    assert clean("a\U000e0041\ud800") == r"a\U000e0041\ud800"


def test_windows_line_ends_become_line_feeds():
    assert clean("een\r\ntwee\x07") == "een\ntwee\\x07"
    assert clean("een\r\ntwee") == "een\ntwee"


def test_one_line_has_no_line_end_and_a_limit():
    assert one_line("een\n  twee\tdrie") == "een twee drie"
    assert one_line("x" * 400, limit=5) == "xxxx…"
