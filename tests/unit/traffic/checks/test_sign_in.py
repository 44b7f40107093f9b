"""Rules about signing in by OAuth."""

import json
from datetime import date
from urllib.parse import urlencode

import pytest

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks import check_exchanges
from support.exchanges import HEADERS, INTEGRATION_ID, PROFIT_8, Tape, a_manifest
from support.judging import codes, judged

MANIFEST = a_manifest(oauth=None)


def bearer(token):
    return {"Authorization": f"Bearer [token:{token}]", "IntegrationId": INTEGRATION_ID}


def sign_in(tape, token="0000000a", *, status=200, said=None, turn=0, customer=1, **form):
    form = {"grant_type": "client_credentials", "client_id": "acme"} | form
    answer = {"access_token": f"[token:{token}]", "token_type": "Bearer", "expires_in": 3600}
    if said is not None or status != 200:
        answer = said or {"error": "invalid_client"}
    return tape.call(
        "POST",
        "/oauth/token",
        request_headers={},
        request_body=urlencode(form, safe="[:]"),
        response_body=json.dumps(answer),
        status=status,
        turn=turn,
        customer=customer,
    )


def oauth_codes(tape):
    return [each for each in codes(tape) if each != "UNDECLARED-CALL"]


def many(tape, count, *, per_token):
    for number in range(count):
        if number % per_token == 0:
            token = f"{number:08x}"
            sign_in(tape, token)
        tape.call(request_headers=bearer(token))
    return tape


@pytest.mark.parametrize(
    ("per_token", "found"),
    [(1, ["TOKEN-PER-CALL"]), (2, ["TOKEN-PER-CALL"]), (5, []), (100, [])],
)
def test_a_token_per_call_is_told_and_one_for_many_calls_is_not(per_token, found):
    assert oauth_codes(many(Tape(), 40, per_token=per_token)) == found


def test_two_tokens_for_two_calls_are_a_token_per_call():
    [found] = [each for each in judged(many(Tape(), 2, per_token=1)) if "TOKEN" in each.code]

    assert found.message == "2 tokens asked for in 2 calls, while the first was still valid"


def test_a_token_that_ended_or_was_refused_may_be_replaced():
    ended = sign_in(Tape(), "0000000a").call(request_headers=bearer("0000000a")).wait(3600)
    sign_in(ended, "0000000b").call(request_headers=bearer("0000000b"))
    refused = sign_in(Tape(), "0000000a").call(request_headers=bearer("0000000a"), status=401)
    sign_in(refused, "0000000b").call(request_headers=bearer("0000000b"))

    assert oauth_codes(ended) == []
    assert oauth_codes(refused) == []


def test_tokens_of_two_clients_and_of_two_operations_are_no_repetition():
    clients = sign_in(sign_in(Tape(), "0000000a"), "0000000b", client_id="other")
    turns = sign_in(Tape(), "0000000a").call(request_headers=bearer("0000000a"), turn=1)
    turns.call(
        *("POST", "/oauth/token"),
        turn=2,
        request_headers={},
        request_body="grant_type=client_credentials&client_id=acme",
        response_body='{"access_token": "[token:0000000b]", "expires_in": 3600}',
    )

    assert oauth_codes(clients) == []
    assert oauth_codes(turns.call(request_headers=bearer("0000000b"), turn=2)) == []


def test_why_a_sign_in_was_refused_is_told():
    said = {"error": "invalid_client", "error_description": "client assertion: aud is not …"}
    [found] = [
        each for each in judged(sign_in(Tape(), status=400, said=said)) if "SIGN" in each.code
    ]

    assert (found.code, found.message) == (
        *("SIGN-IN-REFUSED", "no token: invalid_client: client assertion: aud is not …"),
    )


def test_who_is_refused_by_basic_and_let_in_by_the_body_tried_which_way_is_taken():
    """As golang.org/x/oauth2 does with a service that it does not know yet."""

    def tried(then, way):
        tape = Tape().call(
            *("POST", "/oauth/token"),
            request_headers={"Authorization": "Basic [secret:0000000d]"},
            request_body="grant_type=client_credentials",
            response_body='{"error": "invalid_request"}',
            status=400,
        )
        return sign_in(tape, "0000000a", status=then, **way)

    in_body = {"client_secret": "[secret:0000000d]"}
    assert oauth_codes(tried(200, in_body)) == []
    assert "SIGN-IN-REFUSED" in oauth_codes(tried(400, in_body))
    assert "SIGN-IN-REFUSED" in oauth_codes(
        sign_in(sign_in(Tape(), status=400, **in_body), "0000000a", **in_body)
    )


def test_who_signs_anew_after_each_refusal_is_told_at_the_fourth():
    tape = Tape()
    for number in range(4):
        sign_in(tape, status=400, client_assertion=f"[secret:0000000{number}]")
    [found] = [each for each in judged(tape) if each.code == "SIGN-IN-AGAIN"]

    assert (found.exchange, found.message.partition(",")[0]) == (4, "refused 4 times")


def told(tape, ok):
    trigger = TriggerRecord(operation="sync", input=None, ok=ok, told=not ok)
    found = check_exchanges(
        tape.exchanges, manifest=MANIFEST, release=PROFIT_8, triggers=(trigger,)
    )
    return {each.code: each.message for each in found if "TOKEN" in each.code}


def test_a_token_that_the_client_does_not_take_is_told_as_that_and_not_as_too_many():
    """Some libraries refuse `refresh_token: null`, and ask again."""
    said = {"access_token": "[token:0000000a]", "expires_in": 3600, "refresh_token": None}

    def asked(**values):
        return sign_in(sign_in(Tape(), said=said, turn=1), said=said, turn=1, **values)

    assert list(told(asked(), ok=False)) == ["TOKEN-NOT-USED"]
    assert "It holds `refresh_token: null`" in told(asked(), ok=False)["TOKEN-NOT-USED"]
    used = asked().call(request_headers=bearer("0000000a"), turn=1)
    assert list(told(used, ok=False)) == ["TOKEN-PER-CALL"]
    assert list(told(asked(), ok=True)) == ["TOKEN-PER-CALL"]


@pytest.mark.parametrize(
    ("after", "way", "found"),
    [
        (0.01, {"client_assertion": "[secret:00000002]"}, ["WAIT-503"]),
        (1.0, {"client_assertion": "[secret:00000002]"}, []),
        (1.0, {"client_secret": "[secret:00000003]"}, []),
        (None, {}, ["GIVE-UP-503"]),
    ],
)
def test_a_sign_in_in_maintenance_is_tried_again_by_another_assertion_too(after, way, found):
    tape = sign_in(Tape(), status=503, said={"a": 1}, client_assertion="[secret:00000001]")
    if after is not None:
        sign_in(tape.wait(after), "0000000a", **way).call(request_headers=bearer("0000000a"))

    assert oauth_codes(tape) == found


def test_a_nonce_that_is_asked_for_is_no_refusal():
    said = {"error": "use_dpop_nonce"}

    assert oauth_codes(sign_in(Tape(), status=400, said=said)) == []


def test_the_same_sign_in_after_a_refusal_is_told_and_another_proof_is_not():
    again = sign_in(sign_in(Tape(), status=400), status=400)
    other = sign_in(sign_in(Tape(), status=400, client_assertion="[secret:1]"),
                    client_assertion="[secret:2]")  # fmt: skip

    assert "SIGN-IN-AGAIN" in oauth_codes(again)
    assert "SIGN-IN-AGAIN" not in oauth_codes(other)


def test_a_refresh_token_works_once():
    refresh = {"grant_type": "refresh_token", "refresh_token": "[token:0000000c]"}
    twice = sign_in(sign_in(Tape(), "0000000a", **refresh), status=400, **refresh)
    lost = sign_in(Tape(), status=503, said={"error": "x"}, **refresh)

    assert "REFRESH-TWICE" in oauth_codes(twice)
    assert "REFRESH-TWICE" not in oauth_codes(sign_in(lost, "0000000a", **refresh))


def test_a_token_that_was_not_given_here_is_anothers_or_cut_off():
    other = Tape().call(request_headers=bearer("0000000f"), status=401)
    cut = sign_in(Tape(), "0000000a").call(request_headers=bearer("0000000f"), status=401)
    [first] = [each for each in judged(other) if each.code == "TOKEN-NOT-GIVEN"]
    [second] = [each for each in judged(cut) if each.code == "TOKEN-NOT-GIVEN"]

    assert "another customer's" in first.message
    assert "cut off" in second.message


def test_a_token_that_is_accepted_or_classic_or_refused_on_purpose_is_nobodys_matter():
    accepted = Tape().call(request_headers=bearer("0000000f"))
    classic = Tape().call(request_headers=HEADERS, status=401)
    faulted = Tape().call(request_headers=bearer("0000000f"), status=401, fault="expired_token")

    for tape in (accepted, classic, faulted):
        assert "TOKEN-NOT-GIVEN" not in oauth_codes(tape)


def test_what_is_done_for_one_customer_repeats_nothing_of_another():
    def worked(second, *, token="0000000b", status=200):
        tape = sign_in(Tape(), "0000000a", turn=1).read(
            rows=100, query={"skip": 0, "take": 100}, request_headers=bearer("0000000a"), turn=1
        )
        # when it is prepared for the next one, and before it is told to do anything
        sign_in(tape, "0000000b", turn=1, customer=second)
        return tape.read(
            rows=100,
            query={"skip": 0, "take": 100},
            request_headers=bearer(token),
            turn=2,
            status=status,
            customer=second,
        )

    same, other = set(oauth_codes(worked(1))), set(oauth_codes(worked(2)))
    assert {"FULL-READ-REPEATED", "TOKEN-PER-CALL"} <= same
    assert not other & {"FULL-READ-REPEATED", "TOKEN-PER-CALL", "TOKEN-NOT-GIVEN"}
    mixed = judged(worked(2, token="0000000a", status=401))
    assert ["given for another customer" in each.message for each in mixed].count(True) == 1
    assert "TOKEN-NOT-GIVEN" not in oauth_codes(worked(1, token="0000000a", status=401))


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2027, 2, 28), Severity.INFORMATION),
        (date(2027, 3, 1), Severity.WARNING),
        (None, Severity.WARNING),
    ],
)
def test_what_is_new_is_information_until_its_day(day, level):
    tape = many(Tape(), 2, per_token=1)
    found = check_exchanges(tape.exchanges, manifest=MANIFEST, release=PROFIT_8, day=day)

    assert {each.level for each in found if each.code == "TOKEN-PER-CALL"} == {level}
