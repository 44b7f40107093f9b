"""What a manifest says of a GetConnector may stand in a file of its folder, and nowhere else."""

import pytest

from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.errors import DocumentError
from support.gcn_file import gcn, projects
from support.plugins import MANIFEST

BY_HAND = """\
schema: koppeling/definition@1
id: Voorbeeld_Projecten
copy_of: Profit_Projects
fields: [ProjectId]
renamed: [{id: klant, field: DebtorId}]
"""


def manifest(folder, connector, *, operations="[Voorbeeld_Projecten]", more=""):
    head, _, rest = MANIFEST.format(id="voorbeeld").partition("get_connectors:")
    _, _, rest = rest.partition("update_connectors:")
    rest = rest.replace("[Voorbeeld_Medewerkers]", operations)
    before, _, after = rest.partition("privacy_fields:")
    after = "operations:" + after.partition("operations:")[2]
    text = f"{head}get_connectors:\n{connector}update_connectors:{before}{after}{more}"
    (folder / "koppeling_plugin.py").write_text("")
    (folder / "koppeling.yaml").write_text(text, encoding="utf-8")
    return folder / "koppeling.yaml"


def refused(path):
    with pytest.raises(DocumentError) as caught:
        load_manifest(path)
    return [each.render() for each in caught.value.problems]


def test_a_definition_stands_in_the_manifest_itself(tmp_path):
    path = manifest(
        tmp_path,
        "  - id: Voorbeeld_Projecten\n"
        "    definition:\n"
        "      copy_of: Profit_Projects\n"
        "      renamed: [{id: code, field: ProjectId}]\n"
        "      fixed_filters: [{field: CheckedOut, value: '0'}]\n",
    )
    [use] = load_manifest(path).get_connectors
    assert use.fields == ("code",)
    assert use.copy_of == "Profit_Projects"
    assert use.own.id == "Voorbeeld_Projecten"
    assert use.own.fixed_filters[0].field == "CheckedOut"


@pytest.mark.parametrize("name", ["projecten.yaml", "connectoren/projecten.yml"])
def test_a_definition_stands_in_a_file_below_the_folder(tmp_path, name):
    (tmp_path / "connectoren").mkdir()
    (tmp_path / name).write_text(BY_HAND, encoding="utf-8")
    path = manifest(tmp_path, f"  - id: Voorbeeld_Projecten\n    definition: {name}\n")
    [use] = load_manifest(path).get_connectors
    assert use.fields == ("ProjectId", "klant")


def test_an_export_of_afas_is_a_definition_with_the_data_of_what_it_is_a_copy_of(tmp_path):
    (tmp_path / "p.gcn").write_bytes(gcn(projects()))
    path = manifest(
        tmp_path,
        "  - id: Voorbeeld_Projecten\n    copy_of: Profit_Projects\n    definition: p.gcn\n"
        "    fields: [projectcode, klant]\n",
    )
    [use] = load_manifest(path).get_connectors
    assert use.fields == ("projectcode", "klant")
    assert use.own.view.tables == ("AfasPtProject",)
    assert use.own.copy_of == "Profit_Projects"


def test_a_manifest_that_was_kept_reads_its_definitions_again(tmp_path):
    (tmp_path / "p.yaml").write_text(BY_HAND, encoding="utf-8")
    path = manifest(tmp_path, "  - id: Voorbeeld_Projecten\n    definition: p.yaml\n")
    kept = tmp_path / "kept"
    assert load_manifest(path, kept_in=kept).get_connectors[0].fields == ("ProjectId", "klant")
    (tmp_path / "p.yaml").write_text(BY_HAND.replace("klant", "debiteur"), encoding="utf-8")
    assert load_manifest(path, kept_in=kept).get_connectors[0].fields[1] == "debiteur"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../elders.yaml", "`../elders.yaml` lies outside the integration's folder"),
        ("{tmp}/../elders.yaml", "lies outside the integration's folder"),
        ("weg.yaml", "there is no file `weg.yaml` beside the manifest"),
        ("map", "there is no file `map` beside the manifest"),
        ("link.yaml", "`link.yaml` lies outside the integration's folder"),
        ("lus.yaml", "`lus.yaml` "),
        ("koppeling_plugin.py", "is neither YAML nor an export of AFAS"),
    ],
)
def test_a_file_elsewhere_or_of_another_kind_is_told(tmp_path, name, said):
    home = tmp_path / "home"
    (home / "map").mkdir(parents=True)
    (tmp_path / "elders.yaml").write_text(BY_HAND)
    (home / "link.yaml").symlink_to(tmp_path / "elders.yaml")
    (home / "lus.yaml").symlink_to(home / "lus.yaml")
    name = name.replace("{tmp}", str(home))
    path = manifest(home, f"  - id: Voorbeeld_Projecten\n    definition: {name}\n")
    found = refused(path)
    assert said in found[0]
    assert found[0].startswith(f"{path}:15:17: ")


def test_all_that_is_wrong_comes_at_once_whatever_file_it_is_in(tmp_path):
    (tmp_path / "p.yaml").write_text("id: Ander\nfilds: [A]\nrenamed: [{id: x}]\n")
    (tmp_path / "kapot.gcn").write_bytes(gcn(projects("K"))[:300])
    path = manifest(
        tmp_path,
        "  - id: Voorbeeld_Projecten\n    definition: p.yaml\n"
        "  - id: K\n    definition: kapot.gcn\n"
        "  - id: L\n",
    )
    said = "\n".join(refused(path))
    assert "`get_connectors.2` lacks `fields`" in said
    assert f"{tmp_path / 'p.yaml'}:2:1: unknown key `filds`" in said
    assert "lacks `field`" in said
    assert f"{tmp_path / 'kapot.gcn'}: the file: byte " in said


def test_what_is_wrong_in_a_definition_in_the_manifest_is_told_once(tmp_path):
    connector = "  - id: M\n    definition: {copy_of: Profit_Projects, filds: [a]}\n"
    [found] = refused(manifest(tmp_path, connector))
    assert found.endswith(":15:44: unknown key `filds`\n    hint: Did you mean `fields`?")


@pytest.mark.parametrize(
    ("connector", "said", "remedy"),
    [
        (
            "  - id: Voorbeeld_Projecten\n    definition: p.gcn\n",
            "an export does not say which supplied GetConnector has the same data",
            "Add `copy_of` to `Voorbeeld_Projecten`",
        ),
        (
            "  - id: Voorbeeld_Projecten\n    copy_of: Profit_Projects\n    definition: p.gcn\n"
            "    fields: [projectcod]\n",
            "the definition of `Voorbeeld_Projecten` shows no `projectcod`",
            "Did you mean `projectcode`?",
        ),
        (
            "  - id: Voorbeeld_Projecten\n    copy_of: Profit_Project\n    definition: p.yaml\n",
            "it starts from `Profit_Projects`, and `copy_of` says `Profit_Project`",
            "Leave `copy_of` out here.",
        ),
        (
            "  - id: Voorbeeld_Andere\n    definition: p.yaml\n",
            "`p.yaml` describes `Voorbeeld_Projecten`, expected `Voorbeeld_Andere`",
            "Give the connector the id that it has in Profit.",
        ),
    ],
)
def test_what_does_not_fit_the_manifest_is_told(tmp_path, connector, said, remedy):
    (tmp_path / "p.gcn").write_bytes(gcn(projects()))
    (tmp_path / "p.yaml").write_text(BY_HAND)
    name = "Voorbeeld_Andere" if "Andere" in connector else "Voorbeeld_Projecten"
    found = refused(manifest(tmp_path, connector, operations=f"[{name}]"))
    assert len(found) == 1
    assert said in found[0]
    assert remedy in found[0]


def test_imports_are_files_below_the_folder(tmp_path):
    (tmp_path / "own.json").write_text("{}")
    connector = (
        "  - id: Voorbeeld_Projecten\n    copy_of: Profit_Projects\n    fields: [ProjectId]\n"
    )
    path = manifest(tmp_path, connector, more="imports: [own.json]\n")
    assert load_manifest(path).imports == (str((tmp_path / "own.json").resolve()),)
    path = manifest(tmp_path, connector, more="imports: [../own.json, weg.json]\n")
    said = "\n".join(refused(path))
    assert "`../own.json` lies outside the integration's folder" in said
    assert "there is no file `weg.json` beside the manifest" in said
