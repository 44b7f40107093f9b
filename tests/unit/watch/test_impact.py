import json

import pytest

from koppeling_harness.model.change import ChangeKind, ChangeList, NotUnderstood, Side
from koppeling_harness.model.connector import ConnectorField, OwnGetConnector
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.impact import ImpactClass
from koppeling_harness.model.manifest import GetConnectorUse, Operation, UpdateConnectorUse
from koppeling_harness.model.operation import OtherCall
from koppeling_harness.model.shape import Text
from koppeling_harness.watch.impact import by_change, impacts
from koppeling_harness.watch.usage import Usage, declared_use, observed_use
from support.exchanges import Tape, a_manifest
from support.updates import a_change

K = ChangeKind


def manifest():
    """An integration that reads its own copy of employees, and writes subjects with a link."""
    return a_manifest(
        get_connectors=(
            GetConnectorUse(
                id="Own_Employees",
                copy_of="Profit_Employees",
                fields=("EmployeeId", "Name"),
                modified_field="Name",
            ),
        ),
        update_connectors=(
            UpdateConnectorUse(id="KnSubject", fields=("Ds", "StId", "KnSubjectLink.ToEm")),
        ),
    )


def listed(*changes, rows=()):
    return ChangeList(changes=tuple(changes), not_understood=tuple(rows))


def impact(*changes, exchanges=None, **more):
    usage = Usage(
        integration="urenportaal",
        declared=declared_use(manifest()),
        observed=None if exchanges is None else observed_use(exchanges, manifest()),
        **more,
    )
    (found,) = impacts(listed(*changes), [usage])
    return found


def touched(*changes, **more):
    return [(each.connector, each.path) for each in impact(*changes, **more).changes]


def test_a_declared_field_is_touched_and_a_neighbour_is_not():
    assert touched(
        a_change("KnSubject", "Ds", K.FIELD_REMOVED),
        a_change("KnSubject", "Da", K.FIELD_REMOVED),
        a_change("KnSubject", "KnSubjectLink.ToEm", K.TYPE_CHANGED),
        a_change("KnSubject", "KnSubjectLink.ToBC", K.TYPE_CHANGED),
        a_change("KnSubject", "ToEm", K.TYPE_CHANGED),
        a_change("KnContact", "Ds", K.FIELD_REMOVED),
        a_change("KnSubject", "Ds", K.FIELD_REMOVED, side=Side.READS),
    ) == [("KnSubject", "Ds"), ("KnSubject", "KnSubjectLink.ToEm")]


def test_a_change_of_a_supplied_getconnector_touches_its_own_copy():
    assert touched(
        a_change("Profit_Employees", "Name", K.FIELD_REMOVED, side=Side.READS),
        a_change("Profit_Employees", "Gender", K.FIELD_REMOVED, side=Side.READS),
        a_change("own_employees", "EmployeeId", K.TYPE_CHANGED, side=Side.READS),
        a_change("Profit_Projects", "Name", K.FIELD_REMOVED, side=Side.READS),
    ) == [("own_employees", "EmployeeId"), ("Profit_Employees", "Name")]


def test_a_field_under_an_own_name_is_touched_by_a_change_of_what_it_is():
    own = OwnGetConnector(
        id="Own_Employees",
        copy_of="Profit_Employees",
        renamed=(ConnectorField(id="geslacht", field="Gender"),),
    )
    use = GetConnectorUse(
        id=own.id, copy_of=own.copy_of, fields=own.names, definition=own, modified_field=None
    )
    declared = declared_use(a_manifest(get_connectors=(use,)))
    changes = [
        a_change("Profit_Employees", "Gender", K.FIELD_REMOVED, side=Side.READS),
        a_change("Profit_Employees", "geslacht", K.FIELD_REMOVED, side=Side.READS),
        a_change("Own_Employees", "geslacht", K.TYPE_CHANGED, side=Side.READS),
    ]
    (found,) = impacts(listed(*changes), [Usage(integration="x", declared=declared)])
    assert [(each.connector, each.path) for each in found.changes] == [
        ("Own_Employees", "geslacht"),
        ("Profit_Employees", "Gender"),
    ]


def test_what_is_merely_added_touches_nobody():
    found = impact(
        a_change("KnSubject", "New", K.FIELD_ADDED),
        a_change("KnSubject", "KnSubjectNew", K.OBJECT_ADDED),
        a_change("KnSubject", "", K.DOCUMENTATION),
    )

    assert found.changes == ()
    assert found.class_ is ImpactClass.NONE


def test_a_field_that_must_be_sent_touches_who_sends_its_object():
    assert touched(
        a_change("KnSubject", "Must", K.REQUIRED_FIELD_ADDED),
        a_change("KnSubject", "KnSubjectLink.Must", K.BECAME_REQUIRED),
        a_change("KnSubject", "KnSubjectAttachment.Must", K.REQUIRED_FIELD_ADDED),
    ) == [("KnSubject", "Must"), ("KnSubject", "KnSubjectLink.Must")]


def test_a_removed_object_touches_who_sends_a_field_of_it():
    assert touched(
        a_change("KnSubject", "KnSubjectLink", K.OBJECT_REMOVED),
        a_change("KnSubject", "KnSubjectAttachment", K.OBJECT_REMOVED),
    ) == [("KnSubject", "KnSubjectLink")]


def test_a_field_may_be_declared_by_the_last_object_it_stands_in():
    deep = a_change("KnSubject", "KnOther.KnSubjectLink.ToEm", K.FIELD_REMOVED)

    assert touched(deep) == [("KnSubject", "KnOther.KnSubjectLink.ToEm")]


def test_a_connector_that_goes_touches_who_uses_it():
    assert touched(
        a_change("KnSubject", "", K.CONNECTOR_REMOVED),
        a_change("KnSubject", "", K.ENDPOINT_REMOVED, before="/connectors/KnSubject/x"),
        a_change("KnPerson", "", K.CONNECTOR_REMOVED),
    ) == [("KnSubject", ""), ("KnSubject", "")]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (K.FIELD_REMOVED, ImpactClass.REQUIRED),
        (K.VALUES_RESTRICTED, ImpactClass.ADVISED),
        (K.LENGTH_INCREASED, ImpactClass.NONE),
    ],
)
def test_the_class_follows_from_the_heaviest_change_that_touches(kind, expected):
    found = impact(
        a_change("KnSubject", "StId", K.BECAME_OPTIONAL), a_change("KnSubject", "Ds", kind)
    )

    assert found.class_ is expected
    assert len(found.changes) == 2


def test_without_a_recorded_run_nothing_was_observed():
    found = impact(a_change("KnSubject", "Ds", K.FIELD_REMOVED))

    assert (found.recorded, found.changes[0].declared, found.changes[0].observed) == (
        False,
        True,
        False,
    )


def a_write(fields, link=None, **values):
    element = {"Fields": fields}
    if link:
        element["Objects"] = [{"KnSubjectLink": {"Element": {"Fields": link}}}]
    body = json.dumps({"KnSubject": {"Element": element}})
    return Tape().call("POST", "/connectors/KnSubject", request_body=body, **values).exchanges


def seen(change, exchanges):
    (touch,) = impact(change, exchanges=exchanges).changes
    return touch.declared, touch.observed


def test_what_was_seen_is_told_apart_from_what_was_declared():
    exchanges = a_write({"Ds": "x", "Undeclared": "1"})

    assert seen(a_change("KnSubject", "Ds", K.FIELD_REMOVED), exchanges) == (True, True)
    assert seen(a_change("KnSubject", "StId", K.FIELD_REMOVED), exchanges) == (True, False)
    assert seen(a_change("KnSubject", "Undeclared", K.FIELD_REMOVED), exchanges) == (False, True)


def test_a_value_was_seen_when_it_was_sent():
    exchanges = a_write({"StId": 7, "Ds": True}, link={"ToEm": "H"})
    removed = K.ENUM_VALUE_REMOVED

    assert seen(a_change("KnSubject", "StId", removed, before="7"), exchanges) == (True, True)
    assert seen(a_change("KnSubject", "StId", removed, before="8"), exchanges) == (True, False)
    assert seen(a_change("KnSubject", "Ds", removed, before="1"), exchanges) == (True, True)
    link = a_change("KnSubject", "KnSubjectLink.ToEm", removed, before="H")
    assert seen(link, exchanges) == (True, True)


def test_an_endpoint_was_seen_when_its_method_was():
    gone = {"before": "/connectors/KnSubject", "operations": ("DELETE",)}
    change = a_change("KnSubject", "", K.ENDPOINT_REMOVED, **gone)

    assert seen(change, a_write({"Ds": "x"})) == (True, False)
    deleted = Tape().call("DELETE", "/connectors/KnSubject/KnSubject/@SbId/1").exchanges
    assert seen(change, deleted) == (True, True)


def test_what_the_harness_itself_sent_was_not_seen():
    exchanges = a_write({"Ds": "x"}, sender=Sender.HARNESS)

    assert seen(a_change("KnSubject", "Ds", K.FIELD_REMOVED), exchanges) == (True, False)


def test_rows_filters_and_sorts_of_a_read_are_seen_under_both_names():
    row = {"EmployeeId": "1"}
    query = {"filterfieldids": "Gender", "filtervalues": "M", "orderbyfieldids": "-Age"}
    exchanges = Tape().read("Own_Employees", rows=[row], query=query).exchanges

    for path, expected in (
        ("EmployeeId", (True, True)),
        ("Name", (True, False)),
        ("Gender", (False, True)),
        ("Age", (False, True)),
    ):
        change = a_change("Profit_Employees", path, K.FIELD_REMOVED, side=Side.READS)
        assert seen(change, exchanges) == expected, path


def test_another_endpoint_touches_who_was_seen_to_call_it():
    exchanges = Tape().call("GET", "/ReportConnector/123").exchanges
    gone = a_change("/reportconnector", "", K.ENDPOINT_REMOVED, side=Side.READS)

    assert touched(gone, exchanges=exchanges) == [("/reportconnector", "")]
    assert touched(gone) == []


def test_a_thousand_integrations_find_each_their_own_in_a_whole_release():
    changes = [
        a_change(f"Kn{connector}", f"Link.F{field}", K.FIELD_REMOVED)
        for connector in range(250)
        for field in range(80)
    ]
    usages = [
        Usage(
            integration=str(number),
            declared=declared_use(
                a_manifest(
                    update_connectors=tuple(
                        UpdateConnectorUse(
                            id=f"Kn{(number + step) % 250}", fields=("Link.F7", "F8")
                        )
                        for step in range(6)
                    ),
                )
            ),
        )
        for number in range(1000)
    ]
    found = impacts(listed(*changes), usages)

    assert [len(each.changes) for each in found] == [6] * 1000
    assert {touch.path for each in found for touch in each.changes} == {"Link.F7"}


def a_row(connector, text="the meaning of it turned into minutes"):
    return NotUnderstood(
        place="news.tsv:2", row=text, problem="?", connector=connector, description=text
    )


def three():
    """One that writes projects, one that reads them, and one that does neither."""
    writes = a_manifest(update_connectors=(UpdateConnectorUse(id="PtProject", fields=("Ds",)),))
    reads = a_manifest(get_connectors=(GetConnectorUse(id="Projects", fields=("Ds",)),))
    return [
        Usage(
            integration="writes", declared=declared_use(writes), partner="W BV", contact="w@w.nl"
        ),
        Usage(integration="reads", declared=declared_use(reads), partner="R BV"),
        Usage(integration="files", declared=declared_use(a_manifest())),
    ]


@pytest.mark.parametrize(
    ("connector", "whom"),
    [
        ("PtProject", ["writes"]),
        ("/connectors/PtProject/PtProjectStage", ["writes"]),
        ("ptproject, Projects", ["writes", "reads"]),
        ("KnCourse", []),  # there is one, and nobody here uses it
        ("", ["writes", "reads", "files"]),
        ("Pt Proj", ["writes", "reads", "files"]),
        ("?", ["writes", "reads", "files"]),
    ],
)
def test_a_row_that_was_not_understood_touches_whom_it_may_be_about(connector, whom):
    found = impacts(listed(rows=[a_row(connector)]), three(), known={"kncourse", "ptproject"})

    assert [each.integration for each in found if each.changes] == whom
    assert {each.class_ for each in found if each.changes} <= {ImpactClass.ADVISED}


def test_a_name_that_another_row_of_the_table_has_is_that_of_a_connector():
    there = a_change("TxClientIB2021", "LgId", K.LENGTH_INCREASED)
    found = impacts(listed(there, rows=[a_row("TxClientIB2021")]), three())

    assert [each.class_ for each in found] == [ImpactClass.NONE] * 3


def test_a_whole_run_shows_what_is_not_called():
    gone = {"before": "/connectors/KnSubject/KnSubject/@SbId/{SbId}", "operations": ("DELETE",)}
    change = a_change("KnSubject", "", K.ENDPOINT_REMOVED, **gone)
    field = a_change("KnSubject", "Ds", K.TYPE_CHANGED, operations=("PUT",))
    wrote = a_write({"Ds": "x"})
    deleted = Tape().call("DELETE", "/connectors/KnSubject/KnSubject/@SbId/1").exchanges
    elsewhere = Tape().call("DELETE", "/connectors/KnSubject/KnReaction/@Id/1").exchanges

    assert touched(change, field, exchanges=wrote, is_whole=True) == []
    assert touched(change, field, exchanges=wrote) == [("KnSubject", ""), ("KnSubject", "Ds")]
    assert touched(change, exchanges=deleted, is_whole=True) == [("KnSubject", "")]
    assert touched(change, exchanges=elsewhere, is_whole=True) == []


def test_a_connector_that_a_whole_run_did_not_call_stays_declared():
    change = a_change("KnSubject", "Ds", K.FIELD_REMOVED)
    exchanges = Tape().call("GET", "/profitversion").exchanges

    assert touched(change, exchanges=exchanges, is_whole=True) == [("KnSubject", "Ds")]


def test_an_endpoint_that_a_manifest_names_is_declared():
    fetch = Operation(name="fetch", title=Text(nl="Haal", en="Get"), calls=(OtherCall.FILE,))
    declared = declared_use(a_manifest(operations=(fetch,)))
    gone = a_change("/fileconnector", "", K.ENDPOINT_REMOVED, side=Side.READS)
    (found,) = impacts(listed(gone), [Usage(integration="x", declared=declared)])

    assert [(each.connector, each.declared) for each in found.changes] == [("/fileconnector", True)]


def test_the_other_way_round_each_change_has_whom_it_touches_and_who_makes_that():
    changes = listed(a_change("PtProject", "", K.CONNECTOR_REMOVED), rows=[a_row("")])
    most, less = by_change(impacts(changes, three()))

    assert (most.connector, [each.integration for each in most.integrations]) == (
        "PtProject",
        ["writes"],
    )
    assert [(each.partner, each.contact) for each in most.integrations] == [("W BV", "w@w.nl")]
    assert (less.kind, len(less.integrations)) == (K.NOT_UNDERSTOOD, 3)
