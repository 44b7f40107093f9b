"""What comes of one step: the harness's own calls, operations, what was seen, what is saved."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import load_yaml
from koppeling_harness.engine import codes
from koppeling_harness.engine.step import Phase, Stage, carry_out
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.scenario.expression import Functions
from support.exchanges import Tape
from support.records import a_finding
from support.scenarios import HEAD


def at_once(result):
    """Return what gives a result to whoever waits for it."""

    async def give(*_):
        return result

    return give


WHEN = Phase(name="when", prepares=False)
GIVEN = Phase(name="given", prepares=True)
ENVIRONMENT = (Outcome.INCONCLUSIVE, Cause.ENVIRONMENT)
CONFIGURATION = (Outcome.INCONCLUSIVE, Cause.CONFIGURATION)
INTEGRATION = (Outcome.FAILED, Cause.INTEGRATION)


def answer(body: str, status: str = "200 OK") -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data


class Environment:
    """An environment in which something was recorded, or nothing."""

    def __init__(self, exchanges):
        self.exchanges = tuple(exchanges)
        self.marks = 0

    def mark(self):
        self.marks += 1

    async def settle(self):
        pass

    def recording(self):
        return Recording(exchanges=self.exchanges)


class Aging(Environment):
    def age(self, by):
        self.by = by


class Filling(Environment):
    def fill(self, filling):
        self.rows = filling.rows


class Trigger:
    """Gives what a test wants, and notes how it was asked."""

    def __init__(self, gives):
        self.gives = gives
        self.asked = []

    async def operation(self, step, *, timeout_s):
        self.asked.append((step.operation, step.input, timeout_s))
        return self.gives.pop(0) if isinstance(self.gives, list) else self.gives

    async def deliver(self, step):
        self.asked.append(step.webhook)
        return self.gives


class Carried:
    """A step that is carried out against a server that answers in turn.

    Attributes:
        ended: Why it did not succeed; None when it did.
        names: What was saved, beside what was there.
        asked: The requests that the server got.
    """

    def __init__(self, text, *answers, phase=WHEN, gives=None, environment=None, **stage):
        scenario = HEAD.format(id="one") + f"when:\n  - {text}\n"
        read = load_yaml(Scenario, scenario, name="one.scenario.yaml")
        self.step = replace(read.when[0], place="one.scenario.yaml:6:5")
        self.answers = list(answers)
        self.asked: list[str] = []
        self.names = {"secret": "s3cret"}
        self.trigger = Trigger(gives)
        self.environment = environment or Environment(())
        self.stage = stage
        self.ended = asyncio.run(self._carried(phase))

    async def _serve(self, reader, writer):
        while self.answers:
            head = await reader.readuntil(b"\r\n\r\n")
            _, _, length = head.lower().partition(b"content-length: ")
            body = await reader.readexactly(int(length.partition(b"\r\n")[0] or 0))
            self.asked.append((head + body).decode())
            given = self.answers.pop(0)
            if given is None:
                await reader.read()  # never answers
                break
            writer.write(given)
        writer.close()

    async def _carried(self, phase):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        access = ErpAccess(
            environment="T1",
            base_url=f"http://127.0.0.1:{port}/T1",
            token=Secret("<token/>"),
            release=Release(label="Profit 8", version="8.0.1"),
        )
        async with server, Connection() as connection:
            clock = SystemClock()
            stage = Stage(
                **{
                    "environment": self.environment,
                    "client": ErpClient(access, connection=connection, clock=clock),
                    "trigger": self.trigger,
                    "judge": at_once(()),
                    "look": at_once(None),
                    "redact": lambda text: text.replace("s3cret", "*"),
                    "learn": None,
                    "names": self.names,
                    "functions": Functions(random=random.Random(1), clock=clock),
                    "clock": clock,
                    "step_limit_s": 5.0,
                    "patience": 1.0,
                    "private_fields": frozenset(),
                    **self.stage,
                }
            )
            return await carry_out(self.step, phase, stage)

    @property
    def became(self):
        assert isinstance(self.ended, Stop)
        return self.ended.outcome, self.ended.cause

    @property
    def told(self):
        assert isinstance(self.ended, Stop)
        return self.ended.finding


ROWS = answer('{"skip":0,"take":100,"rows":[{"Id":"A"},{"Id":"B"}]}')
NONE = answer('{"skip":0,"take":100,"rows":[]}')
REFUSED = answer('{"externalMessage":"s3cret is fout"}', "500 Internal Server Error")


def test_a_call_succeeds_and_saves_what_it_was_told_to():
    carried = Carried("{get: Uren, expect: {count: 2}, save: {last: rows.1.Id, all: count}}", ROWS)

    assert carried.ended is None
    assert (carried.names["last"], carried.names["all"]) == ("B", 2)
    assert carried.asked[0].startswith("GET /T1/connectors/Uren")


def test_findings_that_must_not_be_there_are_told_themselves():
    found = replace(
        a_finding("CHARSET-MISSING"), message="no charset", level=Severity.WARNING, text=None
    )
    other = replace(a_finding("PERF-46"), message="not unique", level=Severity.INFORMATION)
    looks = "{findings: {}, expect: {codes: {$not: {$contains: CHARSET-MISSING}}}}"
    carried = Carried(looks, judge=at_once((found, other)))

    assert carried.told.message == "CHARSET-MISSING: no charset (expected not to be there)"
    assert carried.became == INTEGRATION


def test_an_orange_finding_is_told_where_none_was_expected():
    found = replace(
        a_finding("DATE-FORMAT"), message="02-11-2026", level=Severity.WARNING, text=None
    )
    plain = replace(a_finding("CONNECTION-CLOSE"), message="closed", level=Severity.WARNING)
    looks = "{findings: {}, expect: {items: {$not: {$some: {orange: true}}}}}"

    assert Carried(looks, judge=at_once((plain,))).ended is None
    told = Carried(looks, judge=at_once((plain, found))).told.message
    assert told == "DATE-FORMAT: 02-11-2026 (expected not to be there)"


def test_what_is_to_be_saved_and_is_not_there_is_a_matter_of_configuration():
    carried = Carried("{get: Uren, save: {x: rows.7.Id}}", ROWS)

    assert carried.became == CONFIGURATION
    assert "x" not in carried.names


def test_an_expectation_that_is_not_met_is_the_integrations_with_place_curl_and_differences():
    carried = Carried("{get: Uren, where: {Id: s3cret}, expect: {count: 3}}", ROWS)
    (difference,) = carried.told.differences

    assert carried.became == INTEGRATION
    assert carried.told.code == "EXPECTATION"
    assert carried.told.message == "get Uren: `count` is 2, expected 3"
    assert (difference.path, difference.actual, difference.expected) == ("count", "2", "3")
    assert carried.told.where == "one.scenario.yaml:6:5"
    assert carried.told.curl.startswith("curl -X GET")
    assert "s3cret" not in carried.told.curl


def test_an_expectation_of_the_initial_situation_that_is_not_met_is_nobodys_failure():
    carried = Carried("{get: Uren, expect: {count: 3}}", ROWS, phase=GIVEN)

    assert carried.became == CONFIGURATION
    assert carried.told.code == "ERP-REFUSED"


def test_what_erp1_says_of_a_refusal_stands_beside_it_without_secrets():
    carried = Carried("{insert: KnX, fields: {A: b}}", REFUSED)

    assert carried.became == INTEGRATION
    assert carried.told.message.endswith("(ERP1 answered 500: * is fout)")


@pytest.mark.parametrize(("status", "is_told"), [("302 Found", False), ("400 Bad Request", True)])
def test_a_status_from_400_on_is_told_as_a_refusal(status, is_told):
    carried = Carried("{get: Uren, expect: {count: 1}}", answer("", status))

    assert ("ERP1 answered" in carried.told.message) is is_told


def test_a_refusal_that_is_expected_is_none():
    carried = Carried("{insert: KnX, fields: {A: b}, expect: {status: 500}}", REFUSED)

    assert carried.ended is None


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "503 Unavailable"])
def test_access_and_maintenance_are_the_environments_unless_they_are_expected(status):
    refused = Carried("{get: Uren, expect: {count: 0}}", answer("", status))
    expected = Carried(f"{{get: Uren, expect: {{status: {status[:3]}}}}}", answer("", status))

    assert refused.became == ENVIRONMENT
    assert (refused.told.code, status[:3] in refused.told.message) == ("ERP-UNAVAILABLE", True)
    assert expected.ended is None


def test_no_answer_in_time_is_the_environments():
    carried = Carried("{get: Uren, timeout_s: 0.1}", None)

    assert carried.became == ENVIRONMENT
    assert "no answer in 0.1 s" in carried.told.message


def test_half_an_answer_is_the_environments():
    carried = Carried("{get: Uren}", ROWS[:-4])

    assert carried.became == ENVIRONMENT


def test_patience_multiplies_the_time_of_a_step():
    carried = Carried(
        "{operation: read, timeout_s: 2}", gives={"ok": True, "error": None}, patience=3.0
    )

    assert carried.trigger.asked == [("read", None, 6.0)]


def test_without_a_time_of_its_own_a_step_has_that_of_the_run():
    carried = Carried("{operation: read}", gives={"ok": True, "error": None})

    assert carried.trigger.asked == [("read", None, 5.0)]
    assert carried.environment.marks == 1


def test_what_fails_is_tried_again_for_as_long_as_it_may():
    carried = Carried("{get: Uren, within_s: 5, expect: {count: 2}}", NONE, NONE, ROWS)

    assert carried.ended is None
    assert len(carried.asked) == 3


def test_after_that_it_has_failed():
    carried = Carried("{get: Uren, within_s: 0.12, expect: {count: 2}}", *[NONE] * 50)

    assert carried.became == INTEGRATION
    assert 2 <= len(carried.asked) <= 4


def test_what_says_nothing_of_the_integration_is_not_tried_again():
    carried = Carried("{get: Uren, within_s: 5, expect: {count: 2}}", answer("", "503 X"), ROWS)

    assert carried.became == ENVIRONMENT
    assert len(carried.asked) == 1


def test_an_operation_that_says_no_has_failed_with_what_it_says():
    carried = Carried("{operation: read}", gives={"ok": False, "error": "vol: s3cret"})

    assert carried.became == INTEGRATION
    assert carried.told.message == "operation read: `ok` is false, expected true (vol: *)"
    assert carried.told.curl == ""


def test_an_operation_that_broke_down_is_passed_on_as_it_is():
    said = Said(nl="weg", en="gone")
    gone = stop(codes.PLUGIN_CRASHED, *INTEGRATION, "x", said)

    assert Carried("{operation: read}", gives=gone).ended is gone


def test_of_a_private_field_it_is_not_told_what_was_found():
    rows = answer('{"rows":[{"Name":"Jansen","Id":"A"}]}')
    text = "{get: Uren, expect: {rows: [{Name: Pietersen, Id: B}]}}"
    carried = Carried(text, rows, private_fields=frozenset({"Name"}))
    told = {each.path: each.actual for each in carried.told.differences}

    assert told == {"rows.0.Name": "[private]", "rows.0.Id": '"A"'}
    assert "Jansen" not in repr(carried.told)


def test_an_expression_that_refers_to_nothing_is_a_matter_of_configuration():
    for text in (
        "{get: Uren, where: {A: '${nobody}'}}",
        "{get: Uren, expect: {count: '${nobody}'}}",
    ):
        carried = Carried(text, ROWS)

        assert carried.became == CONFIGURATION
        assert carried.asked == []


def test_what_was_exchanged_is_counted_and_shown_as_it_was_asked_for():
    tape = Tape()
    tape.read(status=200)
    tape.call("POST", "/connectors/KnX", request_body='{"a": 1}')
    environment = Environment(tape.exchanges)
    text = (
        "{exchanges: {method: POST}, expect: {count: 1, items: [{method: POST, request_body:"
        " {a: 1}}]}}"
    )

    assert Carried(text, environment=environment).ended is None
    assert Carried("{exchanges: {}, expect: {count: 3}}", environment=environment).became == (
        INTEGRATION
    )


def test_findings_are_those_of_the_rules_until_now():
    judge = at_once((a_finding("PAGE-ORDER"),))
    expected = "{findings: {}, expect: {count: 1, codes: [PAGE-ORDER]}}"

    assert Carried(expected, judge=judge).ended is None
    assert Carried("{findings: {}, expect: {count: 0}}", judge=judge).became == INTEGRATION


@pytest.mark.parametrize(
    ("status", "fails"), [(200, False), (299, False), (300, True), (500, True)]
)
def test_a_webhook_is_to_be_answered_with_2xx(status, fails):
    carried = Carried("{webhook: subject.created}", gives={"status": status, "duration_s": 0.1})

    assert carried.trigger.asked == ["subject.created"]
    assert (carried.ended is not None) is fails


def test_only_an_environment_that_can_grow_older_does():
    aging = Aging(())

    assert Carried("{clock: +31d}", environment=aging).ended is None
    assert aging.by == timedelta(days=31)
    assert Carried("{clock: +31d}").became == CONFIGURATION


def test_only_an_environment_that_can_be_filled_is():
    filling = Filling(())

    assert Carried("{fill: {rows: 120}}", environment=filling).ended is None
    assert filling.rows == 120
    assert Carried("{fill: {rows: 120}}").became == CONFIGURATION
