import base64
import hashlib
import re
from datetime import UTC, date, datetime

import pytest

from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.pages import (
    both,
    clipped,
    day,
    duration,
    interface_text,
    moment,
    one_of,
    text_for_picture,
    word,
    word_for_picture,
)
from koppeling_harness.report.run_page import render_run_page
from support.pages import text_of
from support.records import every_outcome


def test_a_text_stands_in_both_languages_escaped_and_cleaned():
    assert both(Text(nl="<b>\u202e", en="&")) == (
        '<span lang="nl">&lt;b&gt;\\u202e</span><span lang="en">&amp;</span>'
    )


def test_a_text_that_is_the_same_in_both_languages_stands_there_once():
    assert both(Text(nl="Planner", en="Planner")) == "Planner"


def test_values_in_a_text_are_escaped_and_cleaned():
    filled = interface_text("run.heading", release="<i>\x1b")

    assert "op &lt;i&gt;\\x1b<" in filled
    assert "on &lt;i&gt;\\x1b<" in filled


def test_one_and_many_have_their_own_text():
    assert "1 verplicht scenario<" in one_of(1, "run.lock_required")
    assert "2 verplichte scenario" in one_of(2, "run.lock_required")


def test_words_are_those_of_their_own_set():
    assert "niet getest" in word(Outcome.NOT_RUN)
    assert "in orde" in word(Status.IN_ORDER)
    assert word_for_picture(Colour.RED) == (
        '<tspan lang="nl">rood</tspan><tspan lang="en">red</tspan>'
    )
    assert "<tspan" in text_for_picture("due.late")


def test_a_moment_is_shown_as_the_clock_in_amsterdam_shows_it():
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert text_of(moment(summer)) == "2 juli 2026 2 July 2026 00:30:00"


def test_a_day_can_be_read_by_machines():
    shown = day(date(2026, 11, 23))

    assert shown.startswith('<time datetime="2026-11-23">')
    assert 'lang="nl">23 november 2026<' in shown
    assert 'lang="en">23 November 2026<' in shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0124, "12 ms"), (1.25, "1,2 s 1.2 s"), (90, "90,0 s 90.0 s"), (600, "10,0 min 10.0 min")],
)
def test_a_duration_is_shown_in_the_unit_that_reads_best(seconds, shown):
    assert text_of(duration(seconds)) == shown


def test_a_long_text_is_clipped_and_says_how_long_it_was():
    assert clipped("abc", 3) == "abc"
    assert clipped("abcd", 3) == "abc… (4)"


def test_a_page_fetches_nothing_and_allows_only_its_own_style_and_script():
    page = render_run_page(every_outcome())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")

    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        content = re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not re.search(r'(?:src|href)="(?!#|\.\./)', page)
    assert "style=" not in page
    assert "@import" not in page
    assert "url(" not in page
