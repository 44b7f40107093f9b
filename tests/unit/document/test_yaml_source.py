import pytest

from koppeling_harness.document import read_yaml
from koppeling_harness.errors import DocumentError


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        read_yaml(text, name="a.yaml")
    return [f"{problem.where} {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-11-24", "2026-11-24"),
        ("true", True),
        ("~", None),
        ("17", 17),
        ("-0.5", -0.5),
        ("1000.0", 1000.0),
        ("'17'", "17"),
        ('"~"', "~"),
        ("0", 0),
    ],
)
def test_only_the_core_types_of_yaml_1_2_are_known(written, value):
    assert read_yaml(f"a: {written}\n", name="a.yaml").data == {"a": value}


def test_a_value_and_its_key_each_have_a_place():
    source = read_yaml("a:\n  - b: 1\n    c: 2\n", name="a.yaml")

    assert source.place(("a", 0, "c")) == "a.yaml:3:8"
    assert source.place(("a", 0, "c"), key=True) == "a.yaml:3:5"
    assert source.place(("a", 0, "missing")) == "a.yaml:2:5"


def test_the_text_of_a_number_is_kept():
    assert read_yaml("a: 1.5\n", name="a.yaml").raw[("a",)] == "1.5"


def test_all_refused_things_come_at_once_with_their_places():
    text = "a: &b [1]\nc: *b\nd: !x 3\na: 2\ne: 0012\n"

    assert problems(text) == [
        "a.yaml:1:4 found the anchor `&b`; anchors are not allowed",
        "a.yaml:2:4 found the alias `*b`; aliases are not allowed",
        "a.yaml:3:4 found the tag `!x`; tags are not allowed",
        "a.yaml:4:1 found the key `a` twice, first on line 1",
        "a.yaml:5:4 found the number 0012, which is read as 12",
    ]


def test_a_list_as_key_is_refused():
    assert problems("? [1, 2]\n: 3\n") == [
        "a.yaml:1:3 expected a text as key, found a list or a mapping"
    ]


def test_a_second_document_is_refused():
    assert problems("a: 1\n---\nb: 2\n")[0].startswith("a.yaml:2:1 expected one document")


def test_a_syntax_error_has_a_place():
    assert problems("a: [1\nb: 2\n")[0].startswith("a.yaml:2:")


def test_a_control_character_is_refused_in_words():
    assert "control characters are not allowed" in problems("a: \x00\n")[0]


def test_nesting_without_end_is_refused():
    assert "at most 64 levels" in problems("[" * 100 + "]" * 100)[0]


def test_an_empty_document_is_nothing():
    assert read_yaml("", name="a.yaml").data is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0123", "123"),
        ("007", "7"),
        ("+1", "1"),
        ("+31612345678", "31612345678"),
        ("-0", "0"),
        ("1.10", "1.1"),
        ("100.00", "100.0"),
        (".5", "0.5"),
        ("5.", "5.0"),
        ("1e5", "100000.0"),
        ("1E5", "100000.0"),
        ("12e03", "12000.0"),
        ("0.1234567890123456789", "0.12345678901234568"),
        ("61e9540", ""),
        ("-9e999", ""),
        ("9007199254740992", ""),
        ("1" * 45, ""),
        ("1" * 5_000, ""),
    ],
)
@pytest.mark.parametrize("around", ["a: {}\n", "a: [{}]\n", "a:\n  - b: {}\n"])
def test_a_number_that_would_not_come_back_as_it_was_written_is_told(written, number, around):
    with pytest.raises(DocumentError) as refused:
        read_yaml(around.replace("{}", written), name="a.yaml")
    (problem,) = refused.value.problems

    assert problem.message.startswith(f"found the number {written[:40]}")
    assert "Quote it" in problem.hint
    assert (f"As a number, write {number}." in problem.hint) is bool(number)
    if number:
        assert str(read_yaml(f"a: {number}", name="a.yaml").data["a"]) == number
    assert read_yaml(f'a: "{written}"', name="a.yaml").data["a"] == written


@pytest.mark.parametrize("written", ["0", "10", "-3", "1.5", "-0.25", "1.0", "9007199254740991"])
def test_a_number_that_is_written_as_it_is_stays_one(written):
    found = read_yaml(f"a: {written}", name="a.yaml").data["a"]

    assert isinstance(found, int | float)
    assert str(found) == written


@pytest.mark.parametrize(
    "written",
    [
        "0x1F",
        "0o17",
        "1_000",
        "12:30:00",
        "2026-11-24",
        ".inf",
        ".nan",
        "inf",
        "NaN",
        "1.2.3",
        "1e",
    ],
)
def test_what_other_readers_take_for_a_number_is_the_text_that_is_written(written):
    assert read_yaml(f"a: {written}", name="a.yaml").data["a"] == written


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\tb: 1\n", "tab is not allowed"),
        ("a: b: c\n", "Quote a text that holds `: `"),
        ("a:\n  - 1\n b: 2\n", "begins in the same column"),
        ("a: [1, 2\n", "Close the bracket"),
        ("a: {b: 1 c: 2}\n", "comma"),
        ("a: @x\n", "Quote a text that begins"),
    ],
)
def test_a_slip_of_form_comes_with_what_to_do(text, hint):
    with pytest.raises(DocumentError) as refused:
        read_yaml(text, name="a.yaml")
    assert hint in refused.value.problems[0].hint
