import json

import pytest

from support.exchanges import HEADERS, Tape
from support.judging import codes, of

REFUSED = json.dumps({"externalMessage": "Vul een waarde in bij 'Nummer'.", "errorNumber": -1})
LOCKED = json.dumps({"externalMessage": "De boekingslay-out is vergrendeld door Jan"})
MAINTENANCE = json.dumps({"error": {"code": "503"}, "retry_after": 3})


@pytest.mark.parametrize("status", [401, 403])
def test_the_same_call_after_a_refused_token_is_objected_to(status):
    assert codes(Tape().call(status=status).call(status=status)) == ["RETRY-401"]


def test_the_same_call_with_a_new_token_is_fine():
    renewed = HEADERS | {"Authorization": "Bearer [token:99999999]"}

    assert codes(Tape().call(status=401).call(request_headers=renewed)) == []


def test_proving_a_key_again_with_the_nonce_that_was_given_is_fine():
    given = (("DPoP-Nonce", "n1"), ("WWW-Authenticate", 'DPoP error="use_dpop_nonce"'))

    assert codes(Tape().call(status=401, response_headers=given).call()) == []


def test_being_triggered_again_is_no_retry():
    assert codes(Tape().call(status=401, turn=1).call(turn=2)) == []


def test_another_call_after_a_refusal_is_no_retry():
    assert codes(Tape().call(status=401).call(path="/profitversion")) == []


def test_two_calls_that_were_sent_together_are_no_retry():
    tape = Tape().call(status=401, started_s=0.0, duration_s=1.0)

    assert codes(tape.call(status=401, started_s=0.5, duration_s=1.0)) == []


def test_another_page_after_a_refusal_is_the_same_call_again():
    tape = Tape().read(status=401, query={"skip": 0}).read(status=401, query={"skip": 100})

    assert of("RETRY-401", tape) == [2]


def test_pages_that_were_asked_side_by_side_are_no_retry_of_one_another():
    tape = Tape()
    for skip in (0, 1000, 2000):
        query = {"skip": skip, "take": 1000, "orderbyfieldids": "EmployeeId"}
        tape.read(status=401, query=query, started_s=skip / 1e5, duration_s=1.0, rows=[])

    assert codes(tape) == []


def test_a_functional_refusal_that_is_repeated_is_objected_to():
    tape = Tape().write(status=500, response_body=REFUSED).wait(60).write()

    assert codes(tape) == ["RETRY-500"]


def test_a_refusal_that_is_mended_is_fine():
    tape = Tape().write({"Qu": 0}, status=500, response_body=REFUSED).write({"Qu": 1})

    assert codes(tape) == []


@pytest.mark.parametrize("body", [LOCKED, None, "<html>", '{"message":"Invalid json"}'])
def test_a_500_that_may_pass_can_be_tried_again(body):
    assert codes(Tape().write(status=500, response_body=body).write()) == []


def test_trying_again_at_once_after_503_is_objected_to():
    assert codes(Tape().call(status=503).wait(0.05).call()) == ["WAIT-503"]


def test_trying_again_after_a_pause_is_fine():
    assert codes(Tape().call(status=503).wait(0.5).call()) == []


@pytest.mark.parametrize(
    "values",
    [
        {"response_headers": (("Retry-After", "3"),)},
        {"response_body": MAINTENANCE},
    ],
)
def test_the_wait_that_is_asked_is_kept_to(values):
    assert codes(Tape().call(status=503, **values).wait(2).call()) == ["WAIT-503"]
    assert codes(Tape().call(status=503, **values).wait(3).call()) == []


def test_a_date_in_retry_after_asks_for_the_ordinary_pause():
    later = {"response_headers": (("Retry-After", "Wed, 25 Nov 2026 07:28:00 GMT"),)}

    assert codes(Tape().call(status=503, **later).wait(0.5).call()) == []


def test_not_trying_again_after_a_short_503_is_warned_of():
    assert codes(Tape().call(status=503)) == ["GIVE-UP-503"]


def test_leaving_long_maintenance_to_the_next_run_is_fine():
    long = {"response_headers": (("Retry-After", "7200"),)}

    assert codes(Tape().call(status=503, **long)) == []


def test_giving_up_after_several_tries_is_fine():
    tape = Tape()
    for _ in range(3):
        tape.call(status=503).wait(1)

    assert codes(tape) == []


def test_a_post_that_is_sent_again_after_a_lost_answer_is_objected_to():
    assert codes(Tape().write(status=None).wait(60).write()) == ["RESEND-UNCHECKED"]


@pytest.mark.parametrize("text", ["Advies ", " Advies", "ADVIES", "Advies\u00a0"])
def test_a_blank_or_a_capital_more_makes_it_no_other_record(text):
    fields = {"EmId": "1", "Ds": "Advies"}
    tape = Tape().write(fields, status=None).write({"Ds": text, "EmId": "1"})

    assert of("RESEND-UNCHECKED", tape) == [2]


def test_another_record_is_no_resend():
    tape = Tape().write({"Ds": "Advies 1"}, status=None).write({"Ds": "Advies 2"})

    assert of("RESEND-UNCHECKED", tape) == []


def test_reading_first_whether_it_is_there_is_fine():
    assert codes(Tape().write(status=None).read().write()) == []


def test_a_reading_that_failed_or_came_before_is_no_check():
    assert "RESEND-UNCHECKED" in codes(Tape().write(status=None).read(status=500).write())
    assert "RESEND-UNCHECKED" in codes(Tape().read().write(status=None).write())


@pytest.mark.parametrize(
    ("field", "value", "is_check"),
    [("Nummer", "PERS01", True), ("Nummer", "12345", False), ("Gewijzigd", "", True)],
)
def test_a_reading_that_asks_for_other_values_is_no_check(field, value, is_check):
    asked = {"filterfieldids": field, "filtervalues": value, "operatortypes": "1"}
    written = {"EmId": "pers01", "Qu": 2}

    tape = Tape().write(written, status=None).read(query=asked).write(written)

    assert bool(of("RESEND-UNCHECKED", tape)) is not is_check


def test_a_reading_from_a_moment_on_is_a_check():
    asked = {"filterfieldids": "Gewijzigd", "filtervalues": "2026-01-01", "operatortypes": "2"}

    assert of("RESEND-UNCHECKED", Tape().write(status=None).read(query=asked).write()) == []


def test_being_triggered_again_does_not_make_it_safe():
    assert codes(Tape().write(status=None, turn=1).write(turn=2)) == ["RESEND-UNCHECKED"]


def test_another_post_after_a_lost_answer_is_fine():
    assert codes(Tape().write({"Qu": 1}, status=None).write({"Qu": 2})) == []


def test_an_update_or_a_reading_may_be_repeated():
    assert codes(Tape().write(method="PUT", status=None).write(method="PUT")) == []
    assert of("RESEND-UNCHECKED", Tape().read(status=None).read()) == []


def test_the_same_post_twice_without_trouble_is_fine():
    assert codes(Tape().write().write()) == []


def test_two_pages_over_two_connections_may_have_been_on_their_way_together():
    tape = Tape().read(status=401, query={"skip": 0}, connection=1)

    assert of("RETRY-401", tape.read(status=401, query={"skip": 100}, connection=2)) == []
    assert of("RETRY-401", tape.wait(0.2).read(status=401, query={"skip": 200}, connection=3)) == [
        3
    ]


LOOK = {"filterfieldids": "EmId", "filtervalues": "PERS01", "operatortypes": "1"}
LINE = {"EmId": "PERS01", "Qu": 2}


def looked_between(found: int, *, before: int | None = None, deleted: bool = False) -> Tape:
    """Return a line whose answer was lost, and that was sent again after a look."""
    tape = Tape()
    if before is not None:
        tape.read(rows=before, query=LOOK)
    tape.write(LINE, status=None, erp_status=201).read(rows=found, query=LOOK)
    if deleted:
        tape.write(LINE, method="DELETE", erp_status=200)
    return tape.write(LINE, erp_status=201)


@pytest.mark.parametrize(
    ("tape", "is_twice"),
    [
        (looked_between(1), True),
        (looked_between(1, before=0), True),
        (looked_between(0), False),
        (looked_between(3, before=3), False),
        (looked_between(1, deleted=True), False),
    ],
    ids=["found", "found anew", "not found", "only older ones", "taken back first"],
)
def test_writing_again_what_a_look_had_found_is_objected_to(tape, is_twice):
    assert bool(of("RESEND-UNCHECKED", tape)) is is_twice
