import pytest

from koppeling_harness.config.registration import (
    contact_of,
    find_registrations,
    load_registration,
    registration_name,
)
from koppeling_harness.errors import DocumentError, NothingToRunError
from koppeling_harness.model.partner import Partner
from koppeling_harness.model.registration import AssessmentKind, Colour
from support.problems import problems_when
from support.registrations import REGISTRATION, day


def a_file(folder, text=REGISTRATION, name="registration.yaml"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


problems_of = problems_when(load_registration, "where", "message")


def test_a_registration_in_order_is_read(tmp_path):
    registration = load_registration(a_file(tmp_path))

    assert registration.registration == "voorbeeld"
    assert registration.listing.help_center
    [scan] = registration.assessments
    assert (scan.kind, scan.colour) == (AssessmentKind.QUICKSCAN, Colour.GREEN)
    assert scan.report_date == day("2024-05-14")


def test_all_problems_come_at_once_with_their_places(tmp_path):
    text = (
        REGISTRATION.replace('integration_id: "12345_', 'integration_id: "1234x_')
        .replace("colour: groen", "colour: paars")
        .replace("kind: quickscan", "kind: quikscan")
        .replace("listing:", "listings:")
    )

    found = problems_of(a_file(tmp_path, text))

    assert [where for where, _ in found] == [":5:17", ":7:1", ":9:20", ":9:84"]


def test_contradictions_come_at_once_with_their_places(tmp_path):
    text = REGISTRATION.replace('"12345_678900"', '"54321_678900"').replace(
        ", colour: groen}", "}\n  - {id: Q1, kind: quickscan, assessor: X, colour: rood}"
    )

    found = problems_of(a_file(tmp_path, text))

    assert [where for where, _ in found] == [":5:17", ":9:5", ":10:5", ":10:10"]
    assert "stands twice" in found[3][1]


@pytest.mark.parametrize(
    "attached",
    ["file: rapport.pdf", "attachment: x", "findings: [XSS in login]", "report: >-\n      text"],
)
def test_an_attached_report_is_refused_with_the_reason_and_once(tmp_path, attached):
    text = REGISTRATION.replace(
        "colour: groen}",
        "colour: groen}\n  - id: Q2\n    kind: quickscan\n    assessor: X\n"
        f"    report_date: 2025-05-05\n    colour: groen\n    {attached}",
    )

    [(where, message)] = problems_of(a_file(tmp_path, text))

    assert where == ":15:5"
    assert "never enters a registration: AFAS learns the colour only" in message


def test_an_attached_report_does_not_hide_the_other_problems(tmp_path):
    text = REGISTRATION.replace("colour: groen", "colour: paars, file: rapport.pdf")

    assert len(problems_of(a_file(tmp_path, text))) == 2


@pytest.mark.parametrize("text", ["", "[]", "registration: [", "a: 1"])
def test_something_else_than_a_registration_is_a_problem_and_no_crash(tmp_path, text):
    assert problems_of(a_file(tmp_path, text))


def test_a_file_that_is_not_there_or_is_no_text_is_a_problem(tmp_path):
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")

    assert "no such file" in problems_of(tmp_path / "none.yaml")[0][1]
    assert "UTF-8" in problems_of(binary)[0][1]


def test_registrations_are_found_under_any_name_and_other_yaml_is_passed_by(tmp_path):
    first = a_file(tmp_path / "plugins" / "a")
    second = a_file(tmp_path / "plugins" / "b", name="voorbeeld-2.yml")
    a_file(tmp_path / "plugins" / "b", "id: b\n", name="koppeling.yaml")
    a_file(tmp_path / "plugins" / ".git", name="registration.yaml")

    assert find_registrations([tmp_path / "plugins"]) == (first, second)


@pytest.mark.parametrize(
    "text", ['{"registration": "a"}', "# AFAS\n{\n  registration: a}\n", '"registration": a\n']
)
def test_a_registration_is_found_however_its_key_is_written(tmp_path, text):
    path = a_file(tmp_path, text, name="a.yaml")

    assert find_registrations([tmp_path]) == (path,)
    assert registration_name(path) == "a"


@pytest.mark.parametrize(
    "name", ["anders.decisions.yaml", "a.decisions.yml", "A.Decisions.YAML", "besluiten.yaml"]
)
def test_decisions_that_no_registration_reads_are_not_lost_without_a_word(tmp_path, name):
    registration = a_file(tmp_path, name="a.yaml")
    alone = a_file(tmp_path, "schema: koppeling/decisions@1\nof: a\n", name=name)

    assert set(find_registrations([tmp_path])) == {registration, alone}
    with pytest.raises(DocumentError, match="no registration that they belong to"):
        load_registration(alone)


def test_decisions_that_are_read_and_a_partners_extract_are_passed_by(tmp_path):
    registration = a_file(tmp_path / "afas", name="a.yml")
    a_file(tmp_path / "afas", "of: a\n", name="a.decisions.yaml")
    plugin = a_file(tmp_path / "plugin")
    a_file(tmp_path / "plugin", "id: a\n", name="koppeling.yaml")
    a_file(tmp_path / "plugin" / "from-afas", "of: a\n", name="a.decisions.yaml")

    assert find_registrations([tmp_path]) == (registration, plugin)


def test_a_broken_registration_is_found_by_its_name(tmp_path):
    path = a_file(tmp_path, "")

    assert find_registrations([tmp_path, path]) == (path,)


def test_nothing_found_says_so(tmp_path):
    with pytest.raises(NothingToRunError, match="found no registration"):
        find_registrations([tmp_path])
    with pytest.raises(NothingToRunError, match=r"nowhere: expected a registration or a folder"):
        find_registrations([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("registration: voorbeeld\nx", "a.yaml", "voorbeeld"),
        ("", "kluis.yaml", "kluis"),
        ("", "registration.yaml", "plugin"),
    ],
)
def test_a_broken_file_is_called_by_what_can_be_known(tmp_path, text, name, expected):
    assert registration_name(a_file(tmp_path / "plugin", text, name)) == expected


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("colour: green", "groen"),
        ("colour: Groen", "groen"),
        ("colour: red", "rood"),
        ("colour: ornaje", "oranje"),
        ("kleur: groen", "colour"),
        ("Colour: groen", "colour"),
        ("colour: groen}\n  - {id: P1, kind: penetratietest", "pentest"),
        ("colour: groen}\n  - {id: P1, kind: Anders", "other"),
    ],
)
def test_what_is_meant_is_proposed_in_either_language(tmp_path, wrong, meant):
    path = a_file(tmp_path, REGISTRATION.replace("colour: groen", wrong))

    with pytest.raises(DocumentError, match=f"Did you mean `{meant}`"):
        load_registration(path)


STATED = Partner(name="Voorbeeld B.V.", subscription="12345", contact="stated@voorbeeld.example")


def test_whom_to_write_to_is_what_the_registration_says_and_else_the_manifest(tmp_path):
    named = REGISTRATION.replace(
        'subscription: "12345"', 'subscription: "12345", contact: help@voorbeeld.example'
    )
    assert named != REGISTRATION
    a_file(tmp_path / "named", named)
    a_file(tmp_path / "unnamed")
    a_file(tmp_path / "broken", "partner: [")

    assert contact_of([tmp_path / "named"], STATED) == "help@voorbeeld.example"
    assert contact_of([tmp_path / "unnamed"], STATED) == "stated@voorbeeld.example"
    assert contact_of([tmp_path / "broken"], STATED) == "stated@voorbeeld.example"
    assert contact_of([tmp_path / "nowhere"], None) == ""
