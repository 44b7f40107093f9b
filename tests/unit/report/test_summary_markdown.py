import pytest

from koppeling_harness.report.summary_markdown import render_summary_markdown
from koppeling_harness.rules.words import said
from support.registrations import a_dossier, a_registration, an_assessment

GREEN = a_dossier(a_registration(an_assessment(), registration="a-groen"))
RED = a_dossier(a_registration(an_assessment("rood", "2026-06-30"), registration="b-rood"))
LAPSED = a_dossier(a_registration(an_assessment("oranje", "2024-05-14"), registration="c-weg"))


def test_the_heaviest_status_comes_first_and_all_are_counted():
    text = render_summary_markdown([GREEN, RED, LAPSED], lang="en", warning_days=90)

    assert "1 not certified, 1 action required, 1 in order" in text
    places = [text.index(f"**{name}**") for name in ("c-weg", "b-rood", "a-groen")]
    assert places == sorted(places)


def test_what_is_due_within_ninety_days_or_past_is_listed_and_the_rest_counted():
    text = render_summary_markdown([GREEN, RED, LAPSED], lang="en", warning_days=90)

    due = [line for line in text.splitlines() if line.startswith("- ")]
    assert [line[2:].partition(",")[0] for line in due] == [
        "14 May 2025",
        "15 May 2025",
        "now",
        "30 December 2026",
        "and 1 later",
    ]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "nl",
            [
                "## Registratiestatus",
                "Peildatum 23 november 2026, termijnen sla.",
                "| in orde (vastgelegd door AFAS) | groen |",
            ],
        ),
        (
            "en",
            [
                "## Registration status",
                "As of 23 November 2026, terms sla.",
                "| in order (recorded by AFAS) | green |",
            ],
        ),
    ],
)
def test_both_languages_and_the_policy(lang, words):
    text = render_summary_markdown([GREEN], lang=lang, warning_days=90)

    assert [word for word in words if word not in text] == []


def test_it_says_that_checks_do_not_replace_the_quickscan():
    assert "never change a colour" in render_summary_markdown([], lang="en", warning_days=90)
    assert "veranderen nooit een kleur" in render_summary_markdown([], lang="nl", warning_days=90)


def test_a_partner_s_text_makes_no_markup_link_or_mention():
    title = said("x", "[x](http://evil) <b>| @all www.evil `c`\n# h")
    text = render_summary_markdown(
        [a_dossier(a_registration(an_assessment(), title=title))], lang="en", warning_days=90
    )

    row = next(line for line in text.splitlines() if "evil" in line)
    assert "\\[x\\]\\(http:&#47;&#47;evil\\) \\<b\\>\\| \\@all www&#46;evil \\`c\\` \\# h" in row


def test_nothing_due_says_so():
    assert "Nothing is due." in render_summary_markdown([GREEN], lang="en", warning_days=90)
