"""What ends, per date, and which integrations use it: `koppeling updates deadlines`."""

import json

import jsonschema

from support.cli import koppeling
from support.tiny import tiny_project

HEAD = "specification\tsection\tdescription\tconnector\toperations\n"
REMOVED = "".join(
    f"Projecten\tbreaking\tremoved the request property 'PtProject/Element/Fields/{name}'"
    "\tPtProject\tPOST, PUT\n"
    for name in ("Ds", "Zz")
)


def project(folder, settings=""):
    made = tiny_project(folder)
    (made / "koppeling.toml").write_text(settings, encoding="utf-8")
    (made / "profit-9.tsv").write_text(HEAD + REMOVED, encoding="utf-8")
    return made


def told(folder, *options):
    ran = koppeling("updates", "deadlines", "--json", *options, cwd=folder)
    assert ran.code == 0, ran.err
    return ran.json()


def of(found, code):
    return [each for each in found["deadlines"] if each["code"] == code]


def test_what_a_table_takes_away_ends_on_the_roll_out_of_its_release(tmp_path):
    here = project(tmp_path, '[releases.rollout]\n"Profit 9" = 2026-12-14\n')

    found = told(here, "--changes", "profit-9.tsv", "--release", "Profit 9")

    [one] = of(found, "removed:Profit 9:PtProject.Ds")
    assert (one["date"], one["fix_by"]) == ("2026-12-14", "2026-12-13")
    assert [each["integration"] for each in one["integrations"]] == ["tiny"]
    assert of(found, "removed:Profit 9:PtProject.Zz") == []  # nobody uses it


def test_a_release_whose_day_is_not_known_is_told_without_one(tmp_path):
    here = project(tmp_path)

    found = told(here, "--changes", "profit-9.tsv", "--release", "Profit 9")

    [one] = of(found, "removed:Profit 9:PtProject.Ds")
    assert (one["date"], one["level"]) == (None, "information")
    text = koppeling(
        "updates", "deadlines", "--changes", "profit-9.tsv", "--release", "Profit 9", cwd=here
    ).out
    assert "will stop on a day that is not known yet (Profit 9 does not have it any more)" in text


def test_the_tables_of_the_settings_count_for_a_run_and_for_its_status_too(tmp_path):
    settings = (
        '[releases]\nchanges = {"Profit 9" = "profit-9.tsv"}\nrollout = {"Profit 9" = 2027-02-01}\n'
    )
    here = project(tmp_path, settings)

    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=here)

    [integration] = json.loads(ran.out)["integrations"]
    ends = {each["code"]: each for each in integration["ends"]}
    assert set(ends) == {"removed:Profit 9:PtProject.Ds", "classic-token"}
    assert ends["removed:Profit 9:PtProject.Ds"]["stops"] == "2027-02-01"
    assert ends["classic-token"]["level"] == "information"
    assert integration["results"][0]["signed_in"] == ["afastoken"]

    found = told(here)
    [first, last] = of(found, "classic-token")
    assert (first["date"], last["date"]) == ("2027-05-01", "2027-09-01")
    assert [each["integration"] for each in first["integrations"]] == ["tiny"]
    assert first["integrations"][0]["seen"].startswith("run ")
    assert found["not_seen"] == []


def test_its_json_is_as_its_schema_says_and_names_what_could_not_be_read(tmp_path):
    here = project(tmp_path)
    broken = here / "plugins" / "broken"
    broken.mkdir(parents=True)
    (broken / "koppeling.yaml").write_text("id: [", encoding="utf-8")

    found = told(here, "--changes", "profit-9.tsv", "--release", "Profit 9")

    schema = koppeling("schema", "deadlines", cwd=here).json()
    jsonschema.validate(found, schema, format_checker=jsonschema.FormatChecker())
    assert [each["where"].endswith("broken") for each in found["set_aside"]] == [True]


def test_rows_of_a_table_that_were_not_understood_are_not_passed_by(tmp_path):
    here = project(tmp_path)
    with (here / "profit-9.tsv").open("a", encoding="utf-8") as table:
        table.write("Projecten\tbreaking\tPtProject verliest het veld Ds\tPtProject\tPUT\n")

    found = told(here, "--changes", "profit-9.tsv", "--release", "Profit 9")

    [unknown] = found["not_understood"]
    assert unknown.startswith(
        "profit-9.tsv: 1 row was not understood, the first at profit-9.tsv:4;"
    )


def test_without_a_run_how_it_signs_in_is_said_to_be_unseen(tmp_path):
    found = told(project(tmp_path))

    assert found["not_seen"] == ["tiny"]
    assert all(each["integrations"] == [] for each in of(found, "classic-token"))


def test_a_header_that_ends_is_seen_in_the_program_and_not_in_its_pages(tmp_path):
    here = project(tmp_path)
    [manifest] = here.rglob("koppeling.yaml")
    (manifest.parent / "README.md").write_text("It reads X-PROFIT-ERROR.\n", encoding="utf-8")
    assert of(told(here), "x-profit-error")[0]["integrations"] == []

    (manifest.parent / "extra.py").write_text('NAME = "X-Profit-Error"\n', encoding="utf-8")

    [one] = of(told(here), "x-profit-error")
    assert one["level"] == "warning"
    assert [each["of"] for each in one["integrations"]] == ["extra.py"]


def test_a_table_needs_its_release(tmp_path):
    ran = koppeling("updates", "deadlines", "--changes", "profit-9.tsv", cwd=project(tmp_path))

    assert ran.code == 4
    assert "expected --changes FILE and --release LABEL together" in ran.err
