"""`koppeling auditor`: the ids of AFAS's checks, never the text of the report."""

from koppeling_harness.config.decisions import decisions_path
from support.cli import koppeling
from support.registrations import REGISTRATION

REPORT = """\
# AppConnector Auditor
| STRUCT-28 | Naam begint met Profit_ | GEHEIM-VAN-DE-PARTNER |
| PERF-32 | Veel velden | |
| DATA-24 | Vrij veld | |
"""


def test_a_report_is_taken_in_by_its_ids_and_stands_in_the_checklist(tmp_path):
    path = tmp_path / "voorbeeld.yaml"
    path.write_text(REGISTRATION, encoding="utf-8")
    report = tmp_path / "auditor.md"
    report.write_text(REPORT, encoding="utf-8")

    without = koppeling("auditor", path, report, cwd=tmp_path)
    assert without.code == 10
    assert "koppeling registration split" in without.err
    koppeling("registration", "split", path, cwd=tmp_path)
    strange = koppeling("auditor", path, report, "--justified", "STRUCT-28", cwd=tmp_path)
    assert strange.code == 4

    ran = koppeling(
        "auditor", path, report, "--justified", "PERF-32", "--date", "2026-11-02", cwd=tmp_path
    )

    assert ran.code == 0, ran.err
    assert "orange: DATA-24, PERF-32; not justified: DATA-24" in ran.out
    text = decisions_path(path).read_text(encoding="utf-8")
    assert "auditor: {date: 2026-11-02, red: 1, orange: 2, justified: [PERF-32]}\n" in text
    assert "GEHEIM" not in text
    again = koppeling("auditor", path, report, "--date", "2026-11-03", cwd=tmp_path)
    assert again.code == 0, again.err
    assert decisions_path(path).read_text(encoding="utf-8").count("auditor:") == 1
    koppeling("report", path, "--as-of", "2026-11-23", "--out", "site", cwd=tmp_path)
    page = (tmp_path / "site" / "dossiers" / "voorbeeld.html").read_text(encoding="utf-8")
    assert "AppConnector Auditor: 1 rood" in page
