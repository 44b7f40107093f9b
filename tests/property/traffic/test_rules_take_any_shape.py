"""Whatever an integration sends, every rule judges it, and none breaks."""

import json
from functools import cache
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from koppeling_harness.model.snapshot import (
    CodeValue,
    MetainfoField,
    MetainfoObject,
    UpdateMetainfo,
)
from koppeling_harness.traffic.checks import RULE_BROKE, check_exchanges
from koppeling_harness.traffic.checks.rule import Logged
from support.exchanges import PROFIT_8, READS, WRITE_HEADERS, WRITES, Tape, a_manifest

NAMES = (
    "Element", "element", "Fields", "FIELDS", "Objects", "@Action", "@action", "@SbId", "@Qu",
    "#text", "KnLink", "ToEm", "DaTi", "EmId", "Qu", "VaIt", "rows", "Filters", "Filter",
    "@FieldId", "@OperatorType", "externalMessage", "retry_after", WRITES, "",
)  # fmt: skip
names = st.sampled_from(NAMES) | st.text(max_size=3)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "7,5", "02-11-2026", "09:00", "insert", "[token:0123abcd]", "x" * 99])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
texts = values.map(json.dumps) | st.text(max_size=30)
bodies = (
    st.builds(lambda inner: json.dumps({WRITES: {"Element": inner}}), values)
    | st.builds(lambda inner: json.dumps({WRITES: {"Element": {"Fields": inner}}}), values)
    | texts
)
paths = st.sampled_from(
    [f"/connectors/{READS}", f"/connectors/{WRITES}", f"/connectors/{WRITES}/A/@b,c/1",
     "/bi/x/v2", "/connectors/", "/", "", "/oauth/token", f"/connectors/{READS}/Name/a%2Fb"]
) | st.text(max_size=12).map("/".__add__)  # fmt: skip
queries = st.sampled_from(
    ["", "skip=x&take=", "skip=-1&take=1e9", "orderbyfieldids=,,-"]
) | st.builds(
    "filterjson={}&filterfieldids={}&operatortypes={}".format,
    texts,
    st.text(max_size=5),
    st.text(max_size=3),
)


def a_field(name: str, kind: str, **more: Any) -> MetainfoField:
    known = {
        "id": "", "field_id": name, "primary_key": False, "data_type": kind, "label": name,
        "mandatory": True, "length": 3, "decimals": 2, "decimals_field_id": "", "notzero": False,
        "control_type": 0, "values": None,
    }  # fmt: skip
    return MetainfoField(**(known | more))


@cache
def definitions() -> dict[str, UpdateMetainfo]:
    fields = tuple(
        a_field(name, kind)
        for name, kind in (
            ("EmId", "string"), ("Qu", "decimal"), ("DaTi", "date"), ("Nr", "int"),
            ("Bl", "boolean"), ("Fs", "blob"), ("Xx", "unheard-of"),
        )
    )  # fmt: skip
    listed = a_field("VaIt", "string", values=(CodeValue(id="1", description="x"),))
    inner = MetainfoObject(name="KnLink", fields=fields, objects=())
    known = UpdateMetainfo(
        id=WRITES, name=WRITES, description="", fields=(*fields, listed), objects=(inner,)
    )
    return {WRITES.lower(): known}


calls = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "QUERY"]),
        "path": paths,
        "query": queries,
        "request_body": st.none() | bodies,
        "request_size": st.integers(0, 10**9),
        "request_headers": st.just(WRITE_HEADERS)
        | st.dictionaries(
            st.sampled_from(["Authorization", "IntegrationId", "Content-Type", "Connection"]),
            st.text(max_size=9),
        ),
        "response_headers": st.just(())
        | st.text(max_size=4).map(lambda text: (("Retry-After", text), ("Content-Length", text))),
        "status": st.none() | st.sampled_from([200, 201, 400, 401, 403, 404, 500, 503]),
        "response_body": st.none() | texts | st.builds(lambda v: json.dumps({"rows": v}), values),
        "fault": st.none() | st.just("half_body"),
        "erp_status": st.none() | st.sampled_from([200, 400, 500]),
    }
)


LIST = '{"PtRealization":{"Element":{"Fields":{"EmId":["a"],"Qu":{"a":1}}}}}'


@example([{"method": "POST", "path": f"/connectors/{WRITES}", "request_body": LIST, "status": 500,
           "erp_status": 500}], "")  # fmt: skip
@given(st.lists(calls, min_size=1, max_size=4), texts)
@settings(max_examples=150, deadline=None)
def test_no_rule_breaks_whatever_was_sent(sent, log):
    tape = Tape()
    for each in sent:
        tape.call(**each)

    found = check_exchanges(
        tape.exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        logged=(Logged(text=log),),
        definitions=definitions(),
    )

    assert [each.message for each in found if each.code == RULE_BROKE] == []
