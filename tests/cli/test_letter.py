"""`koppeling letter`: drafts that nobody sent, and the fact that one was sent."""

from koppeling_harness.config.registration import load_registration
from koppeling_harness.rules.contract import ending
from support.cli import koppeling
from support.registrations import REGISTRATION, day

DECIDED = """\
schema: koppeling/decisions@1
of: voorbeeld
decisions:
  - {date: 2026-10-01, by: M. de Wit, decision: give_notice, reason: Geen geldige beoordeling}
"""


def test_a_notice_is_drafted_recorded_and_runs_from_the_day_it_was_sent(tmp_path):
    path = tmp_path / "voorbeeld.yaml"
    path.write_text(REGISTRATION.replace("decisions: []\n", ""), encoding="utf-8")

    refused = koppeling("letter", path, "notice", "--sent", "2026-10-12", "--by", "A", cwd=tmp_path)
    assert refused.code == 10
    assert "koppeling registration split" in refused.err

    beside = tmp_path / "voorbeeld.decisions.yaml"
    beside.write_text(DECIDED, encoding="utf-8")
    ran = koppeling("letter", path, "notice", cwd=tmp_path)
    assert ran.code == 0, ran.err
    drafts = sorted(each.name.split(".", 2)[2] for each in (tmp_path / "reports/letters").iterdir())
    assert drafts == ["notice.en.eml", "notice.en.md", "notice.nl.eml", "notice.nl.md"]
    assert "nothing was sent" in ran.out
    assert ending(load_registration(path), as_of=day("2026-11-01")).end == day("2027-10-01")

    later = koppeling("letter", path, "notice", "--sent", "2099-01-01", "--by", "A", cwd=tmp_path)
    assert later.code == 4
    sent = koppeling("letter", path, "notice", "--sent", "2026-10-12", "--by", "A", cwd=tmp_path)
    assert sent.code == 0, sent.err
    assert "letters:\n  - {date: 2026-10-12, kind: notice, by: A}" in beside.read_text("utf-8")
    assert ending(load_registration(path), as_of=day("2026-11-01")).end == day("2027-10-12")

    koppeling("report", path, "--as-of", "2026-11-23", "--out", "site", cwd=tmp_path)
    page = (tmp_path / "site" / "dossiers" / "voorbeeld.html").read_text(encoding="utf-8")
    assert "opzegbrief" in page


def test_a_token_in_a_registration_comes_into_no_letter(tmp_path):
    data = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"
    token = f"<token><version>1</version><data>{data}</data></token>"
    path = tmp_path / "voorbeeld.yaml"
    path.write_text(REGISTRATION.replace("nl: ", f"nl: {token} ", 1), encoding="utf-8")

    ran = koppeling("letter", path, "notice", "--reason", "x", cwd=tmp_path)

    assert ran.code == 14
    assert "found a token in" in ran.err
    assert data not in ran.err
    assert not (tmp_path / "reports").exists()


def test_an_immediate_end_without_substantiation_is_not_drafted(tmp_path):
    path = tmp_path / "voorbeeld.yaml"
    path.write_text(REGISTRATION, encoding="utf-8")

    ran = koppeling("letter", path, "immediate-end", cwd=tmp_path)

    assert ran.code == 10
    assert "substantiation" in ran.err
    assert not (tmp_path / "reports").exists()
