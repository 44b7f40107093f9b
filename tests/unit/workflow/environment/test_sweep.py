"""What a run that was cut off left is shown, and taken away, in an environment of others."""

import asyncio

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.erp.call import insert_call
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.http.connection import Connection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.journal import JournalRun, WriteKind
from koppeling_harness.model.scenario import InsertStep
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.rules.removal import answered_keys, written_keys
from koppeling_harness.store.creation_journal import CreationJournal
from koppeling_harness.store.machine import environment_folder
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.sweep import sweep
from support.partners import partner

HOURS = {"DaTi": "2026-11-02", "VaIt": "1", "ItCd": "300", "EmId": "000001003", "PrId": "500001"}


@pytest.fixture
def one(tmp_path, ordinary, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))
    return partner(tmp_path / "p", ordinary, state=tmp_path / "state")


class CutOff:
    """A run that wrote, and was killed."""

    def __init__(self, environment, run_id):
        self.environment = environment
        run = JournalRun(run_id=run_id, environment="T45678AB", started_at="2026-11-25T00:00:00Z")
        self.journal = CreationJournal(environment_folder(environment.base_url), run)
        self.journal.scenario("urenportaal", "s")

    def wrote(self, connector, *, marks=(), sent=True, answered=True, **fields):
        call = insert_call(InsertStep(insert=connector, fields=fields))
        number = self.journal.write(
            WriteKind.CREATE,
            sender=Sender.INTEGRATION,
            scenario=("urenportaal", "s"),
            connector=connector,
            keys=written_keys(connector, call.body.encode()),
            marks=marks,
            at=SystemClock().now().isoformat(),
        )
        if not sent:
            return
        answer = asyncio.run(self._sent(call))
        assert answer.status == 201, answer.text
        if answered:
            keys = answered_keys(connector, answer.text.encode())
            self.journal.answer(number, status=201, keys=keys)

    async def _sent(self, call):
        access = ErpAccess(
            environment="strange",
            base_url=self.environment.base_url,
            token=Secret(self.environment.token),
            release=Release(label="Profit 8", version="8.0.12"),
        )
        async with Connection(tls=trusting(str(self.environment.ca_file))) as connection:
            return await ErpClient(access, connection=connection, clock=SystemClock()).send(call)

    def killed(self):
        self.journal._lock.release()  # what the system does with the locks of a process


def swept(one, *, yes=False):
    sources = TokenSources(
        environ={"KOPPELING_TOKEN_STRANGE": one.token},
        keyring=lambda _: None,
        prompt=lambda _: None,
    )
    return sweep(
        "strange",
        folder=one.folder,
        yes=yes,
        clock=SystemClock(),
        sources=sources,
        look_again_s=0.5,
    )


def more(environment):
    """Return how many hours and projects there are more than in the beginning."""
    told = environment.truth()["more"]
    return {name: told[name] for name in ("project", "realization") if name in told}


def test_what_would_be_deleted_is_shown_first_and_nothing_is_done(one, ordinary):
    run = CutOff(ordinary, "r1")
    run.wrote("PtRealization", Ds="Advies mark0001", Qu=1, **HOURS)
    run.wrote("PtProject", PrId="KOPPEL1", Ds="Project", PrGp="EXT")
    run.killed()

    shown = swept(one)

    assert shown.lines[0].startswith("run r1 in T45678AB")
    assert "would delete PtProject PrId KOPPEL1" in shown.lines[1]  # the last one first
    assert "would delete PtRealization Id " in shown.lines[2]
    assert more(ordinary) == {"project": 1, "realization": 1}

    assert swept(one, yes=True).exit_code == 0
    assert more(ordinary) == {}
    assert swept(one).lines == ("strange: nothing was left",)


def test_a_write_without_an_answer_is_found_by_its_mark_and_nobody_else_s_is_touched(one, ordinary):
    others = CutOff(ordinary, "others")
    others.wrote("PtRealization", Ds="Advies van een ander", Qu=1, **HOURS)
    run = CutOff(ordinary, "r2")
    run.wrote("PtRealization", marks=["mark0002"], answered=False, Ds="A mark0002", Qu=1, **HOURS)
    run.killed()

    done = swept(one, yes=True)

    assert "deleted: PtRealization" in done.lines[1]
    assert more(ordinary) == {"realization": 1}
    others.killed()
    swept(one, yes=True)
    assert more(ordinary) == {}


def test_what_afas_does_not_let_one_delete_is_listed_and_stays_listed(one, ordinary):
    run = CutOff(ordinary, "r3")
    run.wrote("KnOrganisation", marks=["mark0003"], MatchOga="6", AutoNum=True, Nm="mark0003")
    run.killed()

    done = swept(one, yes=True)

    assert "AFAS has no way to delete it" in done.lines[1]
    assert swept(one).lines[1].startswith("left earlier, for a person to decide about: ")


def test_what_cannot_be_found_yet_stays_open_until_afas_cannot_be_at_it_any_more(one, ordinary):
    run = CutOff(ordinary, "r4")
    run.wrote("PtRealization", marks=["mark0004"], sent=False, Ds="mark0004", Qu=1, **HOURS)
    run.killed()

    done = swept(one, yes=True)

    assert done.exit_code == 11
    assert "not sure yet, sweep again later" in done.lines[1]
