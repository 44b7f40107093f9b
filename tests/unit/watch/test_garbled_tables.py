"""Tables as people keep them: copied from a page, from a workbook, by hand.

A row that was garbled may be about more than it says; never about nobody.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koppeling_harness.model.change import Side
from koppeling_harness.watch.change_table import read_change_table
from koppeling_harness.watch.impact import impacts
from koppeling_harness.watch.table_text import plain, tables_in
from koppeling_harness.watch.usage import Usage, Use

TITLES = "| Description | Connector | Operation |\n|---|---|---|\n"
GONE = "removed the request property 'KnPerson/Element/Fields/BcCo'"
ROW = f"| {GONE} | KnPerson | PUT |\n"
OTHER = "| removed the request property 'KnSubject/Element/Fields/Ds' | KnSubject | PUT |\n"
KNOWN = frozenset({"knperson", "knsubject", "fbsales", "profit_stock"})


def who(name: str, connector: str, *fields: str, side: Side = Side.WRITES) -> Usage:
    use = Use(fields=frozenset(fields), objects=frozenset({""}))
    return Usage(integration=name, declared={(side, connector): use})


def careful() -> Usage:
    """One whose whole run was recorded: what it did not call does not touch it."""
    use = Use(
        fields=frozenset({"bcco", "bida"}),
        objects=frozenset({""}),
        calls=frozenset({("PUT", ("knperson",))}),
    )
    key = (Side.WRITES, "knperson")
    return Usage(integration="person", declared={key: use}, observed={key: use}, is_whole=True)


FLEET = (
    careful(),
    who("subject", "knsubject", "ds"),
    who("sales", "fbsales", "ref"),
    who("stock", "profit_stock", "item", side=Side.READS),
)


def touched(text: str) -> dict[str, str]:
    found = impacts(read_change_table(text, name="x"), FLEET, known=KNOWN)
    return {each.integration: each.class_.value for each in found if each.class_ != "none"}


@pytest.mark.parametrize(
    "connector",
    [
        "KnPerson, KnSubject",
        "KnPerson<br>KnSubject",
        "KnPerson / KnSubject",
        "KnPerson¹",
        "KnPerson[^2]",
        "**KnPerson**",
        "<code>KnPerson</code>",
        "KnPerson en KnSubject",
        "`KnPerson` `KnSubject`",
        "[KnPerson](x) [KnSubject](y)",
        "KnPerson&nbsp;",
        "KnPerson\u200b",
        "UpdateConnector KnPerson",
        "/connectors/KnPerson, /connectors/KnSubject",
        "https://1.rest.afas.online/ProfitRestServices/connectors/KnPerson",
        "PUT KnPerson",
        "KnPerson/KnPerson/@BcCo/{BcCo}",
    ],
)
def test_a_connector_is_found_however_its_cell_is_written(connector):
    assert touched(f"{TITLES}| {GONE} | {connector} | PUT |\n") == {"person": "required"}


@pytest.mark.parametrize(
    "connector",
    [
        "KnPerson (nieuw)",
        "KnPerson*",
        "knperson",
        "Nieuw: KnPerson",
        "KnPersn",
        "KnPreson",
        "KnPersoon",
    ],
)
def test_a_cell_that_may_be_the_connector_advises_those_who_use_it(connector):
    assert touched(f"{TITLES}| {GONE} | {connector} | PUT |\n") == {"person": "advised"}


@pytest.mark.parametrize(
    "connector", ["", "-", "n.v.t.", "alle", "idem", "\u3003", "Kn Person", "zie boven"]
)
def test_a_cell_without_a_connector_advises_everybody(connector):
    found = touched(f"{TITLES}{ROW}| {GONE} | {connector} | PUT |\n")

    assert found == {
        **dict.fromkeys(("subject", "sales", "stock"), "advised"),
        "person": "required",
    }


def test_two_connectors_with_a_stroke_between_them_are_not_taken_for_one():
    assert touched(f"{TITLES}| {GONE} | KnPerson/KnSubject | PUT |\n") == {
        "person": "advised",
        "subject": "advised",
    }


@pytest.mark.parametrize(
    "operations",
    [
        "POST, PU T",
        "POST en wijzigen",
        "POST (PUT ook)",
        "Toevoegen",
        "POST<br>PUT",
        "P UT",
        "alle",
        "",
        "[PUT](x#delete-KnPerson)",
    ],
)
def test_a_method_that_cannot_be_read_may_be_any(operations):
    assert touched(f"{TITLES}| {GONE} | KnPerson | {operations} |\n") == {"person": "required"}


def test_rows_that_are_one_change_are_of_any_method_when_one_of_them_is():
    text = f"{TITLES}| {GONE} | KnPerson | POST |\n| {GONE} | KnPerson | wijzigen |\n"

    assert touched(text) == {"person": "required"}


def test_a_field_of_a_body_that_is_told_of_a_read_is_not_understood():
    assert touched(f"{TITLES}| {GONE} | KnPerson | GET |\n") == {"person": "advised"}


def test_a_get_connector_and_another_endpoint_touch_who_reads_without_a_method():
    assert touched(f"{TITLES}| api path removed | Profit_Stock | |\n") == {"stock": "required"}
    version = who("version", "/profitversion", side=Side.READS)
    found = read_change_table(f"{TITLES}| api path removed | /profitversion | POST |\n", name="x")

    assert impacts(found, [version])[0].class_.value == "required"


@pytest.mark.parametrize(
    "description",
    [
        f"{GONE}, BiDa",
        f"{GONE} (and BiDa)",
        f"{GONE}; BiDa too",
        f"{GONE}; endpoint added",
        GONE.replace("'", "\u2019"),
        GONE.replace("'", "&#39;"),
        f"**{GONE}**",
        f"{GONE}\u00b9",
        f"{GONE}[^1]",
        f"{GONE}<br>{GONE.replace('BcCo', 'BiDa')}",
    ],
)
def test_what_is_understood_of_a_sentence_counts(description):
    assert touched(f"{TITLES}| {description} | KnPerson | PUT |\n") == {"person": "required"}


@pytest.mark.parametrize(
    "description",
    [
        "verwijderd: het veld BcCo",
        "",
        f"~~{GONE}~~",
        GONE.replace("'", ""),
        GONE.replace("/", "."),
        GONE.replace("/BcCo", "/ BcCo"),
        "removed the request properties 'KnPerson/Element/Fields/BcCo'",
    ],
)
def test_a_sentence_that_is_not_understood_advises(description):
    assert touched(f"{TITLES}| {description} | KnPerson | PUT |\n") == {"person": "advised"}


def test_what_a_strange_column_says_is_not_lost():
    titles = TITLES.replace("Operation |", "Operation | Toelichting |").replace("|\n", "---|\n", 2)
    kept = f"{titles}| {GONE} | KnPerson | PUT | vanaf mei |\n"
    more = f"{TITLES}| endpoint added | KnPerson | PUT | veld BcCo vervalt |\n"

    assert touched(kept) == {"person": "required"}
    assert touched(more) == {"person": "advised"}


BOTH = {"person": "required", "subject": "required"}
HTML = (
    "<h3>Changelog</h3><table><thead><tr><th>Omschrijving<th>Connector<th>Operatie</thead>"
    f"<tr><td>{GONE}<td rowspan=2>KnPerson<td>PUT</tr>"
    f"<tr><td>{GONE.replace('BcCo', 'BiDa')}</td><td>PUT</td></tr>"
    "<tr><td>removed the request property <b>'KnSubject/Element/Fields/Ds'</b>"
    "<td><p>KnSubject</p></td></tr></table>"
)
SAME = {
    "bold titles": f"{TITLES.replace('Description', '**Description**')}{ROW}{OTHER}",
    "Dutch titles": TITLES.replace("Description", "Wijziging").replace("Connector", "Koppeling")
    + ROW
    + OTHER,
    "a table with other titles": f"{TITLES}{ROW}\n| Omschrijving: | UpdateConnectoren | Methode |\n"
    f"|---|---|---|\n{OTHER}",
    "titles without a rule": f"{TITLES}{ROW}\n| Description | Connector | Operation |\n{OTHER}",
    "an empty line between rows": f"{TITLES}{ROW}\n{OTHER}",
    "without outer bars": "".join(
        f"{line.strip(' |')}\n" for line in f"{TITLES}{ROW}{OTHER}".splitlines()
    ),
    "quoted": "".join(f"> {line}\n" for line in f"{TITLES}{ROW}{OTHER}".splitlines()),
    "a page of HTML": HTML,
    "HTML in Markdown": f"# New\n\n{TITLES}{ROW}\n{HTML}\n",
    "HTML on one line, nothing closed": HTML.replace("</table>", "").replace("</tr>", ""),
    "commas": f"Connector,Description,Operation\nKnPerson,{GONE},PUT\n"
    f'KnSubject,"{OTHER[2:61]}",PUT\n',
    "two marks that nothing closes": f'Connector\tDescription\tOperation\n"KnPerson\t{GONE}\tPUT\n'
    f'KnSubject\t{OTHER[2:61]}\tPUT\nKnPerson\t"x\tPUT\n',
    "semicolons, quoted, with a mark first": "\ufeffConnector;Omschrijving;Operatie\r\n"
    f'KnPerson;"{GONE}";"POST, PUT"\r\n"KnSubject";"{OTHER[2:61]}";PUT\r\n',
    "tabs, a line break in a cell": f'Description\tConnector\n"{GONE}\n(zie noot)"\tKnPerson\n'
    f"{OTHER[2:61]}\tKnSubject\n",
    "tabs, a mark that nothing closes": f'Description\tConnector\n{GONE}\tKnPerson\t"\n'
    f"{OTHER[2:61]}\tKnSubject\n",
    "a name and a date above the titles": f"Profit 9\n1-3-2027\nDescription\tConnector\n"
    f"{GONE}\tKnPerson\n{OTHER[2:61]}\tKnSubject\n",
    "titles once more, in another order": f"Description\tConnector\n{GONE}\tKnPerson\n\n"
    f"Connector\tDescription\nKnSubject\t{OTHER[2:61]}\n",
}


@pytest.mark.parametrize("kind", SAME)
def test_a_table_says_the_same_however_it_is_kept(kind):
    assert touched(SAME[kind]) == BOTH


@pytest.mark.parametrize(
    "line",
    [
        "- removed the request property 'KnSubject/Element/Fields/Ds' of KnSubject",
        "KnSubject: api path removed",
        "| x | 'KnSubject/Element/Fields/Ds' |",
    ],
)
def test_a_line_that_stands_in_no_table_is_not_passed_by(line):
    assert touched(f"{TITLES}{ROW}\n## Meer\n\n{line}\n") == {
        "person": "required",
        **dict.fromkeys(("subject", "sales", "stock"), "advised"),
    }


def test_a_row_about_a_connector_in_a_table_of_another_kind_advises_who_uses_it():
    text = f"{TITLES}{ROW}\n## Meer\n\n| Wat | Gevolg |\n|---|---|\n| KnSubject | Ds vervalt |\n"

    assert touched(text) == {"person": "required", "subject": "advised"}


def test_prose_and_tables_about_something_else_are_no_rows():
    other = "| Veld | Waarde |\n|---|---|\n| a | b |\n"
    prose = "GetConnectoren werken tot 20% sneller."
    text = f"# Nieuw\n\n{prose}\n\n{TITLES}{ROW}\n{other}"

    assert read_change_table(text, name="x").rows == 1


def test_each_row_has_the_line_on_which_it_begins():
    found = read_change_table(f"# A\n\n{TITLES}{ROW}\n<p>x</p>\n{HTML}", name="x")

    assert [place for each in found.changes for place in each.places if "BiDa" in each.path] == [
        "x:8"
    ]
    tabs = 'Description\tConnector\n"a\nb"\tKnA\nwhat\tKnB\n'
    assert [e.place for e in read_change_table(tabs, name="x").not_understood] == ["x:2", "x:4"]


def test_a_cell_is_shown_as_a_reader_sees_it():
    assert plain(r"**Profit\_Stock**<br/>[a](b)&nbsp;c<sup>1</sup>") == "Profit_Stock\na c"


GARBLED = {
    "| KnPerson |": ["| KnPerson<br>", "| KnPerson, |", "| |", "|KnPerson|"],
    "KnPerson |": ["KnPerson\u00b2 |", "KnPersoon |", "KnPreson |", "__KnPerson__ |"],
    "'": ["`", '"', "", "\u2018", "&quot;", "''"],
    "removed": ["Removed", "verwijderd:", "*removed*", "removed  ", ""],
    "PUT": ["put", "wijzigen", "P", "PUT*", "PUT / ?", "[PUT](get)"],
    "|": ["||", " | |", "\\|", "\t|"],
    " property ": [" propery ", "\u00a0property ", " property\u00ad "],
    "BcCo'": ["BcCo' \u00b9", "BcCo'.", "BcCo', BiDa", "BcCo'<br>x", "BcCo' [1]"],
    "|\n": ["\n", "| x |\n", "| zie KnSubject |\n"],
}
"""By what stands in a row, what stands there instead."""
garblings = st.sampled_from([(old, new) for old, several in GARBLED.items() for new in several])


@settings(max_examples=60)
@given(st.lists(garblings, min_size=1, max_size=4), st.booleans(), st.booleans())
def test_a_row_that_was_garbled_is_somebodys(garbled, is_turned, is_once):
    row = ROW
    for old, new in garbled:
        row = row.replace(old, new, 1 if is_once else -1)
    if is_turned:
        cells = [each.strip() for each in row.strip().strip("|").split("|")]
        row = f"| {' | '.join(reversed(cells))} |\n"

    assert "person" in touched(f"{TITLES}{OTHER}{row}"), row


def test_nothing_of_a_text_is_left_out():
    text = f"a\n{TITLES}{ROW}\n\nb | c\n{HTML}\nd\n"
    found = [row.text for each in tables_in(text, lambda cells: False) for row in each.rows]

    assert [each for each in ("a", "b | c", "d") if each not in found] == []
