import pytest

from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.own_definition import define
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import FixedFilter, JoinedTable, OwnGetConnector
from support.erp1 import caller

SUPPLIED = sorted(supplied())


def test_a_copy_of_something_unknown_is_refused_with_its_name():
    with pytest.raises(ConfigurationError, match="GetConnector Acme: its source 'Nope'"):
        define(OwnGetConnector(id="Acme", copy_of="Nope"))


def test_a_join_and_a_filter_on_absent_fields_are_refused():
    join = JoinedTable(source="Profit_Projects", alias="p", on={"ProjectId": "Nope"})
    fixed = FixedFilter(field="Nope")

    for more in ({"joins": (join,)}, {"fixed_filters": (fixed,)}):
        with pytest.raises(ConfigurationError, match="'Nope' does not exist"):
            define(OwnGetConnector(id="Acme", copy_of="Profit_Realization", **more))


def test_without_fields_a_copy_has_all_of_its_source():
    own = define(OwnGetConnector(id="Acme", copy_of="Profit_Article"))

    assert [each.id for each in own.columns] == [
        each.id for each in supplied()["profit_article"].columns
    ]


@pytest.fixture(scope="module")
def client():
    return caller()


@pytest.mark.parametrize("id_", SUPPLIED)
def test_every_supplied_getconnector_is_read_sorted_and_filtered_by_every_field(client, id_):
    definition = supplied()[id_]
    for column in definition.columns:
        name = f"['{column.id}']" if "." in column.id else column.id
        whole = client.get(definition.id, take=3, orderbyfieldids=f"-{name}")
        filled = client.where(definition.id, column.id, "", "9", take=3)
        assert (whole.status, filled.status) == (200, 200), column.id
        for row in whole.rows:
            assert list(row) == [each.id for each in definition.columns]


def test_rows_of_more_fields_than_sqlite_passes_at_once_are_joined():
    fields = tuple(f"Profit_Field{number}" for number in range(150))
    client = caller(
        connectors=[OwnGetConnector(id="Wide", copy_of="Profit_Article", fields=fields)]
    )

    row = client.get("Wide", take=1).rows[0]

    assert list(row) == list(fields)
