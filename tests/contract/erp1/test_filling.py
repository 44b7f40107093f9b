"""Whatever is declared can have more rows than are asked for at once."""

import json

import pytest

from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.erp1 import Erp1
from koppeling_harness.emulator.filling import Asked, Filler
from koppeling_harness.model.scenario import Between, Filling

WITHOUT_ROWS = {  # nobody wrote any yet, or they are worked out of others
    name
    for name, each in supplied().items()
    if "record r" in each.source or not each.alias or "reaction_attachment" in each.source
}


@pytest.fixture
def environment():
    erp1 = Erp1()
    opened = erp1.open_environment()
    yield erp1.environment(opened.environment)
    erp1.close_environment(opened.environment)


def asked(take: int, **values: object) -> Asked:
    whole = {
        "conditions": (),
        "parameters": (),
        "order": "1",
        "skip": 0,
        "is_look_up": False,
        "is_later": False,
        **values,
    }
    return Asked(take=take, **whole)


def rows(environment, connector: str, **query: str) -> list[dict]:
    definition = environment.get_definition(connector)
    text = environment.gets.rows(environment.connection, definition, query, fills=True)
    return json.loads(text)["rows"]


@pytest.mark.parametrize("name", sorted(supplied().keys() - WITHOUT_ROWS))
def test_any_supplied_getconnector_has_some_rows_more_than_a_page(name, environment):
    environment.fill(Filling())
    first = rows(environment, name, take="150")
    second = rows(environment, name, take="150", skip="150")

    assert len(first) == 150
    assert len(second) > 0


def test_copies_have_keys_of_their_own_and_what_belongs_to_them(environment):
    environment.fill(Filling())
    found = rows(environment, "Profit_Employees", take="1000", orderbyfieldids="EmployeeId")

    assert len({each["EmployeeId"] for each in found}) == len(found) == 1000
    assert all(each["EmploymentStart"] and each["OrgUnit"] for each in found)


def test_only_what_a_filter_lets_through_is_copied(environment):
    environment.fill(Filling())
    query = {"filterfieldids": "ProjectGroup", "filtervalues": "EXT", "take": "20"}
    before = len(rows(environment, "Profit_Projects", **query))
    groups = {each["ProjectGroup"] for each in rows(environment, "Profit_Projects", **query)}

    assert (before, groups) == (20, {"EXT"})


def test_one_row_that_is_looked_up_stays_one(environment):
    environment.fill(Filling())
    query = {"filterfieldids": "ProjectId", "filtervalues": "500001"}

    assert len(rows(environment, "Profit_Projects", **query)) == 1


def test_only_connectors_that_are_named_are_filled_and_as_far_as_asked(environment):
    environment.fill(Filling(connectors=("Profit_Projects",), rows=400))

    assert len(rows(environment, "Profit_Projects", take="1000")) == 1000
    assert len(rows(environment, "Profit_Users", take="1000")) < 100


@pytest.mark.parametrize(("between", "left"), [(Between.REMOVED, 0), (Between.CHANGED, 1)])
def test_a_row_of_the_first_page_changes_before_the_second_one_is_answered(
    environment, between, left
):
    environment.fill(Filling(between_pages=between))
    order = {"orderbyfieldids": "ProjectId", "take": "50"}
    first = rows(environment, "Profit_Projects", **order)[0]
    rows(environment, "Profit_Projects", skip="50", **order)
    again = rows(
        environment,
        "Profit_Projects",
        filterfieldids="ProjectId",
        filtervalues=first["ProjectId"],
    )

    assert len(again) == left
    assert all(each["ModifiedDate"] > first["ModifiedDate"] for each in again)


@pytest.mark.parametrize(
    ("connector", "key"),
    [
        ("Profit_Projects", "ProjectId"),
        ("Profit_Employees", "EmployeeId"),
        ("Profit_Article", "ItemCode"),
        ("Profit_Subjects", "SubjectId"),
    ],
)
def test_a_row_that_is_added_before_the_first_page_lets_one_come_again(environment, connector, key):
    environment.fill(Filling(between_pages=Between.INSERTED))
    order = {"orderbyfieldids": key, "take": "50"}
    first = rows(environment, connector, **order)
    second = rows(environment, connector, skip="50", **order)

    assert second[0][key] == first[-1][key]
    assert len({each[key] for each in (*first, *second)}) == len(first) + len(second) - 1


def test_what_the_harness_reads_itself_adds_nothing(environment):
    environment.fill(Filling())
    definition = environment.get_definition("Profit_Projects")
    text = environment.gets.rows(environment.connection, definition, {"take": "1000"})

    assert text.count('"ProjectId"') < 1000


def test_new_keys_do_not_meet_those_of_the_copies(environment):
    filler = Filler(Filling(), environment.now)
    definition = environment.get_definition("Profit_Employees")
    filler.before(environment.connection, definition, asked(2000))
    (highest,) = environment.connection.execute("SELECT max(EmId) FROM employee").fetchone()
    (next_,) = environment.connection.execute(
        "SELECT value FROM sequence WHERE name = 'EmId'"
    ).fetchone()

    assert next_ >= int(highest)
