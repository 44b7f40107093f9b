import pytest

from koppeling_harness.document import dump_json, load_json, load_yaml, to_plain
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.scenario import GetStep, Scenario
from koppeling_harness.model.shape import Text

GOOD = """
scenario: hours-once
title: {nl: Eenmaal, en: Once}
level: required
proves: [R18]
when:
  - get: Profit_Projects
    where: {ProjectId: "0012"}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        load_yaml(Scenario, text, name="a.yaml")
    return caught.value.render().splitlines()


def test_a_document_becomes_a_frozen_value():
    scenario = load_yaml(Scenario, GOOD, name="a.yaml")

    assert scenario.when == (GetStep(get="Profit_Projects", where={"ProjectId": "0012"}),)


def test_all_problems_come_at_once_in_the_order_of_the_file():
    text = (
        GOOD.replace("en: Once", "enn: Once")
        .replace("level: required", "level: verplicht")
        .replace("where:", "wher:")
    )

    assert problems(text) == [
        "a.yaml:3:8: `title` lacks `en`",
        "a.yaml:3:22: unknown key `enn`",
        "    hint: Did you mean `en`?",
        "a.yaml:4:8: `level`: expected 'required', 'recommended' or 'informative', "
        'found "verplicht"',
        "a.yaml:8:5: unknown key `wher`",
        "    hint: Did you mean `where`?",
    ]


def test_an_unquoted_release_gets_the_hint_to_quote_it():
    text = GOOD + "applies: {releases: [1.5]}\n"

    assert problems(text) == [
        "a.yaml:9:22: `applies.releases.0`: expected text, found 1.5",
        '    hint: Quote it: "1.5". Without quotes it is a number, and may lose digits.',
    ]


def test_a_step_with_two_verbs_is_a_problem_of_that_step():
    (line,) = problems(GOOD + "    insert: PtRealization\n")

    assert line.startswith("a.yaml:7:5: `when.0`: expected a step with exactly one of: operation")


def test_a_wrong_member_of_a_nested_choice_is_named_once():
    text = GOOD.replace(
        "  - get: Profit_Projects", "  - insert: X\n    objects: {K: [{feilds: 1}]}"
    )
    lines = problems(text.replace('    where: {ProjectId: "0012"}\n', ""))

    assert lines == [
        "a.yaml:8:20: unknown key `feilds`",
        "    hint: Did you mean `fields`?",
    ]


def test_json_that_is_not_json_is_a_problem():
    with pytest.raises(DocumentError, match=r"run\.json: expected JSON"):
        load_json(Text, "{", name="run.json")


def test_a_problem_in_json_names_the_member():
    with pytest.raises(DocumentError, match=r"run\.json: nl: `nl`: expected text, found 1"):
        load_json(Text, '{"nl": 1, "en": "x"}', name="run.json")


def test_a_value_survives_json():
    scenario = load_yaml(Scenario, GOOD, name="a.yaml")

    assert load_json(Scenario, dump_json(scenario), name="again") == scenario
    assert to_plain(scenario)["when"][0]["get"] == "Profit_Projects"


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted():
    lines = problems(GOOD + "".join(f"k{number}: 1\n" for number in range(2000)))

    assert len([each for each in lines if "unknown key" in each]) == 200
    assert "a.yaml: and 1800 more problems, which are told when these are mended" in lines


def test_what_a_step_lacks_is_said_of_the_step():
    lines = problems(
        GOOD.replace("get: Profit_Projects", "delete: KnSubject").split("    where")[0]
    )

    assert lines == ["a.yaml:7:5: `when.0` lacks `keys`"]
