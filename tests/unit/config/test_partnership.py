"""Files about partners in the reviewers' folder."""

from koppeling_harness.config.partnership import load_partnerships
from support.registrations import day

FILE = """schema: koppeling/partner@1
subscription: "12345"
name: Voorbeeld B.V.
runs: {started: 2023-01-01}
contacts: [{name: A. Jansen, role: Partnercommunicatie}]
conduct: {version: "2025", agreed: 2025-02-01}
invoices: [{number: F1, open_since: 2026-10-01, reminders: [2026-10-15]}]
talks:
  - date: 2026-03-02
    by: M. de Wit
    agreed: [{what: Documentatie bijwerken, who: partner, due: 2026-12-01}]
"""
TODAY = day("2026-11-23")


def loaded(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.with_name(f"{path.name}.partner.yaml").write_text(text, encoding="utf-8")
    return load_partnerships(folder, today=TODAY)


def test_a_partner_is_read_wherever_its_file_lies_in_the_folder(tmp_path):
    found = loaded(tmp_path, sub__12345=FILE)

    assert found.problems == ()
    assert found.by_subscription["12345"].talks[0].agreed[0].due == day("2026-12-01")


def test_a_file_with_problems_counts_as_none_and_all_of_them_are_told(tmp_path):
    later = FILE.replace("open_since: 2026-10-01", "open_since: 2027-10-01")
    found = loaded(tmp_path, **{"99": later, "7": FILE.replace("name:", "naam:")})
    told = "\n".join(each.render() for each in found.problems)

    assert found.by_subscription == {}
    assert "99.partner.yaml: expected the name 12345.partner.yaml" in told
    assert "99.partner.yaml:7:37: found 2027-10-01, expected a day up to today" in told
    assert "unknown key `naam`" in told


def test_one_partner_has_one_file(tmp_path):
    found = loaded(tmp_path, **{"12345": FILE, "sub__12345": FILE})

    assert [each.message for each in found.problems] == ["subscription 12345 has a file already"]


def test_without_a_reviewers_folder_nothing_is_kept_of_partners(tmp_path):
    assert load_partnerships(None, today=TODAY).by_subscription == {}
