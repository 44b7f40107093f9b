"""What a token's user may see: rows that the authorisation filters are not there for it."""

import pytest

from contract.erp1.table import shows
from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.access import app_connector
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import (
    AppConnectorDefinition,
    FixedOperator,
    OwnGetConnector,
    RowFilter,
)
from support.erp1 import Caller, caller, element

INTERNAL = RowFilter(connector="Profit_Projects", field="ProjectGroup", value="INT")
OWN = OwnGetConnector(id="Acme_P", copy_of="Profit_Projects", fields=("ProjectId",))


def restricted(*filters: RowFilter, **options) -> Caller:
    definition = AppConnectorDefinition(row_filters=filters)
    return caller(app_connector=app_connector(definition), **options)


def everyone(client: Caller) -> Caller:
    """A client of the same environment whose user sees every row."""
    token = client.environment.add_token(app_connector(AppConnectorDefinition(name="all")))
    other = Caller(client.erp1, client.access)
    other.authorization = f"AfasToken {token.encoded.reveal()}"
    return other


@shows("auth.row-filters")
def test_rows_outside_the_authorisation_are_left_out_of_the_connector_and_of_its_copies():
    client = restricted(INTERNAL, connectors=[OWN])

    rows = client.get("Profit_Projects", orderbyfieldids="ProjectId").rows
    copies = client.get("Acme_P", orderbyfieldids="ProjectId").rows

    assert {each["ProjectGroup"] for each in rows} == {"INT"}
    assert [each["ProjectId"] for each in rows] == ["500005", "500010", "500015", "500020"]
    assert copies == [{"ProjectId": each["ProjectId"]} for each in rows]
    assert len(everyone(client).get("Profit_Projects", take=50).rows) == 20


@shows("auth.row-filters")
def test_filters_of_the_caller_and_pages_see_only_what_is_authorised():
    client = restricted(INTERNAL)

    hidden = client.where("Profit_Projects", "ProjectId", "500001")
    either = client.where("Profit_Projects", "ProjectId;ProjectId", "500001;500005", "1;1")
    second = client.get("Profit_Projects", orderbyfieldids="ProjectId", skip=2, take=5)

    assert hidden.rows == []
    assert [each["ProjectId"] for each in either.rows] == ["500005"]
    assert [each["ProjectId"] for each in second.rows] == ["500015", "500020"]


def test_several_filters_on_one_collection_all_hold_and_others_stay_whole():
    late = RowFilter(
        connector="profit_projects", field="projectid", operator=FixedOperator.MORE, value="500012"
    )
    client = restricted(INTERNAL, late)

    assert [each["ProjectId"] for each in client.get("Profit_Projects").rows] == [
        "500015",
        "500020",
    ]
    assert len(client.get("Profit_Article").rows) == 40


@shows("auth.row-filters-none")
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (RowFilter(connector="Profit_OrgPer", field="BcCo"), "without authorisation"),
        (RowFilter(connector="Acme_P", field="ProjectId"), "is not a supplied GetConnector"),
        (RowFilter(connector="Profit_Projects", field="Nope"), "has no field 'Nope'"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_name(wrong, why):
    with pytest.raises(ConfigurationError, match=why):
        app_connector(AppConnectorDefinition(row_filters=(wrong,)))


@shows("other.subject-right")
def test_an_attachment_of_a_dossier_item_that_the_user_may_not_see_is_an_empty_404():
    type_2 = RowFilter(connector="Profit_Subjects", field="TypeId", value="2")
    client = restricted(type_2)
    file = client.get("Profit_Subject_Attachments").rows[0]["file_id"]

    refused = client.call("GET", f"/subjectconnector/25/{file}")

    assert (refused.status, refused.content) == (404, b"")
    assert everyone(client).call("GET", f"/subjectconnector/25/{file}").status == 200


@shows("bi.row-filters-8")
def test_bi_feeds_are_filtered_from_profit_8_on():
    def count(release: str) -> int:
        client = restricted(INTERNAL, release=release)
        return len(client.call("GET", "/bi/Profit_Projects/v2/").json()["value"])

    assert (count("Profit 7"), count("Profit 8")) == (20, 4)


def test_what_is_written_outside_the_authorisation_is_not_read_back():
    client = restricted(INTERNAL)

    reply = client.post(
        "PtProject", element("PtProject", {"PrId": "AC1", "PrGp": "EXT", "Ds": "Extern"})
    )

    assert reply.status == 201
    assert client.where("Profit_Projects", "ProjectId", "AC1").rows == []
    assert len(everyone(client).where("Profit_Projects", "ProjectId", "AC1").rows) == 1


@pytest.mark.parametrize("what", [{"blocked": True}, {"user_blocked": True}])
def test_a_file_may_block_the_app_connector_or_its_user(what):
    erp1 = Erp1()
    access = erp1.open_environment(app_connector=app_connector(AppConnectorDefinition(**what)))

    reply = Caller(erp1, access).metainfo()

    assert (reply.status, reply.content) == (401, b"")
