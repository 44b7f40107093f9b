import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.pick import pick

RESULT = {
    "status": 201,
    "body": {"results": {"PtProject": {"PrId": "P1"}, "empty": {}}},
    "rows": [{"Qu": 1.5}, {"Qu": None}],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("status", 201),
        ("body.results.PtProject.PrId", "P1"),
        ("rows.1.Qu", None),
        ("rows.0", {"Qu": 1.5}),
    ],
)
def test_a_path_leads_to_its_value(path, expected):
    assert pick(RESULT, path) == expected


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("bdy.results", "there is no `bdy`; what is there has status, body, rows"),
        ("body.results.PtProjct.PrId", "`body.results` has PtProject, empty"),
        ("body.results.empty.x", "`body.results.empty` is empty"),
        ("rows.2.Qu", "`rows` is a list of 2"),
        ("rows.first", "`rows` is a list of 2"),
        ("status.code", "`status` is 201"),
        ("rows.1.Qu.x", "`rows.1.Qu` is null"),
    ],
)
def test_a_path_to_nothing_names_the_deepest_part_that_is_there(path, message):
    with pytest.raises(ConfigurationError) as caught:
        pick(RESULT, path)

    assert message in caught.value.message


def test_a_key_that_is_nearly_right_is_suggested():
    with pytest.raises(ConfigurationError) as caught:
        pick(RESULT, "body.results.PtProjct")

    assert caught.value.hint == "Did you mean `PtProject`?"
