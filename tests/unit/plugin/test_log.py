from koppeling_harness.plugin.log import LOG_LIMIT, Log, last_of


def test_a_log_is_held_whole_and_shown_in_part():
    log = Log(10 * LOG_LIMIT)
    log.add(b"first\n" + b"x" * 3 * LOG_LIMIT)

    assert log.text().startswith("first")
    assert last_of(log.text()) == "[... earlier output left out ...]\n" + "x" * LOG_LIMIT
    assert last_of("short") == "short"
