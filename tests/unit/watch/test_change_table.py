import pytest

from koppeling_harness.errors import DocumentError
from koppeling_harness.model.change import Breaking, Side
from koppeling_harness.watch.change_table import read_change_table
from support.updates import CHANGES, needs_changes, said

FIELD = "added the new optional request property 'KnX/Element/Fields/A'"

LAYOUTS = {
    "tab separated": (
        "specification\tsection\tdescription\tconnector\toperations\n"
        f"Domein\tchange\t{FIELD}\tKnX\tPOST, PUT\n"
    ),
    "Profit 3": (
        "## Domein Specification\n\n### Changelog\n\n"
        "| Description | Path | Operation |\n| --- | --- | --- |\n"
        f"| {FIELD} | /connectors/KnX | [POST](../x#post-/connectors/KnX) |\n"
        f"| {FIELD} | /connectors/KnX | [PUT](../x#put-/connectors/KnX) |\n"
    ),
    "Profit 6": (
        "| Description | Connector | Operation |\n|---|---|---|\n"
        f"| {FIELD} | KnX | [POST](../x#post-/connectors/KnX), [PUT](../x#delete-KnX) |\n"
    ),
    "Profit 8": (
        "| Connector | Description | Operation |\n| --- | --- | --- |\n"
        f"| KnX | {FIELD.replace(chr(39), '`')} | [POST](https://x/y), [PUT](https://x/y) |\n"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_change(layout):
    found = read_change_table(LAYOUTS[layout], name="notes")

    assert said(found.changes) == [("KnX", "A", "field_added", "", "")]
    assert found.changes[0].operations == ("POST", "PUT")
    assert found.not_understood == ()


def test_rows_that_say_the_same_are_one_change_with_every_place():
    row = "the request property 'KnX/Element/Fields/A' became required | KnX | POST |"
    text = "| Description | Connector | Operation |\n|---|---|---|\n".join(
        ["### Breaking Changes\n\n", f"| {row}\n\n### Changelog\n\n", f"| {row}\n"]
    )
    found = read_change_table(text, name="notes.md")

    assert found.rows == 2
    assert [each.places for each in found.changes] == [("notes.md:5", "notes.md:11")]
    assert found.changes[0].listed_breaking


def test_every_row_becomes_a_change_or_is_listed_with_its_line():
    text = (
        "description\tconnector\toperations\n"
        f"{FIELD}\tKnX\tPOST\n"
        "something else happened\tKnX\tPOST\n"
        f"{FIELD}\t\tPOST\n"
        "\n"
        "only half a row\n"
    )
    found = read_change_table(text, name="x.tsv")

    assert found.rows == 4
    assert [each.place for each in found.not_understood] == ["x.tsv:3", "x.tsv:4", "x.tsv:6"]
    assert found.not_understood[0].row == "something else happened\tKnX\tPOST"


def test_a_compatible_change_that_afas_lists_as_breaking_may_break():
    text = f"section\tdescription\tconnector\toperations\nbreaking\t{FIELD}\tKnX\tPOST\n"
    (change,) = read_change_table(text, name="x").changes

    assert change.breaking is Breaking.POSSIBLY
    assert change.why.en == "AFAS lists this as a breaking change."


def test_an_endpoint_that_is_read_is_classed_for_who_reads():
    text = "description\tconnector\toperations\nendpoint added\tProfit_Stock\tGET\n"

    assert read_change_table(text, name="x").changes[0].side is Side.READS


def test_other_tables_of_the_notes_are_passed_by():
    text = (
        "| Field | Meaning |\n| --- | --- |\n| A | B |\n\n"
        "Text with a | in it\n\n" + LAYOUTS["Profit 6"]
    )

    assert read_change_table(text, name="x").rows == 1


def test_a_bar_in_a_cell_is_no_border():
    text = (
        "| Description | Connector | Operation |\n| --- | --- | --- |\n"
        r"| added the new 'a\|b' enum value to the request property 'KnK/Element/Fields/A' "
        "| KnK | POST |"
    )

    assert read_change_table(text, name="x").changes[0].after == "a|b"


@pytest.mark.parametrize("text", ["", "# News\n\nNothing changed.\n", "a\tb\n1\t2\n"])
def test_a_file_without_a_change_table_is_refused(text):
    with pytest.raises(DocumentError) as caught:
        read_change_table(text, name="x.md")

    assert "expected a change table" in caught.value.message


@needs_changes
@pytest.mark.parametrize(
    ("profit", "rows", "changes"), [("4", 119, 93), ("6", 261, 231), ("8", 143, 424)]
)
def test_afas_own_table_imports_with_no_row_lost(profit, rows, changes):
    path = CHANGES / f"profit-{profit}.tsv"
    text = path.read_text(encoding="utf-8")
    found = read_change_table(text, name=path.name)
    lines = [
        f"{path.name}:{number}"
        for number, line in enumerate(text.splitlines(), start=1)
        if number > 1 and line.strip()
    ]
    placed = {place for each in found.changes for place in each.places}

    assert (found.rows, len(found.changes), found.not_understood) == (rows, changes, ())
    assert sorted(placed) == sorted(lines)
