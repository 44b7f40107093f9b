"""Whatever value of a field ERP1 takes the rules do not object to, and the other way round."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from koppeling_harness.emulator.json_text import read_json
from koppeling_harness.emulator.messages import Refusal
from koppeling_harness.emulator.specification import Field
from koppeling_harness.emulator.values import stored
from koppeling_harness.model.snapshot import MetainfoField, UpdateMetainfo
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, Tape, a_manifest

KINDS = ["string", "int", "decimal", "boolean", "date"]
LENGTH = 12
text = st.text(alphabet="0123456789+-.,eE_ \t\u00a0\u0663\uff11NaInfTruefals:ZéÉ😀", max_size=14)
moment = st.from_regex(
    r"\A[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{1,9})?)?Z?)?\Z"
)
day_time = st.from_regex(r"\A[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,2})?Z?\Z")
number = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
values = text | moment | day_time | number | st.sampled_from(["true", "False", "-1", "ja", None])


@given(st.sampled_from(KINDS), values)
@example("decimal", "1.")
@example("decimal", "1e3")
@example("boolean", 1.0)
@example("string", 5e-324)
@example("date", "0000-01-01")
@settings(max_examples=300, deadline=None)
def test_erp1_and_the_rules_read_a_value_alike(kind, value):
    length = LENGTH if kind in {"string", "int"} else 0
    (read,) = read_json(json.dumps([value]).encode())
    try:
        stored(Field(id="F", type=kind, label="F", length=length), read)
        taken = True
    except Refusal:
        taken = False

    known = UpdateMetainfo(
        id="PtRealization", fields=(MetainfoField(field_id="F", data_type=kind, length=length),)
    )
    found = check_exchanges(
        Tape().write({"F": value}).exchanges,
        manifest=a_manifest(),
        release=PROFIT_8,
        definitions={"ptrealization": known},
    )
    told = [each.message for each in found if each.code == "BODY-DEFINITION"]
    assert (told == []) is taken, told
