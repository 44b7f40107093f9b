"""`koppeling registration assign|signal|plan`: what AFAS keeps beside a registration."""

from support.cli import koppeling
from support.registrations import REGISTRATION

SIGNALS = "signals:\n  - {date: 2026-10-03, kind: other, text: Klacht}\n"


def test_afas_records_who_handles_it_how_a_signal_goes_on_and_plans(tmp_path):
    path = tmp_path / "voorbeeld.yaml"
    text = REGISTRATION.replace("signals: []\n", "").replace("decisions: []\n", "")
    path.write_text(text + SIGNALS, encoding="utf-8")

    refused = koppeling("registration", "assign", path, "--to", "A", cwd=tmp_path)
    assert refused.code == 10
    assert "koppeling registration split" in refused.err

    beside = tmp_path / "voorbeeld.decisions.yaml"
    beside.write_text("schema: koppeling/decisions@1\nof: voorbeeld\n", encoding="utf-8")
    heard = ("registration", "signal", path, "heard", "--of", "2026-10-03", "--by", "M. de Wit")
    plan = ("--owner", "Bouw", "--due", "2026-12-10", "--step", "herstellen", "--step", "draaien")
    for arguments in (
        ("registration", "assign", path, "--to", "M. de Wit", "--seen-until", "2026-11-20"),
        (*heard, "--side", "partner", "--date", "2026-10-05"),
        ("registration", "plan", path, "Q1", *plan),
    ):
        ran = koppeling(*arguments, cwd=tmp_path)
        assert ran.code == 0, ran.err
    told = beside.read_text("utf-8")
    assert 'assignee: "M. de Wit"\nseen_until: 2026-11-20\n' in told
    assert "{signal: 2026-10-03, date: 2026-10-05, step: heard, side: partner, by: " in told
    assert "{for: Q1, owner: Bouw, steps: [herstellen, draaien], due: 2026-12-10}" in told

    for arguments, wrong in (
        (heard, "`side` (reporter or partner) belongs to `heard`"),
        (("registration", "plan", path, "Q9", *plan), "found Q9, expected an assessment"),
    ):
        ran = koppeling(*arguments, cwd=tmp_path)
        assert ran.code == 10
        assert wrong in ran.err
    assert beside.read_text("utf-8") == told
