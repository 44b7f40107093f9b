"""What a manifest declares is there in ERP1, or is told as configuration before anything runs."""

import json

import pytest

from support.cli import koppeling
from support.gcn_file import Field, gcn, projects
from support.tiny import scenario, tiny_plugin

READ_OWN = """
rows = globals()["call"](context, "/connectors/Tiny_Projects?FIELDS")["rows"]
return OperationResult(ok=True, output={"rows": rows})
"""
OWN = """  - id: Tiny_Projects
    copy_of: Profit_Projects
    fields: [ProjectId, Description]
"""
OPENAPI = {
    "openapi": "3.0.1",
    "paths": {"/connectors/AcVoorbeeld": {"post": {"summary": "Voorbeeld"}}},
    "components": {
        "schemas": {
            "AcVoorbeeld_POST": {
                "type": "object",
                "properties": {
                    "AcVoorbeeld": {
                        "properties": {
                            "Element": {
                                "properties": {"Fields": {"properties": {"Ds": {"type": "string"}}}}
                            }
                        }
                    }
                },
            }
        }
    },
}


def a_tiny(tmp_path, *, connector=OWN, updates="", query="orderbyfieldids=ProjectId", more=""):
    """Write an integration whose connectors are these, and a scenario for it."""
    folder = tiny_plugin(
        tmp_path / "plugins" / "tiny", body=READ_OWN.replace("FIELDS", query), manifest=more
    )
    path = folder / "koppeling.yaml"
    text = path.read_text().replace(OWN, connector)
    if updates:
        text = text.replace("  - id: PtProject\n    fields: [PrId, Ds]\n", updates)
    path.write_text(text)
    scenario(tmp_path / "scenarios")
    return folder


def told(ran):
    return json.loads(ran.out)["integrations"]


def test_a_get_connector_that_is_defined_in_the_manifest_is_read_under_its_own_names(tmp_path):
    a_tiny(
        tmp_path,
        connector="  - id: Tiny_Projects\n    definition:\n      copy_of: Profit_Realization\n"
        "      joins: [{source: Profit_Projects, alias: project, on: {ProjectId: ProjectId}}]\n"
        "      renamed:\n"
        "        - {id: regel, field: Identity}\n"
        "        - {id: groep, field: project.ProjectGroup}\n"
        "      fixed_filters: [{field: QuantityUnit, operator: '>', value: '0'}]\n",
        query="orderbyfieldids=regel&take=1",
    )
    scenario(
        tmp_path / "scenarios",
        expect="{ok: true, output: {rows: {$each: {regel: {$min: 0}, groep: {$type: string}}}}}",
    )
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)
    assert ran.code == 0, ran.all


@pytest.mark.parametrize("kind", ["yaml", "gcn"])
def test_a_definition_in_a_file_is_served(tmp_path, kind):
    folder = a_tiny(
        tmp_path,
        connector=OWN.replace("fields: [ProjectId, Description]", f"definition: p.{kind}"),
        query="orderbyfieldids=projectcode&take=1",
    )
    (folder / "p.yaml").write_text(
        "schema: koppeling/definition@1\nid: Tiny_Projects\ncopy_of: Profit_Projects\n"
        "renamed: [{id: projectcode, field: ProjectId}, {id: omschrijving, field: Description}]\n"
    )
    (folder / "p.gcn").write_bytes(gcn(projects("Tiny_Projects")))
    scenario(
        tmp_path / "scenarios",
        expect="{ok: true, output: {rows: {$each: {projectcode: {$type: string}}}}}",
    )
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)
    assert ran.code == 0, ran.all


@pytest.mark.parametrize(
    ("connector", "updates", "said", "hint"),
    [
        (
            "  - id: Profit_Project\n    fields: [ProjectId]\n",
            "",
            "ERP1 has no GetConnector `Profit_Project`",
            "Did you mean `Profit_Projects`?",
        ),
        (
            OWN.replace("Profit_Projects", "Profit_Project"),
            "",
            "its source 'Profit_Project' is no GetConnector of ERP1",
            "Did you mean `Profit_Projects`?",
        ),
        (
            OWN.replace("Description", "Descripton"),
            "",
            "ERP1 has no field `Descripton` for `Tiny_Projects` in `Profit_Projects`",
            "Did you mean `Description`?",
        ),
        (
            OWN,
            "  - id: FbSalesPrice\n    fields: [ItCd]\n",
            "ERP1 has no UpdateConnector `FbSalesPrice`",
            "others come in by `imports`, with AFAS's OpenAPI file or a snapshot",
        ),
        (
            OWN,
            "  - id: PtProject\n    fields: [PrIdd, KnBasicAddressAdr.HmNr, PtProject.Ds]\n",
            "ERP1 has no field `PrIdd` in `PtProject`",
            "Did you mean `PrId`?",
        ),
    ],
)
def test_what_erp1_lacks_is_told_before_anything_runs(tmp_path, connector, updates, said, hint):
    folder = a_tiny(tmp_path, connector=connector, updates=updates)
    path = folder / "koppeling.yaml"
    name = "Profit_Project" if "- id: Profit_Project\n" in connector else "Tiny_Projects"
    path.write_text(path.read_text().replace("reads: [Tiny_Projects]", f"reads: [{name}]"))

    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = told(ran)
    assert ran.code == 10
    assert said in record["problem"]
    assert hint in record["problem"]
    assert f"{path.relative_to(tmp_path)}:" in record["problem"]
    assert (record["problem_kind"], record["results"]) == ("missing_connectors", [])
    assert name in record["declared"]

    for command in (("plugins", "check"), ("doctor",)):
        asked = koppeling(*command, cwd=tmp_path)
        assert asked.code == 10
        assert said in asked.all
        assert hint in asked.all


def test_a_neighbour_is_judged_all_the_same(tmp_path):
    a_tiny(tmp_path, connector=OWN.replace("Description", "Nope"))
    tiny_plugin(tmp_path / "plugins" / "ander", name="ander")
    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    found = {each["id"]: each["verdict"]["outcome"] for each in told(ran)}
    assert (ran.code, found) == (12, {"ander": "passed", "tiny": "not_run"})


def test_a_scenario_that_asks_erp1_for_what_is_not_there_is_configuration(tmp_path):
    folder = a_tiny(tmp_path)
    extra = "then:\n  - get: Profit_Projcts\n    expect: {count: 1}\n"
    path = scenario(folder / "scenarios", name="eigen", extra=extra)

    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = told(ran)
    line = path.read_text().splitlines().index("  - get: Profit_Projcts") + 1
    assert (ran.code, record["results"]) == (10, [])
    assert f"eigen.scenario.yaml:{line}:" in record["problem"]
    assert "ERP1 has no GetConnector `Profit_Projcts`" in record["problem"]
    assert "Did you mean `Profit_Projects`?" in record["problem"]

    checked = koppeling("scenarios", "check", folder / "scenarios", cwd=tmp_path)
    assert checked.code == 10
    assert "Did you mean `Profit_Projects`?" in checked.all


@pytest.mark.parametrize("where", ["manifest", "settings"])
def test_a_connector_comes_in_by_imports(tmp_path, where):
    updates = "  - id: AcVoorbeeld\n    fields: [Ds]\n"
    of_manifest = where == "manifest"
    folder = a_tiny(tmp_path, updates=updates, more="imports: [eigen.json]\n" * of_manifest)
    home = folder if of_manifest else tmp_path
    (home / "eigen.json").write_text(json.dumps(OPENAPI))
    if not of_manifest:
        (tmp_path / "koppeling.toml").write_text('[erp1]\nimports = ["eigen.json"]\n')
    insert = "given:\n  - insert: AcVoorbeeld\n    fields: {Ds: x}\n    expect: {status: 201}\n"
    scenario(folder / "scenarios", name="eigen", extra=insert)

    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)
    assert ran.code == 0, ran.all
    assert koppeling("plugins", "check", cwd=tmp_path).code == 0

    (home / "eigen.json").write_text('{"openapi": \n"3.0.1", "paths": [}')
    for command in (("run", "--release", "Profit 8"), ("plugins", "check"), ("doctor",)):
        ran = koppeling(*command, cwd=tmp_path)
        assert ran.code == 10
        assert "eigen.json:2:20: expected JSON: expecting value" in ran.all
        assert "Read are AFAS's OpenAPI files" in ran.all


def test_the_connectors_of_erp1_are_listed_with_their_fields(tmp_path):
    ran = koppeling("erp1", "connectors", cwd=tmp_path)
    assert ran.code == 0
    assert "get     Profit_Projects  Projecten (Profit)" in ran.out
    assert "update  PtProject  Project" in ran.out
    assert "ProjectId" not in ran.out

    one = koppeling("erp1", "connectors", "profit_employees_BASIC", cwd=tmp_path)
    assert "            EmployeeId  string\n" in one.out
    assert "            DateModified  date  (in an own copy only)\n" in one.out

    whole = json.loads(koppeling("erp1", "connectors", "PtProject", "--json", cwd=tmp_path).out)
    assert whole[0]["fields"]["PtProject.PrId"] == "string"

    wrong = koppeling("erp1", "connectors", "Profit_Project", cwd=tmp_path)
    assert (wrong.code, "Did you mean `Profit_Projects`?" in wrong.err) == (10, True)


def test_connectors_of_files_are_listed_too(tmp_path):
    (tmp_path / "own.yaml").write_text(
        "id: _Eigen\ncopy_of: Profit_Projects\nfields: [ProjectId]\n"
    )
    (tmp_path / "p.gcn").write_bytes(gcn(projects()))
    command = ("erp1", "connectors", "--import", "own.yaml", "--import", "p.gcn")
    ran = koppeling(*command, "_eigen", "Voorbeeld_Projecten", cwd=tmp_path)
    assert ran.out.splitlines() == [
        "get     Voorbeeld_Projecten  Voorbeeld_Projecten (eigen)",
        "            projectcode  string",
        "            omschrijving  string",
        "            klant  string",
        "get     _Eigen  _Eigen",
        "            ProjectId  string",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04...", "it is a ZIP"),
        ("<x>é</x>".encode("utf-16"), "expected UTF-8 text, found another byte at position 0"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "1:1: expected JSON"),
        (b"[" * 100_000, "expected JSON: RecursionError"),
        (b"{}", "expected a snapshot with `get` and `update`"),
        (b"\x0c\x20\x01\x00\x11", "the file: byte "),
        (b"", "1:1: expected JSON"),
    ],
)
def test_a_file_that_cannot_be_imported_says_what_was_found_and_what_is_read(
    tmp_path, content, said
):
    (tmp_path / "vreemd.bin").write_bytes(content)
    ran = koppeling("erp1", "import", "vreemd.bin", cwd=tmp_path)
    assert ran.code == 10
    assert "vreemd.bin" in ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_an_export_of_what_erp1_has_nothing_of_is_told_and_can_be_there_without_rows(tmp_path):
    export = projects("Tiny_Projects")
    export.fields.append(Field("U009", "planning", "Xyz", "XxXx", "Prj.PtXyz"))
    folder = a_tiny(
        tmp_path, connector=OWN.replace("fields: [ProjectId, Description]", "definition: p.gcn")
    )
    (folder / "p.gcn").write_bytes(gcn(export))
    ran = koppeling("plugins", "check", cwd=tmp_path)
    assert ran.code == 10
    assert "ERP1 has nothing for `planning` of `Tiny_Projects` (PtXyz.XxXx of Profit)" in ran.all
    assert "name the export under `imports` instead" in ran.all

    path = folder / "koppeling.yaml"
    text = path.read_text().replace("    copy_of: Profit_Projects\n", "")
    text = text.replace("definition: p.gcn", "fields: [projectcode, planning]")
    path.write_text(text + "imports: [p.gcn]\n")
    (folder / "koppeling_plugin.py").write_text(
        (folder / "koppeling_plugin.py").read_text().replace("ProjectId", "projectcode")
    )
    scenario(tmp_path / "scenarios", expect="{ok: true, output: {rows: []}}")
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)
    assert ran.code == 0, ran.all


@pytest.mark.parametrize(
    ("view", "what"),
    [
        ({"Grouping": "1"}, "aggregated rows"),
        ({"FilterData": "D1@D1@IX"}, "a filter, whose form in the export is not known"),
        ({"Distinct": 1}, "equal rows as one"),
    ],
)
def test_what_an_export_does_and_erp1_does_not_is_told(tmp_path, view, what):
    export = projects("Tiny_Projects")
    export.view = view
    folder = a_tiny(
        tmp_path, connector=OWN.replace("fields: [ProjectId, Description]", "definition: p.gcn")
    )
    (folder / "p.gcn").write_bytes(gcn(export))
    ran = koppeling("plugins", "check", cwd=tmp_path)
    assert (ran.code, f"the export of `Tiny_Projects` has {what}" in ran.all) == (10, True)
