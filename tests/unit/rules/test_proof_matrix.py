"""What the results of an integration prove, requirement by connector."""

from koppeling_harness.model.proof import Proof, ProofState
from koppeling_harness.rules.proof_matrix import proof_matrix
from support.records import a_result


def proving(scenario: str, *lines: tuple[str, str, ProofState, int | None]):
    proof = tuple(
        Proof(requirement=requirement, connector=connector, state=state, exchange=exchange)
        for requirement, connector, state, exchange in lines
    )
    return a_result(scenario, proof=proof)


def test_each_connector_has_a_column_and_what_is_about_none_comes_last():
    found = proof_matrix(
        [
            proving(
                "reading.no-rows",
                ("no-rows-no-error", "B", ProofState.PROVEN, 2),
                ("no-rows-no-error", "A", ProofState.NOT_PROVEN, None),
            ),
            proving("identity.integration-id", ("integration-id", "", ProofState.PROVEN, 1)),
        ]
    )

    assert found.connectors == ("A", "B", "")
    assert [row.id for row in found.rows] == ["integration-id", "no-rows-no-error"]
    assert found.rows[1].cells["B"].exchange == 2
    assert found.proven == 2


def test_what_was_refuted_weighs_more_than_what_was_proven_elsewhere():
    found = proof_matrix(
        [
            proving("writing.lost-answer", ("not-written-blindly", "A", ProofState.PROVEN, 1)),
            proving("writing.answer-cut-off", ("not-written-blindly", "A", ProofState.REFUTED, 3)),
        ]
    )
    (row,) = found.rows

    assert row.cells["A"].state is ProofState.REFUTED
    assert row.cells["A"].result == "writing.answer-cut-off"
    assert found.proven == 0


def test_records_without_proof_have_no_rows():
    assert proof_matrix([a_result("a")]).rows == ()
