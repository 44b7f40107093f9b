"""The first page of a run of several integrations: every cause once, and a way to each."""

from dataclasses import replace

from koppeling_harness.report.run_index import GROUPS_AT_MOST
from koppeling_harness.report.texts import Language
from support.hostile import HOSTILE, hostile_run
from support.pages import is_harmless, render_run_index, text_of
from support.records import a_failure, a_finding, a_result, a_run, an_integration, every_outcome


def on(label, *integrations):
    run = a_run(*integrations)
    return replace(run, erp=replace(run.erp, label=label))


def test_the_count_stands_first_in_both_languages():
    shown = text_of(render_run_index(every_outcome()))

    assert "koppelingen op Profit 8: " in shown
    assert "integrations on Profit 8: " in shown


def test_each_release_has_its_column_and_each_cause_stands_once():
    wrong = [a_failure(f"s.{at}") for at in range(85)]
    runs = [
        on(label, an_integration(*wrong, id="bad"), an_integration(a_result(), id="good"))
        for label in ("Profit 7", "Profit 8")
    ]
    page = render_run_index(*runs)
    shown = text_of(page)

    assert page.count('class="code">EXPECT<') == 1
    assert "in 85 scenarios" in shown
    assert '<th scope="col">Profit 8</th><th scope="col">Profit 7</th>' in page
    assert "s.3" not in page
    assert 'href="integration-good.html"' in page


def test_of_sixty_bad_integrations_the_page_stays_small():
    many = [a_failure(f"s.{at}", findings=(a_finding(f"C-{at}"),)) for at in range(40)]
    integrations = [an_integration(*many, id=f"bad-{at}") for at in range(60)]
    page = render_run_index(on("Profit 8", *integrations))

    assert page.count('<span class="code">C-') == 60 * GROUPS_AT_MOST
    assert len(page.encode()) < 2**20


def test_hostile_text_is_shown_and_not_obeyed():
    page = render_run_index(hostile_run())

    assert is_harmless(page)
    assert HOSTILE not in page


def test_it_opens_in_the_language_that_was_asked_for():
    assert '<html lang="en"' in render_run_index(every_outcome(), language=Language.EN)
