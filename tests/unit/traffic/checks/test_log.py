import json

from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.checks.rule import Logged
from support.exchanges import PROFIT_8, Tape, a_manifest

REFERENCE = "B8213AF1C3C54E579686406A8DE71C6C"
REFUSED = json.dumps({"externalMessage": "bestaat niet", "profitLogReference": REFERENCE})


def judged(tape: Tape, log: str, *files: Logged) -> list[tuple[str, int | None]]:
    findings = check_exchanges(
        tape.exchanges, manifest=a_manifest(), release=PROFIT_8, logged=(Logged(text=log), *files)
    )
    return [(finding.code, finding.exchange) for finding in findings]


def refused() -> Tape:
    return Tape().write(status=500, response_body=REFUSED)


def test_a_reference_that_is_not_in_the_log_is_warned_of():
    assert judged(refused(), "AFAS refused it") == [("LOG-REFERENCE", 1)]


def test_a_reference_in_the_log_is_fine():
    assert judged(refused(), f"AFAS refused it [{REFERENCE.lower()}]") == []


def test_without_a_log_whoever_is_told_has_to_have_the_reference():
    def judged_by(*said: str) -> list[str]:
        found = check_exchanges(
            refused().exchanges,
            manifest=a_manifest(),
            release=PROFIT_8,
            logged=(Logged(text=""),),
            said=said,
        )
        return [each.code for each in found]

    assert judged_by("null\nAFAS refused it") == ["LOG-REFERENCE"]
    assert judged_by(f"null\nAFAS refused it ({REFERENCE})") == []


def test_of_a_log_that_was_not_handed_over_nothing_is_said():
    found = check_exchanges(refused().exchanges, manifest=a_manifest(), release=PROFIT_8)

    assert found == ()


def test_a_secret_in_the_log_is_an_error():
    assert judged(Tape(), "sending AfasToken [token:0123abcd]") == [("LOG-SECRET", None)]


def test_personal_data_in_the_log_is_warned_of_by_kind():
    log = "employee [bsn:0123abcd] [bsn:99999999] [email:0123abcd]"

    assert judged(Tape(), log) == [("LOG-PERSONAL", None), ("LOG-PERSONAL", None)]


def test_an_ordinary_log_is_fine():
    assert judged(Tape().read(), "read 3 employees [12]") == []


def test_a_log_file_is_a_log():
    reference = Logged(name="app.log", text=f"AFAS: {REFERENCE}")
    secret = Logged(name="logs/app.log", text="AfasToken [token:0123abcd]")
    personal = Logged(name="app.log", text="to [email:0123abcd]")

    assert judged(refused(), "", reference) == []
    assert judged(refused(), "", Logged(name="app.log", text="refused")) == [("LOG-REFERENCE", 1)]
    assert judged(Tape(), "", secret) == [("LOG-SECRET", None)]
    assert judged(Tape(), "", personal) == [("LOG-PERSONAL", None)]


def test_where_an_integration_keeps_its_data_may_be_people_and_no_secrets():
    kept = Logged(name="state.db", text="jan [email:0123abcd]", is_log=False)
    secret = Logged(name="state.db", text="[secret:0123abcd]", is_log=False)

    assert judged(Tape(), "", kept) == []
    assert judged(refused(), "", kept) == [("LOG-REFERENCE", 1)]  # what it keeps is no log
    assert judged(Tape(), "", secret) == [("LOG-SECRET", None)]


def test_tokens_of_oauth_may_be_kept_where_nobody_else_reads_them():
    """A refresh token outlives the process of a command line in no other way."""
    tape = Tape().call(
        *("POST", "/oauth/token"),
        request_headers={},
        request_body="grant_type=client_credentials&client_id=acme",
        response_body='{"access_token": "[token:0000000a]", "refresh_token": "[token:0000000b]"}',
    )

    def kept(text, *, is_closed=True):
        found = Logged(name="tokens.json", text=text, is_log=False, is_closed=is_closed)
        return [code for code, _ in judged(tape, "", found) if code == "LOG-SECRET"]

    assert kept("[token:0000000a] [token:0000000b]") == []
    assert kept("[token:0000000a]", is_closed=False) == ["LOG-SECRET"]
    assert kept("[token:0000000a] [token:0123abcd]") == ["LOG-SECRET"]  # a classic one
    assert kept("[secret:0000000a] [secret:0123abcd]") == ["LOG-SECRET"]


def test_a_file_is_named():
    found = check_exchanges(
        (),
        manifest=a_manifest(),
        release=PROFIT_8,
        logged=(Logged(name="logs/app.log", text="[token:0123abcd]"),),
    )

    assert "`logs/app.log` in the integration's work folder" in found[0].message
