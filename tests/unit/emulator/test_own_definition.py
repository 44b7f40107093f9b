"""What a partner's own GetConnector shows, by a definition or by AFAS's own export of it."""

import pytest

from koppeling_harness.document.gcn import read_gcn
from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.own_definition import define
from koppeling_harness.model.connector import (
    ConnectorField,
    CustomField,
    FieldType,
    FixedFilter,
    OwnGetConnector,
)
from support.erp1 import caller, element
from support.gcn_file import Export, Field, gcn, projects

CUSTOM = "U" + "8BB552544967345CF73661AB9E5CB1F2"


def exported(export, copy_of, **more):
    found = read_gcn(gcn(export), name="x.gcn")
    values = {"id": found.id, "view": found.view, "copy_of": copy_of, **more}
    return OwnGetConnector(**values)


def test_an_export_shows_the_data_of_the_fields_that_it_names_under_its_own_names():
    client = caller(connectors=[exported(projects(), "Profit_Projects")])

    rows = client.get("Voorbeeld_Projecten", take=2, orderbyfieldids="projectcode").rows
    known = client.get("Profit_Projects", take=2, orderbyfieldids="ProjectId").rows

    assert [list(each.values()) for each in rows] == [
        [each["ProjectId"], each["Description"], each["DebtorId"]] for each in known
    ]
    asked = client.where("Voorbeeld_Projecten", "projectcode", "500002", "1").rows
    assert [each["projectcode"] for each in asked] == ["500002"]


def test_metainfo_tells_an_export_by_its_own_names():
    client = caller(connectors=[exported(projects(), "Profit_Projects")])
    fields = client.metainfo("/get/Voorbeeld_Projecten").json()["fields"]
    assert [(each["id"], each["dataType"], each["length"]) for each in fields] == [
        ("projectcode", "string", 15),
        ("omschrijving", "string", 100),
        ("klant", "string", 16),
    ]


def test_a_field_of_another_table_is_not_taken_for_the_one_of_the_same_name_of_the_first():
    export = Export(
        name="Voorbeeld_Uren",
        main="Rea",
        fields=[
            Field("U001", "regel", "Rea", "Id", "Rea"),
            Field("U002", "Description", "Prj", "Ds", "Rea.PtPrj"),
        ],
    )
    found = define(exported(export, "Profit_Realization"))
    # ERP1 has one column Ds there, which is the line's: the only one that it can be
    assert [each.sql for each in found.columns] == ["r.Id", "r.Ds"]


def test_what_erp1_does_not_have_is_known_by_its_name():
    export = projects()
    export.fields.append(Field("U009", "zonder", "Xyz", "XxXx", "Prj.PtXyz"))
    found = define(exported(export, "Profit_Projects"))
    assert found.lost == ("zonder",)
    by_hand = OwnGetConnector(id="A", copy_of="Profit_Projects", fields=("ProjectId", "Nope"))
    assert define(by_hand).lost == ("Nope",)


@pytest.mark.parametrize(
    ("kind", "sent", "shown", "in_metainfo"),
    [
        (FieldType.STRING, "blauw", "blauw", "string"),
        (FieldType.INT, "12", 12, "int"),
        (FieldType.DECIMAL, "1.25", 1.25, "decimal"),
        (FieldType.BOOLEAN, "true", True, "boolean"),
        (FieldType.DATE, "2026-11-02", "2026-11-02T00:00:00Z", "date"),
    ],
)
def test_a_custom_field_has_the_type_that_its_definition_says(kind, sent, shown, in_metainfo):
    custom = CustomField(id=CUSTOM, object="PtProject", label="Kleur", type=kind)
    own = OwnGetConnector(
        id="Voorbeeld_P",
        copy_of="Profit_Projects",
        renamed=(ConnectorField(id="kleur", field=CUSTOM),),
        custom_fields=(custom,),
    )
    client = caller(connectors=[own])

    wrote = client.put("PtProject", element("PtProject", {"PrId": "500001", CUSTOM: sent}))

    assert wrote.status == 201
    assert client.get("Voorbeeld_P", take=1).rows == [{"kleur": shown}]
    assert client.metainfo("/get/Voorbeeld_P").json()["fields"][0]["dataType"] == in_metainfo


def test_a_fixed_filter_may_be_on_a_custom_field():
    custom = CustomField(id=CUSTOM, object="PtProject", label="Kleur")
    own = OwnGetConnector(
        id="Voorbeeld_P",
        copy_of="Profit_Projects",
        fields=("ProjectId",),
        fixed_filters=(FixedFilter(field=CUSTOM, value="blauw"),),
        custom_fields=(custom,),
    )
    client = caller(connectors=[own])
    assert client.get("Voorbeeld_P").rows == []
    client.put("PtProject", element("PtProject", {"PrId": "500001", CUSTOM: "blauw"}))
    assert client.get("Voorbeeld_P").rows == [{"ProjectId": "500001"}]


def test_an_id_may_begin_with_an_underscore():
    client = caller(connectors=[OwnGetConnector(id="_Uren", copy_of="Profit_Realization")])
    assert client.get("_Uren", take=1).rows


def test_every_column_of_the_supplied_ones_is_found_by_the_field_of_afas():
    """An export names fields of tables, and ERP1's tables call them the same."""
    found = 0
    for source in supplied().values():
        seen = set()
        for each in source.columns:
            table, _, name = each.sql.partition(".")
            if table != source.alias or not name.isidentifier() or name in seen:
                continue
            seen.add(name)
            export = Export(name="X", main=table, fields=[Field("U1", "naam", table, name, table)])
            [column] = define(exported(export, source.id)).columns
            assert column.sql.endswith(each.sql), (source.id, each.id)
            found += 1
    assert found > 350


@pytest.mark.parametrize(
    ("source", "field", "shown"),
    [
        ("Profit_Projects", "ChOu", "coalesce(r.ChOu, 0)"),
        ("Profit_Stock_per_Warehouse", "InSt", "coalesce(json_extract(r.data, '$.InSt'), 0)"),
        ("Profit_Projectstage", "Inst", "json_extract(r.data, '$.Inst')"),
    ],
)
def test_a_field_is_found_where_nothing_is_shown_as_something(source, field, shown):
    export = Export(name="X", main="M", fields=[Field("U1", "naam", "M", field, "M")])
    [column] = define(exported(export, source)).columns
    assert column.sql == shown
