"""On which behaviours of ERP1 a failed scenario rests, and that nobody saw AFAS do so."""

import pytest

from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.model.run import ExchangeRecord
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules import unseen
from koppeling_harness.rules.unseen import behaviours_of, with_unseen
from koppeling_harness.rules.verdict_notes import verdict_notes
from support.records import a_result, an_integration


def call(method, path, status=200, fault=None):
    return ExchangeRecord(
        number=1, method=method, path=path, status=status, duration_s=0.1, fault=fault
    )


@pytest.mark.parametrize(
    ("exchange", "behaviours"),
    [
        (call("GET", "/connectors/X?take=0&orderbyfieldids=A"), {"take_zero"}),
        (call("GET", "/connectors/X?take=5"), {"unordered_paging"}),
        (
            call(
                "GET",
                "/connectors/X?filterfieldids=A;B,C&filtervalues=1;2,%25x&operatortypes=1;7,6&orderbyfieldids=A",
            ),
            {"filter_precedence", "filter_wildcards", "not_equal_empty", "not_equal_wildcards"},
        ),
        (
            call("POST", "/connectors/PtRealization", 201),
            {"post_status", "unknown_field", "times_quantity"},
        ),
        (
            call("PUT", "/connectors/KnOrganisation/KnContact", 201),
            {"put_status", "put_without_key", "unknown_field", "sub_object_put", "update_keys"},
        ),
        (
            call("DELETE", "/connectors/KnPerson/KnPerson/@BcCo/1"),
            {"delete_forms", "relation_delete"},
        ),
        (
            call("POST", "/oauth/token"),
            {"access_token_form", "oauth_client_authentication", "token_content_type"},
        ),
        (call("POST", "/connectors/PtRealization", 503, fault="status"), set()),
        (call("GET", "/profitversion"), set()),
    ],
)
def test_a_call_tells_what_its_answer_rests_on(exchange, behaviours):
    assert behaviours_of([exchange]) == behaviours


def test_every_name_is_one_of_erp1_s_switches():
    named = {
        name
        for table in (unseen._BY_CONNECTOR, unseen._BY_METHOD, unseen._BY_ENDPOINT)
        for names in table.values()
        for name in names
    }

    assert named <= {each.name for each in QUIRKS}


def test_only_what_failed_says_it_and_what_was_seen_at_afas_is_left_out():
    exchanges = (call("GET", "/connectors/X?take=0"),)
    failed = a_result("a", outcome=Outcome.FAILED, exchanges=exchanges)
    passed = a_result("b", exchanges=exchanges)

    one, other = with_unseen([failed, passed], {"take_zero"})

    assert one.unseen == ("unordered_paging",)
    assert other.unseen == ()
    assert with_unseen([failed], {"take_zero", "unordered_paging"})[0].unseen == ()


def test_the_verdict_says_that_a_failure_rests_on_what_was_never_seen():
    failed = a_result("a", outcome=Outcome.FAILED, unseen=("take_zero",))

    notes = [each.en for each in verdict_notes(an_integration(results=(failed,)))]

    assert (
        "1 scenario that failed rests on behaviour that was never seen at AFAS: take_zero." in notes
    )
