"""Changes as SARIF, against the published schema."""

import json
from pathlib import Path

import jsonschema
import pytest

from koppeling_harness.model.change import ChangeKind, ChangeList, Compared, Side
from koppeling_harness.report.updates_sarif import render_changes_sarif
from koppeling_harness.watch.change_table import read_change_table
from support.hostile import HOSTILE
from support.updates import CHANGES, a_change, needs_changes

K = ChangeKind
SCHEMA = Path(__file__).parents[2] / "assets" / "sarif-2.1.0.schema.json"


def a_list(*changes, name="new folder/8.json"):
    return ChangeList(from_=Compared(name="7.json"), to=Compared(name=name), changes=changes)


def valid(found: ChangeList) -> dict:
    log = json.loads(render_changes_sarif(found))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    return log["runs"][0]


@pytest.mark.parametrize("name", ["8.json", "/tmp/x y/8.json", HOSTILE])
def test_every_kind_of_change_is_valid_sarif(name):
    changes = [a_change("KnX", "A", kind, before="1", after="2") for kind in ChangeKind]
    run = valid(a_list(*changes, name=name))

    assert len(run["results"]) == len(run["tool"]["driver"]["rules"]) == len(ChangeKind)


def test_a_link_of_others_is_shown_as_it_is_written():
    link = "[click](https://x.example)"
    (result,) = valid(a_list(a_change("KnX", "A", K.FIELD_REMOVED, before=link)))["results"]

    assert "\\[click](" in result["message"]["text"]


def test_no_changes_are_valid_sarif():
    assert valid(a_list())["results"] == []


def test_how_heavy_a_change_is_becomes_its_level():
    run = valid(
        a_list(
            a_change("KnX", "A", K.FIELD_REMOVED),
            a_change("X", "A", K.LENGTH_INCREASED, side=Side.READS),
            a_change("KnX", "A", K.FIELD_ADDED),
        )
    )

    assert [each["level"] for each in run["results"]] == ["error", "warning", "note"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]


def test_a_change_has_a_place_in_the_newer_file_or_in_the_rows_that_say_it():
    change = a_change("KnX", "KnLink.ToEm", K.FIELD_REMOVED)
    (compared,) = valid(a_list(change))["results"]
    table = "description\tconnector\toperations\nendpoint added\tKnX\tPOST\n"
    (told,) = valid(read_change_table(table, name="p 6.tsv"))["results"]

    (place,) = compared["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "new%20folder/8.json"},
        "region": {"startLine": 1},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "KnX.KnLink.ToEm"
    assert told["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "p%206.tsv"},
        "region": {"startLine": 2},
    }


def test_the_same_difference_has_the_same_fingerprint_in_another_file():
    change = a_change("KnX", "A", K.FIELD_REMOVED)
    one, other = (valid(a_list(change, name=name))["results"][0] for name in ("a", "b"))
    changed = valid(a_list(a_change("KnX", "B", K.FIELD_REMOVED)))["results"][0]

    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["partialFingerprints"] != changed["partialFingerprints"]


@needs_changes
def test_afas_own_table_is_valid_sarif():
    text = (CHANGES / "profit-6.tsv").read_text(encoding="utf-8")

    assert len(valid(read_change_table(text, name="profit-6.tsv"))["results"]) == 231
