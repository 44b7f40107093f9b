"""Every text of pages and rules is there in Dutch and in English, and each is in its language."""

import ast
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import koppeling_harness
from koppeling_harness.report.recheck_page import render_recheck_page
from koppeling_harness.report.run_page import render_run_page
from koppeling_harness.rules.catalogue import RULES, source_in_words
from support.dossiers import a_dossier, a_full_dossier, overview_of, page_of, some_evidence
from support.listings import listing_page
from support.partnerships import partner_page, review_page
from support.rechecks import a_recheck, a_scenario
from support.records import every_outcome

SOURCE = Path(koppeling_harness.__file__).parent
ENGLISH = frozenset(
    """the and with from this that which has have not expected found should must are were been than
    without between your its they there while reading harness failed passed""".split()  # noqa: SIM905
)
DUTCH = frozenset(
    "de het een niet naar wordt met voor zijn zij deze uit maar ook geen door heeft".split()  # noqa: SIM905
)
_LEFT_OUT = re.compile(r"`[^`]*`|'[^']*'|\{[^{}]*\}|<[^<>]*>|\b\S+[./_]\S+|koppeling-harness")
"""What is code, a blank, markup, or a name."""
POINT = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
"""A decimal point; versions have two."""
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def literals(path):
    """Yield every pair of Dutch and English that a module writes out, with its line."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        pair = {
            "said": call.args[:2],
            "_rule": call.args[1:3],
            "Text": [each.value for each in call.keywords if each.arg in {"nl", "en"}],
        }.get(name, [])
        texts = [each.value for each in pair if isinstance(each, ast.Constant)]
        if len(texts) == 2:
            yield call.lineno, *texts, {each.arg for each in call.keywords}


def blanks(text):
    return set(re.findall(r"\{(\w+)", text))


def words(text):
    return set(re.findall(r"[a-zA-Zé]+", _LEFT_OUT.sub(" ", text).lower()))


def objections(dutch, english):
    found = words(dutch) & ENGLISH | words(english) & DUTCH
    return [*sorted(found), *([] if bool(dutch.strip()) == bool(english.strip()) else ["nothing"])]


@pytest.mark.parametrize("package", ["report", "rules"])
def test_every_sentence_of_a_package_is_in_both_languages_and_takes_what_it_is_given(package):
    wrong = []
    for path in sorted((SOURCE / package).glob("*.py")):
        for line, dutch, english, given in literals(path):
            if (blanks(dutch) ^ blanks(english)) - given:
                wrong.append((path.name, line, dutch))
            wrong += [(path.name, line, each) for each in objections(dutch, english)]

    assert wrong == []


@pytest.mark.parametrize("name", ["texts.json", "letters.json"])
def test_every_text_of_a_catalogue_is_in_its_language(name):
    def pairs(node, at=""):
        if isinstance(node, dict):
            if isinstance(node.get("nl"), str):
                yield at, node["nl"], node["en"]
            for key, each in node.items():
                yield from pairs(each, f"{at}.{key}")

    known = json.loads((SOURCE / "report" / name).read_text(encoding="utf-8"))
    found = list(pairs(known))

    assert len(found) > 10
    assert {at: objections(nl, en) for at, nl, en in found if objections(nl, en)} == {}


class Reader(HTMLParser):
    """What a page shows in one language, without code and what others wrote."""

    VOID = frozenset({"meta", "input", "br", "rect", "line", "circle", "link"})

    def __init__(self, language):
        super().__init__()
        self.language, self.open, self.shown = language, [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        is_other = tag != "html" and given.get("lang", self.language) != self.language
        is_others = "keep" in (given.get("class") or "").split()
        hides = is_other or is_others or tag in {"style", "script", "code", "pre", "title"}
        if tag not in self.VOID:
            self.open.append((tag, hides))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(hides for _, hides in self.open):
            self.shown.append(data)


PAGES = {
    "overview": lambda: overview_of(a_dossier(), a_full_dossier()),
    "dossier": lambda: page_of(a_full_dossier(), some_evidence()),
    "partner": partner_page,
    "review": review_page,
    "listing": listing_page,
    "run": lambda: render_run_page(
        every_outcome(), dossiers=[a_dossier(integration="urenportaal")]
    ),
    "recheck": lambda: render_recheck_page(a_recheck(a_scenario())),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_dutch_page_has_no_english_no_decimal_point_and_no_day_in_figures(name):
    reader = Reader("nl")
    reader.feed(PAGES[name]())
    shown = [each for each in reader.shown if each.strip()]
    wrong = [
        each.strip()
        for each in shown
        if words(each) & ENGLISH or POINT.search(each) or ISO_DAY.search(each)
    ]

    assert len(shown) > 20
    assert wrong == []


def test_what_is_our_own_reading_is_said_so_in_dutch():
    sources = [source_in_words(each.source) for each in RULES.values()]

    assert any("uitleg van dit project" in each.nl for each in sources)
    assert not any("reading" in each.nl or "harness" in each.en for each in sources)
