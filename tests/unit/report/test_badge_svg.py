import re
from xml.etree import ElementTree

import pytest

from koppeling_harness.model.registration import Onboarding
from koppeling_harness.model.status import Status
from koppeling_harness.report.badge_svg import _FILL, render_badge_svg
from koppeling_harness.rules.policy import SLA
from koppeling_harness.rules.status import refused
from koppeling_harness.rules.words import said
from support.registrations import a_registration, an_assessment, day, status_of

SVG = "{http://www.w3.org/2000/svg}"


def parsed(status, lang="en"):
    return ElementTree.fromstring(render_badge_svg(status, lang=lang))


def texts(root):
    return [each.text for each in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("lang", "word", "on", "basis"),
    [
        ("en", "in order", "23 November 2026", "recorded by AFAS"),
        ("nl", "in orde", "23 november 2026", "vastgelegd door AFAS"),
    ],
)
def test_a_badge_says_name_status_day_and_basis_in_words(lang, word, on, basis):
    root = parsed(status_of(a_registration(an_assessment())), lang)

    assert texts(root) == ["voorbeeld", f"{word} · {on}"]
    assert root.find(f"{SVG}title").text == f"voorbeeld: {word} ({on}, sla, {basis})"


def test_the_pieces_fit_in_the_picture():
    root = parsed(status_of(a_registration(an_assessment())))

    left, right = root.iter(f"{SVG}rect")
    assert int(left.get("width")) == int(right.get("x"))
    assert int(left.get("width")) + int(right.get("width")) == int(root.get("width"))


def test_a_name_is_escaped_and_cut_when_it_is_long():
    name = '<script>"&' + "x" * 60
    status = refused(name, as_of=day("2026-11-23"), policy=SLA, problems=[said("f", "f")])

    root = parsed(status)

    assert texts(root)[0] == name[:39] + "…"
    assert root.get("aria-label").startswith(name)


def test_every_fill_has_enough_contrast_with_white():
    def luminance(colour):
        parts = [int(each, 16) / 255 for each in re.findall("..", colour[1:])]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert set(_FILL) == set(Status)
    assert all(1.05 / (luminance(fill) + 0.05) >= 4.5 for fill in _FILL.values())


def test_the_badge_of_an_applicant_whose_time_is_over_looks_as_it_reads():
    late = status_of(a_registration(onboarding=Onboarding(started=day("2024-03-01"))))

    assert _FILL[Status.ACTION_REQUIRED] in render_badge_svg(late, lang="en")
