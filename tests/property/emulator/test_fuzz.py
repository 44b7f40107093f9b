"""Whatever is sent, ERP1 answers as Profit does: no traceback, no strange 500, no lost write."""

import json
import logging
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.specification import ObjectType
from support.erp1 import HOURS, Caller, caller, element, one

ERP1 = caller()
FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STATUSES = {200, 201, 400, 404, 500}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        ["", "1", "-1", "true", "2026-11-24", "2026-02-30", "10:00", "1e400", "²", "٣"]
    ),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


class _Failures(logging.Handler):
    """Keeps what the emulator logs: that its own database failed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


FAILURES = _Failures()
logging.getLogger("koppeling_harness.emulator.web").addHandler(FAILURES)


def well_behaved(reply) -> None:
    assert FAILURES.lines == []
    assert reply.status in STATUSES
    if reply.status == 500:
        assert set(reply.json()) == {"externalMessage", "errorNumber", "profitLogReference"}
        assert reply.message
    elif reply.content:
        reply.json()


@FUZZ
@given(
    connector=st.sampled_from(sorted(supplied())),
    query=st.dictionaries(
        st.sampled_from(
            [
                "skip",
                "take",
                "orderbyfieldids",
                "filterfieldids",
                "filtervalues",
                "operatortypes",
                "filterjson",
            ]
        ),
        st.one_of(st.text(max_size=20), st.integers().map(str)),
    ),
)
@example(connector="profit_realization", query={"skip": "9" * 400, "take": "-9"})
def test_any_query_gets_an_answer(connector: str, query: dict[str, str]):
    well_behaved(ERP1.get(connector, **query))


@FUZZ
@given(data=st.data())
def test_any_filter_on_real_fields_gets_an_answer(data: st.DataObject):
    definition = supplied()[data.draw(st.sampled_from(sorted(supplied())))]
    number = data.draw(st.integers(1, 3))
    picked = [data.draw(st.sampled_from(definition.columns)).id for _ in range(number)]
    marks = [data.draw(st.sampled_from(",;")) for _ in range(number - 1)] + [""]
    value = st.one_of(
        st.text(st.characters(codec="utf-8", exclude_characters=",;"), max_size=8),
        st.sampled_from(
            ["1", "true", "2025-06-01T00:00:00", "1.5", "%a%", "1..5", "..", "![]", ">=1"]
        ),
    )
    parts = [(name, data.draw(value), str(data.draw(st.integers(1, 15)))) for name in picked]

    def joined(position: int) -> str:
        return "".join(part[position] + mark for part, mark in zip(parts, marks, strict=True))

    order = data.draw(st.sampled_from(["", picked[0], "-" + picked[0]]))
    reply = ERP1.where(
        definition.id, joined(0), joined(1), joined(2), take="5", orderbyfieldids=order
    )

    well_behaved(reply)


@FUZZ
@given(json_text=st.one_of(anything.map(json.dumps), st.text(max_size=30)))
@example(json_text="[" * 2000)
@example(json_text='{"Filters":{"Filter":{"Field":{"@FieldId":1,"@OperatorType":1}}}}')
def test_any_json_filter_gets_an_answer(json_text: str):
    well_behaved(ERP1.call("GET", "/connectors/Profit_Article", filterjson=json_text[:1500]))


@FUZZ
@given(connector=st.sampled_from(sorted(own_catalogue())), body=anything, put=st.booleans())
@example(connector="knsubject", body={"KnSubject": {"Element": {"Fields": 1}}}, put=False)
@example(connector="fientries", body={"FiEntryPar": {"Element": {"Fields": {}}}}, put=True)
def test_any_body_gets_an_answer(connector: str, body: Any, put: bool):
    verb = ERP1.put if put else ERP1.post
    well_behaved(verb(connector, body))
    well_behaved(verb(connector, {own_catalogue()[connector].root.name: {"Element": body}}))


@FUZZ
@given(data=st.data(), connector=st.sampled_from(sorted(own_catalogue())))
def test_a_body_of_real_objects_and_fields_gets_an_answer(data: st.DataObject, connector: str):
    root = own_catalogue()[connector].root
    body = {root.name: {"Element": an_element(data, root, depth=0)}}
    verb = data.draw(st.sampled_from([ERP1.post, ERP1.put]))

    well_behaved(verb(connector, body))


def an_element(data: st.DataObject, type_: ObjectType, *, depth: int) -> dict[str, Any]:
    chosen = (
        data.draw(st.lists(st.sampled_from(type_.fields), max_size=6, unique=True))
        if type_.fields
        else []
    )
    fields = {}
    for field in chosen:
        codes = [code for code, _ in field.values]
        fields[field.id] = data.draw(st.sampled_from(codes) if codes else scalars)
    element: dict[str, Any] = {"Fields": fields}
    action = data.draw(st.sampled_from([None, None, "insert", "update", "delete"]))
    if action:
        element["@Action"] = action
    if type_.objects and depth < 3:
        children = data.draw(st.lists(st.sampled_from(type_.objects), max_size=2))
        element["Objects"] = [
            {child.name: {"Element": an_element(data, child, depth=depth + 1)}}
            for child in children
        ]
    return element


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    parts=st.lists(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(
                [
                    "connectors",
                    "metainfo",
                    "get",
                    "update",
                    "KnSubject",
                    "Profit_Article",
                    "@SbId",
                    "SbId",
                    "1",
                    "fileconnector",
                    "imageconnector",
                    "reportconnector",
                    "subjectconnector",
                    "oauth",
                    "token",
                    "authorize",
                    "bi",
                    "v2",
                ]
            ),
        ),
        max_size=8,
    ),
)
def test_any_path_gets_an_answer(method: str, parts: list[str]):
    reply = ERP1.call(method, "/" + "/".join(quote(part, safe="") for part in parts))

    assert reply.status in STATUSES | {204, 302}
    if reply.status == 500:
        assert reply.message


@settings(max_examples=20, deadline=None)
@given(quantities=st.lists(st.integers(-5, 10**9), min_size=1, max_size=4))
def test_every_write_that_is_acknowledged_is_read_back(quantities: list[int]):
    client = Caller(ERP1.erp1, ERP1.erp1.open_environment())
    expected = {}
    for quantity in quantities:
        # A quantity below zero is fine; one that is no number is refused and leaves nothing.
        sent = quantity if quantity % 3 else f"x{quantity}"
        reply = client.post("PtRealization", element("PtRealization", {**HOURS, "Qu": sent}))
        if reply.status == 201:
            expected[int(reply.json()["results"]["PtRealization"]["Id"])] = quantity

    rows = client.where("Profit_Realization", "Identity", "300", "4", take="-1", skip="-1").rows

    assert {row["Identity"]: row["QuantityUnit"] for row in rows} == expected
    client.erp1.close_environment(client.access.environment)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.lists(st.integers(-9, 9), min_size=1, max_size=3)),
        st.tuples(st.just("update"), st.integers(0, 5), st.integers(-9, 9)),
        st.tuples(st.just("delete"), st.integers(0, 5)),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(steps=steps)
@example(steps=[("insert", [1, 2]), ("update", 1, 0), ("delete", 0), ("delete", 0)])
def test_after_any_row_of_writes_there_is_what_was_acknowledged_and_nothing_else(steps: list[Any]):
    client = Caller(ERP1.erp1, ERP1.erp1.open_environment())
    kept: dict[int, int] = {}
    numbers: list[int] = []
    for kind, *rest in steps:
        if kind == "insert":
            # A zero is sent as text that is no number: it takes the others of its body with it.
            lines = [one({**HOURS, "Qu": quantity or "nul"}) for quantity in rest[0]]
            reply = client.post("PtRealization", {"PtRealization": {"Element": lines}})
            assert reply.status == (201 if all(rest[0]) else 500)
            if reply.status == 201:
                found = reply.json()["results"]["PtRealization"]
                ids = [int(each["Id"]) for each in (found if len(rest[0]) > 1 else [found])]
                numbers += ids
                kept.update(zip(ids, rest[0], strict=True))
            continue
        number = numbers[rest[0] % len(numbers)] if numbers else 99_999
        if kind == "update":
            body = element("PtRealization", {"Id": number, "Qu": rest[1]})
            expected = 201 if number in kept else 500
            assert client.put("PtRealization", body).status == expected
            if number in kept:
                kept[number] = rest[1]
        else:
            reply = client.delete(f"PtRealization/PtRealization/@Id/{number}")
            assert reply.status == (200 if number in kept else 500)
            kept.pop(number, None)

    rows = client.where("Profit_Realization", "Identity", "300", "4", take="-1", skip="-1").rows

    assert {row["Identity"]: row["QuantityUnit"] for row in rows} == kept
    client.erp1.close_environment(client.access.environment)


@settings(max_examples=30, deadline=None)
@given(
    skip=st.integers(0, 320),
    take=st.integers(1, 50),
    order=st.sampled_from(["Identity", "-Identity", "EmployeeId", "-DateTime,EmployeeId"]),
)
def test_pages_in_some_order_are_slices_of_the_whole(skip: int, take: int, order: str):
    whole = PAGES.get("Profit_Realization", skip=-1, take=-1, orderbyfieldids=order).rows

    page = PAGES.get("Profit_Realization", skip=skip, take=take, orderbyfieldids=order).rows

    assert page == whole[skip : skip + take]


PAGES = caller()
