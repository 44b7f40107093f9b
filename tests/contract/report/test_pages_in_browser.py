"""Every page in real Chromium: accessible, complete, and quiet."""

import dataclasses
import re
from itertools import product

import pytest

from koppeling_harness.model.recheck import Movement
from koppeling_harness.report.certificate_page import render_certificate_page
from koppeling_harness.report.recheck_page import render_recheck_page
from koppeling_harness.report.run_page import render_run_page
from koppeling_harness.report.updates_page import render_changes_page
from support.certificates import a_certificate
from support.dossiers import (
    a_dossier,
    a_full_dossier,
    a_hostile_dossier,
    a_refused,
    overview_of,
    page_of,
    some_evidence,
)
from support.hostile import hostile_run
from support.listings import listing_page
from support.pages import render_run_index
from support.partnerships import partner_page, review_page
from support.rechecks import a_recheck, a_scenario
from support.records import every_outcome
from support.registrations import a_registration, an_assessment
from support.updates import some_changes, some_impacts


def _overview() -> str:
    lapsed = a_registration(an_assessment("groen", "2023-11-01"), registration="verlopen")
    return overview_of(a_dossier(), a_full_dossier(), a_refused(), a_dossier(registration=lapsed))


def _index() -> str:
    older = dataclasses.replace(every_outcome(), run_id="20261123T083015Z-000000")
    older = dataclasses.replace(older, erp=dataclasses.replace(older.erp, label="Profit 7"))
    return render_run_index(older, every_outcome(), advisory=["Profit 7"])


WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

VIOLATIONS = {
    "runOnly": {"type": "tag", "values": WCAG_2_2_AA},
    "resultTypes": ["violations"],  # every element that is in order is not told
}

SHOWN = {
    each: (["nl", "en"], ["light", "dark"]) for each in ("run", "run index", "overview", "dossier")
}
"""Pages that are looked at in every form; the others have the same parts."""

PAGES = {
    "run": lambda: render_run_page(
        every_outcome(), dossiers=[a_dossier(integration="urenportaal")]
    ),
    "run index": _index,
    "overview": _overview,
    "dossier": lambda: page_of(a_full_dossier(), some_evidence()),
    "dossier with problems": lambda: page_of(a_refused()),
    "partner": partner_page,
    "review": review_page,
    "listing": listing_page,
    "recheck": lambda: render_recheck_page(
        a_recheck(a_scenario(), a_scenario("other", movement=Movement.NEWLY_PASSING))
    ),
    "certificate": lambda: render_certificate_page(a_certificate(), statement="x.intoto.json"),
    "updates": lambda: render_changes_page(some_changes(), impacts=some_impacts()),
    "hostile run index": lambda: render_run_index(hostile_run()),
    "hostile run": lambda: render_run_page(hostile_run()),
    "hostile dossier": lambda: page_of(a_hostile_dossier(), some_evidence()),
    "hostile overview": lambda: overview_of(a_hostile_dossier()),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    for name, render in PAGES.items():
        (place / f"{name}.html").write_text(render(), encoding="utf-8")
    return place


@pytest.fixture
def open_page(browser, folder):
    """Return a function that opens a page by name; afterwards nothing may have been complained."""
    opened, complaints, fetched = [], [], []

    def opener(name: str, *, language: str = "nl", **context):
        where = browser.new_context(**context)
        opened.append(where)
        page = where.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: fetched.append(request.url))
        page.goto((folder / f"{name}.html").as_uri())
        page.locator(f"#lang-{language}").check()
        return page

    yield opener
    for where in opened:
        where.close()
    assert complaints == []
    assert [url for url in fetched if not url.startswith("file:")] == []


def sees(page, text: str) -> bool:
    return page.get_by_text(text).first.is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_violation(open_page, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(name)
    found = {}
    for language, scheme in product(*SHOWN.get(name, (["nl"], ["light"]))):
        page.locator(f"#lang-{language}").check()
        page.emulate_media(color_scheme=scheme)
        result = axe.run(page, options=VIOLATIONS)
        if result.violations_count:
            found[language, scheme] = result.generate_report()

    assert found == {}


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_on_a_phone_has_no_accessibility_violation_with_all_of_it_open(open_page, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(
        name, language="en", color_scheme="dark", viewport={"width": 390, "height": 800}
    )
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    result = axe.run(page, options=VIOLATIONS)

    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("name", ["run", "overview", "dossier"])
def test_one_language_shows_at_a_time_and_the_page_says_which(open_page, name):
    page = open_page(name, language="en")
    quickscan = "Automatic checks do not replace the Quickscan"

    assert sees(page, quickscan)
    assert not sees(page, "Automatische controles vervangen de Quickscan niet")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("#lang-nl").check()
    assert not sees(page, quickscan)
    assert page.evaluate("document.documentElement.lang") == "nl"


def test_without_javascript_everything_is_there_and_both_languages_can_be_reached(open_page):
    page = open_page("overview", language="en", java_script_enabled=False)

    assert page.locator("table.overview tbody tr:visible").count() == 4
    assert page.locator(".controls").is_hidden()
    assert sees(page, "Registered integrations")
    page.locator("#lang-nl").check()
    assert sees(page, "Geregistreerde koppelingen")


def test_without_javascript_a_failure_can_be_read(open_page):
    page = open_page("run", java_script_enabled=False)

    assert sees(page, "Stuur het aantal uren met een punt")


def test_the_overview_is_filtered_by_status_and_by_words(open_page):
    page = open_page("overview")
    rows = page.locator("table.overview tbody tr:visible")

    page.get_by_role("button", name="1 invoerfout").click()
    assert rows.count() == 1
    assert page.get_by_role("status").inner_text() == "Getoond: 1 / 4"
    page.get_by_role("button", name="1 invoerfout").click()
    page.get_by_label("Zoeken").fill("volledige KOPPELING")
    assert rows.count() == 1


def test_filters_stay_in_the_address_and_come_back_with_it(open_page):
    page = open_page("overview")
    rows = page.locator("table.overview tbody tr:visible")
    page.get_by_role("button", name="AFAS", exact=False).first.click()
    page.get_by_role("button", name="deze week").click()
    page.get_by_label("Zoeken").fill("koppeling")
    address, shown = page.evaluate("location.href"), rows.count()

    assert "who=afas" in address
    assert "week=this" in address
    assert "q=koppeling" in address
    page.reload()
    assert (page.evaluate("location.href"), rows.count()) == (address, shown)
    assert page.get_by_role("button", name="deze week").get_attribute("aria-pressed") == "true"
    assert page.get_by_label("Zoeken").input_value() == "koppeling"
    page.get_by_role("button", name="deze week").click()
    assert "week=" not in page.evaluate("location.href")
    page.evaluate("location.hash = 'status=input_error'")
    page.wait_for_function("document.querySelector('#shown-count').textContent === '1'")
    assert rows.count() == 1


def test_the_overview_is_sorted_with_the_keyboard_and_says_so(open_page):
    page = open_page("overview")
    heading = page.locator("table.overview thead th").first
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    names = page.locator("table.overview tbody th").all_inner_texts()

    assert heading.get_attribute("aria-sort") == "ascending"
    assert names == sorted(names, key=str.casefold)
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"


def test_what_has_no_value_stays_last_when_sorted(open_page):
    page = open_page("overview")
    button = page.get_by_role("columnheader", name="Geldig t/m").get_by_role("button")
    for _ in range(2):
        button.click()
        assert page.locator("table.overview tbody tr").last.get_attribute("data-status") == (
            "input_error"
        )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(open_page, name):
    page = open_page(name, viewport={"width": 375, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert (
        page.evaluate(
            """[...document.querySelectorAll(".scroll:has(table)")]
             .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth)
             .map((each) => each.textContent.slice(0, 60))"""
        )
        == []
    )


@pytest.mark.parametrize("name", ["overview", "dossier", "partner"])
def test_a_table_fits_a_screen_of_1300_pixels(open_page, name):
    page = open_page(name, viewport={"width": 1300, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert (
        page.evaluate(
            """[...document.querySelectorAll(".scroll")]
             .filter((each) => each.scrollWidth > each.clientWidth).length"""
        )
        == 0
    )


def test_column_heads_stand_on_each_printed_page(open_page):
    page = open_page("overview")
    page.emulate_media(media="print")
    style = """(name) => getComputedStyle(document.querySelector("table.overview " + name))"""

    assert page.evaluate(f"({style})('thead').display") == "table-header-group"
    # Chromium keeps room for a repeated head and paints no button in it
    assert page.evaluate(f"({style})('thead th button').display") == "contents"


@pytest.mark.parametrize("name", ["run", "overview", "dossier"])
def test_a_page_prints_to_a4(open_page, name):
    page = open_page(name, color_scheme="dark")
    document = page.pdf(prefer_css_page_size=True)

    assert document.startswith(b"%PDF")
    width, height = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", document).groups()
    assert (round(float(width)), round(float(height))) == (595, 842)  # A4 in points
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm: A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    assert page.locator(".language").is_hidden()


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_the_sheet_for_a_review_is_one_page(open_page, language):
    document = open_page("review", language=language).pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 1


@pytest.mark.parametrize("name", ["hostile run", "hostile dossier", "hostile overview"])
def test_hostile_text_does_nothing(open_page, name):
    page = open_page(name)

    assert page.title() != "taken"
    assert page.locator("main img").count() == 0
    assert page.locator("style").count() == 1
    assert sees(page, "<script>")
