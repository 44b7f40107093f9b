"""What becomes of what a run wrote in a shared environment, by what AFAS answers."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import unquote

import pytest

from koppeling_harness.engine.clean_up import Undoing
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.journal import Fate, JournalAnswer, JournalWrite, WriteKind, Written


@dataclass(frozen=True)
class Answer:
    status: int
    body: object = None


@dataclass
class Environment:
    """Answers each call with the next of what a test gives; the last one stays."""

    answers: list[Answer]
    calls: list[ErpCall] = field(default_factory=list)

    async def send(self, call: ErpCall) -> Answer:
        self.calls.append(call)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def written(connector="FbPurch", keys=(), answered=None, marks=()):
    line = JournalWrite(
        number=1,
        write=WriteKind.CREATE,
        sender=Sender.INTEGRATION,
        integration="tiny",
        scenario="s",
        connector=connector,
        keys=tuple(keys),
        marks=tuple(marks),
        at="2026-11-25T00:00:01+00:00",
    )
    answer = None if answered is None else JournalAnswer(number=1, status=201, keys=(answered,))
    return Written(line=line, answer=answer)


def undone(environment, each, *, is_final=True):
    undoing = Undoing(client=environment, log=None)
    (found,) = asyncio.run(undoing.undo([each], is_final=is_final))
    return found


ORDER = {"OrNu": "I1"}


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (200, Fate.DELETED),
        (201, Fate.DELETED),
        (204, Fate.DELETED),
        (404, Fate.GONE),
        (500, Fate.LEFT),
        (400, Fate.LEFT),
        (401, None),
        (403, None),
        (503, None),
    ],
)
def test_what_was_surely_written_is_gone_only_when_afas_says_so(status, fate):
    found = undone(Environment([Answer(status)]), written(answered=ORDER))

    assert found.fate is fate


@pytest.mark.parametrize(
    ("status", "fate"),
    [(200, Fate.DELETED), (404, Fate.GONE), (500, Fate.GONE), (400, Fate.LEFT), (403, None)],
)
def test_what_was_perhaps_never_written_is_gone_when_afas_does_not_know_it(status, fate):
    found = undone(Environment([Answer(status)]), written(keys=[ORDER]))

    assert found.fate is fate


@pytest.mark.parametrize(
    ("rows", "fate"), [([], Fate.GONE), ([{"ProjectId": "P1"}], Fate.LEFT), (None, Fate.LEFT)]
)
def test_a_deletion_that_is_refused_is_looked_after(rows, fate):
    environment = Environment([Answer(500), Answer(200, {"rows": rows})])
    found = undone(environment, written("PtProject", answered={"PrId": "P1"}))

    assert found.fate is fate
    assert [each.method for each in environment.calls] == ["DELETE", "GET"]


def test_what_was_never_answered_is_looked_for_by_its_mark():
    rows = Answer(200, {"rows": [{"ProjectId": "P1"}]})
    environment = Environment([rows, Answer(200)])
    assert undone(environment, written("PtProject", marks=["abc"])).fate is Fate.DELETED
    assert environment.calls[1].path.endswith("/@PrId/P1")
    # 6 is "contains". Source: AFAS, docs.afas.help/profit/en/get-connector
    asked = unquote(environment.calls[0].query)
    assert '"@OperatorType":"6","#text":"abc"' in asked

    nothing = Answer(200, {"rows": []})
    assert undone(Environment([nothing]), written("PtProject", marks=["abc"])).fate is Fate.GONE
    still = undone(Environment([nothing]), written("PtProject", marks=["abc"]), is_final=False)
    assert (still.fate, still.note) == (None, "PtProject: not found yet")


@pytest.mark.parametrize(
    ("each", "says"),
    [
        (written("Unheard"), "there is no known way to delete it"),
        (written("PtProject"), "its answer never came, and no mark tells it from others"),
        (written("FbPurch", answered={}), "the answer named no key"),
        (written("KnPerson", answered={"BcCo": "1"}), "AFAS has no way to delete it"),
    ],
)
def test_what_cannot_be_taken_away_is_left_with_the_reason(each, says):
    environment = Environment([Answer(200)])
    found = undone(environment, each)

    assert found.fate is Fate.LEFT
    assert says in found.note
    assert environment.calls == []


def test_what_afas_deletes_nowhere_is_blocked():
    each = written("KnSalesRelationOrg", answered={"DbId": "1"}, marks=["abc"])
    environment = Environment([Answer(200)])

    assert undone(environment, each).fate is Fate.NEUTRALISED
    assert [each.method for each in environment.calls] == ["PUT"]
