"""What runs of the same job at the same time both wrote."""

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.manifest import Operation
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import PROFIT_8, READS, WRITES, Tape, a_manifest

LINE = {"EmId": "000001003", "Qu": 7.5}
MANIFEST = a_manifest(
    operations=(
        Operation(
            name="push",
            title=Text(nl="Boek", en="Book"),
            reads=(READS,),
            writes=(WRITES,),
            idempotent=True,
        ),
    )
)
OTHER = {"EmId": "000001003", "Qu": 0.5}


def found(tape: Tape, *, runs: int = 2) -> list[tuple[str, str]]:
    """Return code and message of what is found of a job that ran so often at once."""
    trigger = TriggerRecord(operation="push", input=None, ok=True, runs=runs)
    findings = check_exchanges(
        tape.exchanges, manifest=MANIFEST, release=PROFIT_8, triggers=[trigger]
    )
    return [(each.code, each.message) for each in findings]


def wrote(*lines: dict[str, object], **more: object) -> Tape:
    tape = Tape()
    for line in lines:
        tape.write(line, turn=1, **({"erp_status": 201} | more))
    return tape


def test_the_same_that_was_written_twice_is_told_with_both_calls():
    ((code, message),) = found(wrote(LINE, OTHER, dict(reversed(LINE.items()))))

    assert code == "WRITTEN-BY-BOTH"
    assert "both times the same was written (exchange 1 and 3)" in message


@pytest.mark.parametrize(
    "tape",
    [
        wrote(LINE, OTHER),
        wrote(LINE, LINE, erp_status=500),  # ERP1 refused it
        wrote(LINE, LINE, method="PUT"),
        wrote(LINE | {"MatchPer": "0"}, LINE | {"MatchPer": "0"}),
    ],
)
def test_what_leaves_one_is_fine(tape):
    assert "WRITTEN-BY-BOTH" not in dict(found(tape))


def test_who_deletes_and_writes_again_leaves_it_once():
    tape = wrote(LINE)
    tape.call("DELETE", tape.exchanges[0].path + "/PtRealization/Id/1", turn=1, erp_status=200)

    assert found(tape.write(LINE, turn=1, erp_status=201)) == []


def test_what_follows_on_what_is_judged_of_one_run_only():
    """Another run may ask the same a moment later; what one call holds is judged all the same."""
    page = {"skip": 0, "take": 3, "orderbyfieldids": "EmployeeId"}
    tape = Tape().read(query=page, turn=1).read(query=page, turn=1, request_headers={})

    assert {code for code, _ in found(tape)} == {"INTEGRATION-ID", "AUTH-HEADER"}
    assert "PAGING-INCOMPLETE" in dict(found(tape, runs=1))
