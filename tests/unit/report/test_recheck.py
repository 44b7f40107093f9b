import re
from dataclasses import replace

import pytest

from koppeling_harness.model.recheck import Movement, Necessity, Whose
from koppeling_harness.model.shape import Text
from koppeling_harness.report.recheck_page import render_recheck_page
from koppeling_harness.report.recheck_text import render_recheck_text
from support.hostile import HOSTILE
from support.pages import is_harmless, text_of
from support.rechecks import a_recheck, a_scenario


def test_a_person_reads_what_moved_whose_change_it_is_and_what_is_missing():
    other = a_scenario("other", movement=Movement.NEWLY_PASSING, attribution=None, table=None)
    text = render_recheck_text(a_recheck(a_scenario(), other), lang="en")

    for part in (
        "Profit 8 (current release): 20261123T083015Z-aaaaaa",
        "urenportaal 1.1.0: failed, 2/3; since 20261101T000000Z-000000 on Profit 7: "
        "1 newly failing, 1 newly passing, 0 still failing, 0 not run",
        "newly failing: paging.all: There are too few rows.",
        "Whose change: cannot tell. Proof is missing.",
        "Certified 1.0.0: Profit 7 (7.7.10) passed (earlier run); Profit 8 (8.0.12) unknown",
        "Present 1.1.0: Profit 7 (7.7.10) failed (from the recording: GET /x is not in the",
        "query skip: expected 0, found 100",
        "What is missing: the certified version",
        "newly passing: other",
        "Accept, advisory: not available: no release",
    ):
        assert part in text


def of_partner(*scenarios):
    record = a_recheck(*scenarios)
    first, *others = record.releases
    [integration] = first.integrations
    named = replace(first, integrations=(replace(integration, partner="Voorbeeld B.V."),))
    return replace(record, releases=(named, *others))


def test_the_first_lines_count_integrations_by_whose_change_it_is_with_who_makes_them():
    by_profit = replace(a_scenario().attribution, whose=Whose.PROFIT)
    scenarios = [a_scenario(f"s{at}", attribution=by_profit, code="PAGE") for at in range(9)]
    lines = render_recheck_text(of_partner(*scenarios), lang="en").splitlines()

    assert lines[:2] == [
        "1 integration on Profit 8: 1 newly failing",
        "  Profit changed: 1 integration: urenportaal (Voorbeeld B.V.)",
    ]


def test_one_cause_in_many_scenarios_is_told_once():
    scenarios = [a_scenario(f"s{at}", code="PAGE") for at in range(9)]
    still = [
        a_scenario(
            f"t{at}", code="X", movement=Movement.STILL_FAILING, attribution=None, table=None
        )
        for at in range(9)
    ]
    text = render_recheck_text(of_partner(*scenarios, *still), lang="en")
    page = render_recheck_page(of_partner(*scenarios, *still))

    assert text.count("newly failing: PAGE in 9 scenarios, such as s0") == 1
    assert text.count("Whose change:") == 1
    assert text.count("still failing: X in 9 scenarios") == 1
    assert page.count("<article") == 1
    assert "s8" in page


def a_fleet(count, movement=Movement.NEWLY_FAILING, whose=Whose.PROFIT):
    """A recheck of so many integrations, in each of which one cause is in three scenarios."""
    attribution = replace(a_scenario().attribution, whose=whose, missing=())
    made = a_recheck(
        *(a_scenario(f"s{at}", code="PAGE", attribution=attribution) for at in range(3))
    )
    first, *others = made.releases
    [one] = first.integrations
    many = [replace(one, id=f"koppeling-{at}", partner=f"Maker {at}") for at in range(count)]
    both = replace(first, release="Profit 7", integrations=tuple(many))
    return replace(made, releases=(both, replace(first, integrations=tuple(many)), *others))


def test_a_fleet_is_forty_lines_one_for_each_integration_cause_and_finding():
    lines = render_recheck_text(a_fleet(60), lang="en").splitlines()

    assert lines[0] == "60 integrations on Profit 7, 8: 60 newly failing"
    assert len(lines) <= 40
    assert (
        "  newly failing: koppeling-10 1.1.0 on Profit 7, 8: Profit changed: PAGE in 3 scenarios, "
        "such as s0"
    ) in lines
    assert lines[-1] == "and 35 lines more, in the report"


def test_what_still_fails_is_counted_apart_and_attributed_too():
    by_profit = replace(
        a_scenario().attribution, whose=Whose.PROFIT, given_in="recheck-20261101T000000Z-000000"
    )
    still = a_scenario("s", movement=Movement.STILL_FAILING, attribution=by_profit)
    text = render_recheck_text(of_partner(still), lang="en")

    assert text.startswith(
        "1 integration on Profit 8: 0 newly failing, 1 still failing\n"
        "  Profit changed: 1 integration: urenportaal (Voorbeeld B.V.)\n"
    )
    assert "(as told in recheck-20261101T000000Z-000000)" in text
    assert "as told in recheck-2026" in text_of(render_recheck_page(of_partner(still)))


@pytest.mark.parametrize(
    ("at_least", "said"),
    [
        (Whose.INTEGRATION, "at least the integration; Profit unknown"),
        (Whose.PROFIT, "at least Profit; the integration unknown"),
    ],
)
def test_what_is_known_at_least_is_said(at_least, said):
    half = replace(a_scenario().attribution, at_least=at_least)
    record = of_partner(a_scenario(attribution=half))

    text = render_recheck_text(record, lang="en")
    assert f"  {said}: 1 integration: urenportaal" in text
    assert f"Whose change: {said}." in text
    assert said in text_of(render_recheck_page(record))


def test_one_release_is_one_column():
    table = replace(a_scenario().table, new_release="Profit 7 (7.7.10)", same_release=True)
    text = render_recheck_text(a_recheck(a_scenario(table=table)), lang="en")

    assert "Certified 1.0.0: Profit 7 (7.7.10) passed (earlier run)\n" in text
    assert "Present 1.1.0: Profit 7 (7.7.10) failed" in text


def test_a_contact_stands_behind_who_makes_it():
    record = of_partner(a_scenario())
    first, *others = record.releases
    [one] = first.integrations
    named = replace(first, integrations=(replace(one, contact="help@voorbeeld.example"),))
    record = replace(record, releases=(named, *others))

    said = "urenportaal (Voorbeeld B.V., help@voorbeeld.example)"
    assert said in render_recheck_text(record, lang="en")
    assert "Voorbeeld B.V., help@voorbeeld.example" in text_of(render_recheck_page(record))


def test_of_many_integrations_only_how_many_have_what_to_do_is_told():
    impact = [
        Necessity(integration=f"k{at}", necessity="none" if at else "required") for at in range(60)
    ]
    text = render_recheck_text(a_recheck(impact=tuple(impact)), lang="en")

    assert "1 recheck required, 59 nothing to do" in text
    assert "k7" not in text


def test_in_dutch_an_absent_release_is_niet_beschikbaar():
    text = render_recheck_text(a_recheck(), lang="nl")

    assert "Accept, adviserend: niet beschikbaar: geen release" in text


def test_what_an_update_makes_necessary_is_told():
    record = a_recheck(impact=(Necessity(integration="planner", necessity="none"),))

    assert "planner: nothing to do" in render_recheck_text(record, lang="en")
    assert "niets te doen" in text_of(render_recheck_page(record))


def test_the_page_says_the_same_in_both_languages():
    shown = text_of(render_recheck_page(a_recheck(a_scenario())))

    for part in (
        "1 scenario slaagt nu niet meer.",
        "1 scenario is newly failing.",
        "Er zijn te weinig rijen.",
        "niet vast te stellen",
        "cannot tell",
        "geef de map",
        "uit de opname",
        "query skip",
        "niet beschikbaar: geen release",
        "the certified version",
    ):
        assert part in shown


def test_a_page_without_anything_that_moved_is_a_page():
    assert "0 scenarios are newly failing." in text_of(render_recheck_page(a_recheck()))


def test_hostile_text_makes_no_markup():
    text = Text(nl=HOSTILE, en=HOSTILE)
    record = a_recheck(a_scenario(HOSTILE, title=text, message=text))
    record = replace(record, recheck_id=HOSTILE)

    assert is_harmless(render_recheck_page(record))


def test_two_integrations_of_one_title_are_told_apart():
    record = a_recheck(a_scenario())
    release = record.releases[0]
    one = release.integrations[0]
    both = replace(release, integrations=(one, replace(one, id="urenportaal-zorg")))
    page = render_recheck_page(replace(record, releases=(both,)))

    named = re.findall(r"<tr><th scope=\"row\">.*?</th>|<h3[^>]*>.*?</h3>", page)
    assert [each for each in named if "Hours portal" in each and ">urenportaal" not in each] == []
    assert page.count(">urenportaal-zorg<") >= 3
