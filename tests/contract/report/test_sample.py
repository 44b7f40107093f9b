"""`reports/sample/` is what the samples give today; rebuilt here when it is not."""

import posixpath
import re
import sys
from pathlib import Path

import pytest

from koppeling_harness.report.texts import Language
from koppeling_harness.store.files import write_files
from koppeling_harness.workflow.review.past import past_of
from koppeling_harness.workflow.review.publish import render_site
from koppeling_harness.workflow.review.status import StatusRequest, judge_registrations
from support.clock import FixedClock
from support.registrations import day

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "reports" / "sample"
SAMPLES = Path("docs/samples")


NOW = FixedClock("2026-11-23T11:00:00Z")


@pytest.fixture
def rendered(monkeypatch):
    monkeypatch.chdir(ROOT)  # the pages name files as they are given
    if not SAMPLES.is_dir():
        pytest.skip("docs/samples is not here")
    request = StatusRequest(
        paths=(SAMPLES / "registrations",),
        runs=SAMPLES / "runs",
        as_of=day("2026-11-23"),
        folder=SAMPLES,
    )
    judged = judge_registrations(request, clock=NOW)
    return render_site(judged, past_of(judged), clock=NOW, language=Language.NL)


@pytest.mark.skipif(sys.platform == "win32", reason="file names are written with / there")
def test_the_sample_is_what_the_samples_give(rendered):
    stored = {
        each.relative_to(SAMPLE).as_posix(): each.read_bytes()
        for each in SAMPLE.rglob("*")
        if each.is_file()
    }
    if stored != rendered:
        for name in stored.keys() - rendered.keys():
            (SAMPLE / name).unlink()
        write_files(SAMPLE, rendered)
        pytest.fail("reports/sample was out of date and has been rebuilt; look at it, commit it")


def test_every_page_is_smaller_than_a_mebibyte(rendered):
    assert max(len(content) for content in rendered.values()) < 2**20


def test_every_link_leads_to_a_page_and_a_place_on_it(rendered):
    broken = []
    for name, content in rendered.items():
        for link in re.findall(r'href="([^"#][^"]*\.html[^"]*)"', content.decode()):
            page, _, place = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), page))
            there = rendered.get(target, b"").decode()
            if not there or (place and f'id="{place}"' not in there):
                broken.append((name, link))

    assert broken == []
    assert "partners/" in rendered["index.html"].decode()
