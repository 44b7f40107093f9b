"""How much of the page is shown by tests; what is not stands here by name."""

import contract.erp1.test_access
import contract.erp1.test_afas_examples
import contract.erp1.test_authorisation
import contract.erp1.test_body_shapes
import contract.erp1.test_client_assertion
import contract.erp1.test_clock
import contract.erp1.test_dpop
import contract.erp1.test_endpoint_notes
import contract.erp1.test_forms
import contract.erp1.test_maintenance
import contract.erp1.test_oauth_client
import contract.erp1.test_outgoing
import contract.erp1.test_people
import contract.erp1.test_reading
import contract.erp1.test_sign_in_switches
import contract.erp1.test_supplied_gets
import contract.erp1.test_tls
import contract.erp1.test_writing  # noqa: F401 - importing fills the table
from contract.erp1.table import CLAIMS, SHOWN

NOT_SHOWN = {}


def test_every_documented_claim_is_shown_or_listed_as_not(capsys):
    missing = set(CLAIMS) - SHOWN
    with capsys.disabled():
        # ruff: noqa: T201 - the count is meant to be seen in every run
        print(f"\nERP1: {len(SHOWN)} of {len(CLAIMS)} documented claims are shown by tests")
        for claim in sorted(missing):
            print(f"  not shown: {claim}: {CLAIMS[claim][0]} ({NOT_SHOWN.get(claim, '?')})")

    assert missing == set(NOT_SHOWN)
