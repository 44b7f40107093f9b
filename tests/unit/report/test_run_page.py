import re
from dataclasses import replace

from koppeling_harness.model.finding import Difference
from koppeling_harness.model.proof import Proof, ProofState
from koppeling_harness.model.run import FaultRecord, RequiredCount, Shard, Verdict
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.report.run_page import EXPLAINED_AT_MOST, render_run_page, run_page_pieces
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.verdict import settled
from support.dossiers import a_dossier
from support.hostile import HOSTILE, hostile_run
from support.pages import is_harmless, text_of
from support.records import (
    a_failure,
    a_finding,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
    every_outcome,
)


def test_the_verdict_is_said_in_both_languages():
    shown = text_of(render_run_page(a_run(an_integration(a_result(), a_failure()))))

    assert "1 van 2 verplichte scenario's uitgevoerd en geslaagd." in shown
    assert "1 of 2 required scenarios executed and passed." in shown


def test_a_failure_says_what_where_and_what_to_do():
    shown = text_of(render_run_page(a_run(an_integration(a_failure()))))

    for part in (
        "Uren komen één keer aan",
        "hours.push [push-hours]",
        "scenarios/hours/push.scenario.yaml:31:7",
        "rows.0.Qu 8.0 7.5",
        "2: GET /connectors/Uren → 200",
        "curl -X GET",
        "Stuur het aantal uren met een punt",
        "Send the number of hours with a decimal point",
        "koppeling explain EXPECT",
        "retrying after lost response",
        "geen antwoord",
        "storing: lost_response",
        "R18",
    ):
        assert part in shown


def test_what_was_disturbed_says_what_the_integration_did():
    fault = FaultRecord(
        fault="status",
        calls="1-2",
        of="writes",
        place="x.yaml:9:5",
        fired=2,
        attempts=3,
        waits_s=(1.0, 2.0),
        duration_s=3.3,
        last_status=201,
        written=1,
    )
    result = a_result("availability.maintenance", faults=(fault,))
    shown = text_of(render_run_page(a_run(an_integration(result, a_result()))))

    told = "writes 2 3 1,0 s 1.0 s , 2,0 s 2.0 s 3,3 s 3.3 s 201 1"
    assert f"availability.maintenance status 1-2, {told}" in shown


def test_traffic_that_was_kept_is_linked_to_and_other_traffic_is_not():
    record = a_run(an_integration(a_failure(), a_result()))
    integration = record.integrations[0].id
    page = render_run_page(record, recordings={f"traffic/{integration}/hours.push.push-hours.har"})

    assert f'href="traffic/{integration}/hours.push.push-hours.har"' in page
    assert page.count(".har") == 1


def test_each_round_of_what_failed_is_linked_to():
    record = a_run(an_integration(a_failure(), a_result()))
    first = f"traffic/{record.integrations[0].id}/hours.push.push-hours"
    kept = {f"{first}.har", f"{first}.round-2.har", f"{first}.round-10.har", f"{first}-x.har"}
    page = render_run_page(record, recordings=kept, language=Language.EN)

    assert page.count(".har") == 3
    assert f'href="{first}.round-2.har"' in page
    assert "round 10" in text_of(page)
    assert page.index("round-2.har") < page.index("round-10.har")


def test_failures_come_before_what_passed_and_the_required_ones_first():
    recommended = a_failure("paging.later", level=Level.RECOMMENDED)
    page = render_run_page(
        a_run(an_integration(a_result("first.passed"), recommended, a_failure("hours.required")))
    )

    assert page.index("hours.required") < page.index("paging.later") < page.index("first.passed")


def test_a_required_scenario_that_was_not_executed_is_told():
    verdict = Verdict(
        outcome=Outcome.NOT_RUN, required=RequiredCount(total=5, executed=3, passed=3)
    )
    shown = text_of(render_run_page(a_run(an_integration(a_result(), verdict=verdict))))

    assert "2 verplichte scenario's zijn niet uitgevoerd" in shown


def test_waived_scenarios_are_told():
    record = an_integration(a_result())
    waived = replace(record, verdict=replace(record.verdict, waived=1))

    assert "1 ontheven" in text_of(render_run_page(a_run(waived)))


def test_an_integration_that_was_set_aside_shows_the_reason_and_no_verdict():
    shown = text_of(render_run_page(a_run(a_set_aside())))

    assert "niet gedraaid (overgeslagen)" in shown
    assert "unknown key 'nmae'" in shown
    assert "0 van 0" not in shown


def test_a_message_without_translation_is_marked_as_english():
    finding = a_finding(text=None, advice=None, message="only English", hint="do it")
    page = render_run_page(a_run(an_integration(a_failure(findings=(finding,)))))

    assert '<span lang="en" class="keep">only English</span>' in page
    assert '<span lang="en" class="keep">do it</span>' in page


def test_the_page_tells_what_was_run_and_that_the_quickscan_stands_apart():
    shown = text_of(render_run_page(every_outcome()))

    for part in (
        "20261123T083015Z-1a2b3c",
        "23 november 2026 23 November 2026 09:30:15",
        "Profit 8",
        "51ab" * 16,
    ):
        assert part in shown
    assert "Automatische controles vervangen de Quickscan niet en veranderen nooit een kleur." in (
        shown
    )
    assert "Automatic checks do not replace the Quickscan and never change a colour." in shown


def test_the_page_opens_in_the_language_that_was_asked_for():
    page = render_run_page(every_outcome(), language=Language.EN)

    assert '<html lang="en"' in page
    assert "<title>Certification on Profit 8</title>" in page
    assert 'value="en" autocomplete="off" checked' in page


def test_a_run_without_integrations_says_so():
    assert "geen enkele koppeling" in text_of(render_run_page(a_run()))


def test_an_integration_without_any_passed_result_says_so():
    assert "Geen enkel scenario slaagde." in text_of(
        render_run_page(a_run(an_integration(a_failure())))
    )


def test_more_failures_than_a_page_bears_are_listed():
    failures = [
        a_failure(f"hours.n{number}", findings=(a_finding(f"CODE-{number}"),))
        for number in range(EXPLAINED_AT_MOST + 1)
    ]
    page = render_run_page(a_run(an_integration(*failures)))

    assert page.count("<article") == EXPLAINED_AT_MOST
    assert f"hours.n{EXPLAINED_AT_MOST}" in page


def test_one_cause_in_many_scenarios_is_explained_once():
    page = render_run_page(
        a_run(an_integration(*[a_failure(f"hours.n{number}") for number in range(85)]))
    )
    shown = text_of(page)

    assert page.count("<article") == 1
    assert "EXPECT in 85 scenario's" in shown
    assert "85 of them required" in shown
    assert all(f"hours.n{number}[push-hours]" in shown for number in range(85))


def test_every_release_is_on_the_page_the_current_one_first():
    older = a_run(an_integration(a_failure()), run_id="20261123T083015Z-000000")
    older = replace(older, erp=replace(older.erp, label="Profit 7"))
    page = render_run_page(older, a_run(an_integration(a_result())))
    shown = text_of(page)

    assert "<title>Certificatie op Profit 7, 8</title>" in page
    assert "1 koppeling op Profit 7, 8: 1 niet geslaagd" in shown
    assert shown.index("Hours portal , Profit 8") < shown.index("Hours portal , Profit 7")


def test_what_went_over_the_wire_on_another_release_is_linked_to_in_its_own_folder():
    older = a_run(an_integration(a_failure()), run_id="20261123T083015Z-000000")
    current = a_run(an_integration(a_failure()))
    har = f"traffic/{current.integrations[0].id}/hours.push.push-hours.har"
    kept = {older.run_id: {har}, current.run_id: {har}}
    page = "".join(run_page_pieces([older, current], recordings=kept))

    assert f'href="{har}"' in page
    assert f'href="../{older.run_id}/{har}"' in page


def test_a_thousand_results_stay_within_three_mebibytes():
    differences = tuple(
        Difference(path=f"rows.{number}", expected="x" * 5000, actual="y" * 5000)
        for number in range(3)
    )
    heavy = a_failure(findings=(a_finding(differences=differences),), log="z" * 100_000)
    page = render_run_page(a_run(an_integration(*[heavy] * 500, *[a_result()] * 500)))

    assert len(page.encode()) < 3 * 2**20


def test_the_registration_stands_with_its_integration():
    dossier = a_dossier(integration="urenportaal")
    shown = text_of(render_run_page(every_outcome(), dossiers=[dossier]))

    assert shown.count("Kleur groen, rapport van 14 mei 2024: geldig t/m 14 mei 2027.") == 1


def test_hostile_text_is_shown_and_not_obeyed():
    page = render_run_page(hostile_run())

    assert is_harmless(page)
    assert r"geslaagd\u202edkaazeg" in page
    assert "{{ 7 * 7 }}" in page
    assert HOSTILE not in page


def test_marks_stand_beside_the_outcome():
    unreachable = a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    retried = settled([unreachable, a_result(unreachable.scenario)], run_ids=["r1", "r2"])
    carried = a_result("carried", carried_from="r0")
    record = a_run(
        an_integration(retried, a_failure(waiver="W1"), carried),
        shard=Shard(index=1, total=3),
        rerun_of="r0",
    )
    shown = text_of(render_run_page(record))

    for part in (
        "Dit is deel 1 van 3 van een testrun",
        "Repeats what did not pass in r0.",
        "passed on retry: that does not count as passed",
        "Attempts",
        "ontheffing W1",
        "taken over from r0",
    ):
        assert part in shown


def test_a_merged_run_says_of_how_many_shards():
    shown = text_of(render_run_page(a_run(an_integration(a_result()), merged_from=("r1", "r2"))))

    assert "Merged from 2 shards." in shown


def test_codes_that_were_seen_equally_often_stand_in_the_order_in_which_they_were_seen():
    codes = [f"CODE-{letter}" for letter in "HCAGBFDE"]
    findings = tuple(a_finding(code) for code in codes)
    failures = [a_failure(name, findings=findings) for name in ("hours.push", "hours.pull")]
    page = text_of(render_run_page(a_run(an_integration(*failures))))

    places = [page.index(code) for code in codes]
    assert places == sorted(places)


def test_what_is_proven_is_shown_by_requirement_and_connector():
    lines = (
        Proof(
            requirement="no-rows-no-error",
            connector="Uren_Projecten",
            state=ProofState.PROVEN,
            exchange=7,
        ),
        Proof(
            requirement="no-rows-no-error",
            connector="Uren_Medewerkers",
            state=ProofState.NOT_PROVEN,
            why=Text(nl="genoemd en niet aangeroepen", en="declared and not called"),
        ),
    )
    page = render_run_page(a_run(an_integration(a_result("reading.no-rows", proof=lines))))
    (row,) = re.findall(r"<tr><th scope=\"row\">[^\n]*no-rows-no-error[^\n]*", page)

    assert "<code>Uren_Projecten</code>" in page
    assert "aanroep 7" in row
    assert "declared and not called" in row
    assert "1 van 1 eisen bewezen" in page
