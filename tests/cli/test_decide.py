"""`koppeling decide`: what is recorded, what the status becomes, and what a partner is given."""

import json
from datetime import UTC, datetime

import pytest

from koppeling_harness.config.decisions import decisions_path
from koppeling_harness.config.folders import is_a_partners
from koppeling_harness.config.registration import load_registration
from koppeling_harness.document import read_yaml
from koppeling_harness.errors import DocumentError
from koppeling_harness.workflow.run.waivers import granted_waivers
from support.cli import koppeling
from support.registrations import REGISTRATION

WAIVERS = """\
waivers:   # granted by AFAS
  # until the new app is there
  - {id: W1, scenario: writing.lost-answer, releases: ["Profit 8"], reason: Komt, owner: Bouw,
     approved_by: M. de Wit, until: 2027-01-31}
  - {id: W0, scenario: writing.lost-answer, releases: ["Profit 8"], reason: Was, owner: Bouw,
     approved_by: M. de Wit, until: 2026-01-31}
signals: []
"""
ENDED = """\
  - {date: 2026-10-01, by: M. de Wit, decision: terminate_immediately, reason: Niet betaald}
"""
BY = ("--by", "M. de Wit", "--reason", "Op verzoek")


def read(text):
    return read_yaml(text, name="text").data


def decided(lines):
    return REGISTRATION.replace("decisions: []\n", "") + "decisions:\n" + lines


def registered(folder, text=REGISTRATION):
    path = folder / "voorbeeld.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_decision_says_what_the_status_becomes(tmp_path):
    path = registered(tmp_path)

    ran = koppeling("decide", path, "give_notice", *BY, "--date", "2026-11-02", cwd=tmp_path)

    assert ran.code == 0
    assert "recorded give_notice of 2026-11-02 by M. de Wit" in ran.out
    assert "status: attention -> notice running" in ran.out


def test_a_dry_run_says_so_and_writes_nothing(tmp_path):
    path = registered(tmp_path)

    ran = koppeling("decide", path, "give_notice", *BY, "--dry-run", cwd=tmp_path)

    assert "would record give_notice" in ran.out
    assert "-> notice running" in ran.out
    assert path.read_text(encoding="utf-8") == REGISTRATION


def test_a_decision_that_leaves_something_to_be_done_says_what(tmp_path):
    path = registered(tmp_path)

    ran = koppeling("decide", path, "remove_listing", *BY, "--date", "2026-11-02", cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert "still to do" not in ran.out
    text = path.read_text(encoding="utf-8")
    assert "listing: {partner_site: false, help_center: false}\n" in text
    assert text.count("listing:") == 1

    back = koppeling("decide", path, "restore_listing", *BY, "--date", "2026-11-03", cwd=tmp_path)

    assert back.code == 0, back.err
    assert load_registration(path).listing.partner_site


def test_a_decision_about_the_listing_stands_with_afas_word_where_that_has_a_file(tmp_path):
    path = registered(tmp_path)
    koppeling("registration", "split", path, cwd=tmp_path)
    stated = path.read_text(encoding="utf-8")

    ran = koppeling("decide", path, "remove_listing", *BY, "--date", "2026-11-02", cwd=tmp_path)

    assert ran.code == 0, ran.err
    assert path.read_text(encoding="utf-8") == stated
    assert "listing: {partner_site: false" in decisions_path(path).read_text(encoding="utf-8")
    assert not load_registration(path).listing.help_center


def test_a_decision_beside_a_manifest_is_called_without_effect(tmp_path):
    path = registered(tmp_path)
    (tmp_path / "koppeling.yaml").write_text("", encoding="utf-8")

    ran = koppeling("decide", path, "give_notice", *BY, cwd=tmp_path)

    assert "without effect" in ran.out
    assert "->" not in ran.out


def test_a_decision_is_recorded_where_it_stands_whichever_file_is_named(tmp_path):
    path = registered(tmp_path)
    koppeling("registration", "split", path, cwd=tmp_path)

    ran = koppeling("decide", decisions_path(path), "give_notice", *BY, cwd=tmp_path)

    assert (ran.code, "-> notice running" in ran.out) == (0, True)
    assert "give_notice" in decisions_path(path).read_text(encoding="utf-8")


def test_what_is_missing_is_asked_for(tmp_path):
    path = registered(tmp_path)

    assert koppeling("decide", path, "give_notice", cwd=tmp_path).code == 4
    assert koppeling("decide", cwd=tmp_path).code == 4


def test_a_registration_is_split_into_two_that_say_the_same(tmp_path):
    text = REGISTRATION + WAIVERS
    path = registered(tmp_path, text)
    before = load_registration(path)

    ran = koppeling("registration", "split", path, cwd=tmp_path)

    assert ran.code == 0
    assert load_registration(path) == before
    stated = path.read_text(encoding="utf-8")
    decided = decisions_path(path).read_text(encoding="utf-8")
    assert "waivers" not in stated
    assert "signals: []" in stated
    assert "# until the new app is there" in decided
    assert read(decided)["of"] == "voorbeeld"


def test_one_in_braces_is_split_too(tmp_path):
    path = registered(tmp_path, json.dumps(read(REGISTRATION)))
    before = load_registration(path)

    assert koppeling("registration", "split", path, cwd=tmp_path).code == 0
    assert load_registration(path) == before


def test_a_decision_goes_where_decisions_stand(tmp_path):
    path = registered(tmp_path)
    koppeling("registration", "split", path, cwd=tmp_path)
    stated = path.read_text(encoding="utf-8")

    koppeling("decide", path, "give_notice", *BY, "--date", "2026-11-02", cwd=tmp_path)

    assert path.read_text(encoding="utf-8") == stated
    assert "\n  - {date: 2026-11-02" in decisions_path(path).read_text(encoding="utf-8")


def test_decisions_in_both_files_are_told(tmp_path):
    path = registered(tmp_path)
    koppeling("registration", "split", path, cwd=tmp_path)
    path.write_text(REGISTRATION + WAIVERS, encoding="utf-8")

    ran = koppeling("registration", "check", path, cwd=tmp_path)

    assert ran.code == 10
    assert "stand in the partner's file" in ran.err


def test_a_partner_is_given_the_waivers_that_hold(tmp_path):
    path = registered(tmp_path, REGISTRATION + WAIVERS)

    ran = koppeling("decide", "--extract", path, cwd=tmp_path)

    given = read(ran.out)
    assert (given["of"], given["integration"]) == ("voorbeeld", "voorbeeld")
    assert [each["id"] for each in given["waivers"]] == ["W1"]


def test_only_what_stands_in_the_reviewers_folder_is_recorded(tmp_path):
    path = registered(tmp_path)

    def basis():
        return koppeling("status", path, "--json", cwd=tmp_path).json()[0]["basis"]

    assert basis() == "stated"
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "."\n', encoding="utf-8")
    assert basis() == "recorded"
    (tmp_path / "koppeling.yaml").write_text("", encoding="utf-8")
    assert basis() == "stated"


def test_settings_beside_a_manifest_set_nothing_of_afas(tmp_path):
    path = registered(tmp_path, REGISTRATION.replace("Computest", "Mijn neef"))
    (tmp_path / "koppeling.toml").write_text(
        '[programme]\nrecognised_assessors = ["Mijn neef"]\n', encoding="utf-8"
    )

    def seen():
        ran = koppeling("status", path, "--json", cwd=tmp_path)
        return ran.json()[0]["security"]["colour"], "`programme` is AFAS's to set" in ran.err

    assert seen() == ("groen", False)
    (tmp_path / "koppeling.yaml").write_text("", encoding="utf-8")
    assert seen() == (None, True)


def effect_of(path, folder):
    (status,) = koppeling("status", path, "--json", cwd=folder).json()
    without_effect = any(each["code"] == "OWN-DECISIONS" for each in status["flags"])
    return status["basis"], status["status"], without_effect


def test_words_below_a_manifest_have_as_little_effect_as_beside_it(tmp_path):
    plugin = tmp_path / "plugin"
    deep = plugin / "docs" / "afas"
    deep.mkdir(parents=True)
    path = registered(deep, decided(ENDED))
    assert effect_of(path, tmp_path) == ("stated", "terminated", False)

    (plugin / "koppeling.yaml").write_text("id: voorbeeld\n", encoding="utf-8")

    assert effect_of(path, tmp_path) == ("stated", "attention", True)


def test_a_link_makes_no_partners_word_afass(tmp_path):
    plugin = tmp_path / "plugin"
    folder = tmp_path / "afas"
    plugin.mkdir()
    folder.mkdir()
    (plugin / "koppeling.yaml").write_text("id: voorbeeld\n", encoding="utf-8")
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "afas"\n', encoding="utf-8")
    link = folder / "voorbeeld.yaml"
    try:
        link.symlink_to(registered(plugin, decided(ENDED)))
    except OSError:
        pytest.skip("this system lets nobody make a link")

    assert effect_of(link, tmp_path) == ("stated", "attention", True)


def test_a_manifest_above_the_reviewers_folder_takes_nothing_from_it(tmp_path):
    project = tmp_path / "project"
    folder = project / "afas"
    folder.mkdir(parents=True)
    (tmp_path / "koppeling.yaml").write_text("id: iets\n", encoding="utf-8")
    path = registered(folder, decided(ENDED))
    (folder / "koppeling.yaml").write_text("id: voorbeeld\n", encoding="utf-8")
    review = project / "afas"

    assert is_a_partners(path, review=review)
    (folder / "koppeling.yaml").unlink()
    assert not is_a_partners(path, review=review)
    assert is_a_partners(path)


def test_another_integration_than_the_manifest_beside_it_is_told(tmp_path):
    path = registered(tmp_path)
    manifest = tmp_path / "koppeling.yaml"
    manifest.write_text("id: voorbeeld\n", encoding="utf-8")
    assert koppeling("registration", "check", path, cwd=tmp_path).code == 0

    manifest.write_text("id: vorbeeld\n", encoding="utf-8")

    checked = koppeling("registration", "check", path, cwd=tmp_path)
    judged = koppeling("status", path, cwd=tmp_path)
    edited = koppeling("decide", path, "annual_review", *BY, cwd=tmp_path)
    for ran in (checked, edited):
        assert (ran.code, "the manifest beside it is of vorbeeld" in ran.err) == (10, True)
    assert (judged.code, "the manifest beside it is of vorbeeld" in judged.out) == (10, True)


def test_a_run_takes_no_waiver_that_may_not_be_from_the_reviewers_folder(tmp_path):
    registered(tmp_path, REGISTRATION + WAIVERS)
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "."\n', encoding="utf-8")

    def granted():
        now = datetime(2026, 11, 30, 12, tzinfo=UTC)
        return granted_waivers((), ("voorbeeld",), folder=tmp_path, now=now)

    assert [each.id for each in granted()["voorbeeld"]] == ["W1", "W0"]
    registered(tmp_path, REGISTRATION + WAIVERS.replace("2027-01-31", "2099-01-31"))
    with pytest.raises(DocumentError, match="at most 12 months"):
        granted()


def test_errata_count_only_in_the_reviewers_folder(tmp_path):
    path = registered(tmp_path)
    (tmp_path / "errata.yaml").write_text(
        "schema: koppeling/errata@1\nerrata:\n  - {id: E1, scenario: reading.paging, "
        "versions: ['0.1.0'], reason: Fout, by: M. de Wit, until: 2099-12-31}\n",
        encoding="utf-8",
    )

    def flags():
        (status,) = koppeling("status", path, "--json", cwd=tmp_path).json()
        return {each["code"] for each in status["flags"]}

    assert "KNOWN-ERRATUM" not in flags()
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "."\n', encoding="utf-8")
    assert "KNOWN-ERRATUM" in flags()


def test_two_files_of_one_integration_are_told_unless_the_first_has_ended(tmp_path):
    path = registered(tmp_path)
    other = tmp_path / "z-ander.yaml"
    text = REGISTRATION.replace("registration: voorbeeld", "registration: ander")
    other.write_text(text, encoding="utf-8")

    checked = koppeling("registration", "check", path, other, cwd=tmp_path)
    assert checked.code == 10
    assert "integration_id 12345_678900 stands in" in checked.err
    judged = koppeling("status", path, other, "--json", cwd=tmp_path).json()
    assert [each["status"] for each in judged] == ["attention", "input_error"]

    end = ("terminate_immediately", *BY, "--date", "2026-11-02")
    koppeling("decide", path, *end, cwd=tmp_path)
    assert koppeling("registration", "check", path, other, cwd=tmp_path).code == 0
