from koppeling_harness.plugin.log import Log


def test_a_short_log_is_kept_whole():
    log = Log(100)
    log.add("één\n".encode())
    log.add(b"twee\n")

    assert log.text() == "één\ntwee\n"


def test_of_a_long_log_the_end_is_kept_and_the_rest_counted():
    log = Log(10)
    for _ in range(1000):
        log.add(b"0123456789abcdef")

    assert log.text() == "[... earlier output left out ...]\n6789abcdef"
    assert log.size_bytes == 16_000
    assert len(log._kept) <= 36


def test_bytes_that_are_not_text_do_not_break_it():
    log = Log(10)
    log.add(b"\xff\xc3")

    assert log.text() == "\ufffd\ufffd"
