import jsonschema
import pytest

from koppeling_harness.document import json_schema, read_yaml
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.run import RunRecord
from koppeling_harness.model.scenario import Scenario

TYPES = {"plugin": Manifest, "scenario": Scenario, "run": RunRecord}


@pytest.mark.parametrize("name", TYPES)
def test_a_published_schema_is_itself_valid(name):
    schema = json_schema(TYPES[name], title=name)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == name


def test_what_the_loader_fills_in_is_not_in_the_schema():
    assert '"place"' not in str(json_schema(Scenario, title="scenario")).replace("'", '"')


def test_the_schema_refuses_what_the_loader_refuses():
    data = read_yaml(
        "scenario: x\ntitle: {nl: a, en: b}\nlevel: required\nproves: [R1]\nwhen: [{gt: X}]\n",
        name="a.yaml",
    ).data

    errors = list(
        jsonschema.Draft202012Validator(json_schema(Scenario, title="s")).iter_errors(data)
    )

    assert [list(error.absolute_path) for error in errors] == [["when", 0]]
