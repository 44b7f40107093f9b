"""Whoever sends probes: to an environment, or to ERP1 on this machine with any switches."""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime

from koppeling_harness.clock import Clock
from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.erp1 import Erp1
from koppeling_harness.emulator.ledger import adopted
from koppeling_harness.emulator.messages import MESSAGES
from koppeling_harness.emulator.quirks import settle
from koppeling_harness.emulator.releases import RELEASES, find_release
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.erp.probe import Probe
from koppeling_harness.erp.probes import ROWS
from koppeling_harness.hosting.server import Server
from koppeling_harness.hosting.write_log import JournalLog
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess, OAuthClient
from koppeling_harness.model.connector import ConnectorField, OwnGetConnector
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.parity import AnswerForm, ProbeRecord
from koppeling_harness.model.secret import Secret
from koppeling_harness.rules.answer_form import answer_form
from koppeling_harness.traffic.polite import Door

_WORD = re.compile(r"[^\W\d_]+")
_WRITES = frozenset({"POST", "PUT", "DELETE"})
_WHO = ("parity", "probe")
"""Integration and scenario, in the journal, of what a probe writes."""
_DOTTED = "Koppeling_Parity"
"""A GetConnector of ERP1 here that has a field with a period in its name."""


def classic_token(access: ErpAccess) -> str:
    """Return the classic token that is signed in with; empty where that is done by OAuth."""
    return "" if access.own_client is not None else (access.own_token or access.token).reveal()


class ProbeAsker:
    """Sends probes and keeps the forms of their answers."""

    def __init__(
        self,
        client: ErpClient,
        *,
        clock: Clock,
        own: OAuthClient | None = None,
        log: JournalLog | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._log = log
        self._answers: list[AnswerForm] = []
        self._notes: dict[str, str] = {}
        self.token = classic_token(client.access)
        self.client = own or client.access.own_client

    def url(self, path: str) -> str:
        """Return the whole address of a path of the environment."""
        return f"{self._client.access.base_url}{path}"

    def now(self) -> datetime:
        """Return the present moment."""
        return self._clock.now()

    async def of(self, probe: Probe) -> ProbeRecord:
        """Send a probe and return what it got."""
        self._answers, self._notes = [], {}
        await probe.ask(self)
        return ProbeRecord(probe=probe.id, answers=tuple(self._answers), notes=self._notes)

    async def ask(self, call: ErpCall, label: str) -> ErpAnswer:
        """Send a call and keep the form of its answer."""
        answer = await self.look(call)
        self._answers.append(
            answer_form(
                label,
                status=answer.status,
                headers=answer.headers,
                text=answer.text,
                words=_VOCABULARY,
            )
        )
        return answer

    async def look(self, call: ErpCall) -> ErpAnswer:
        """Send a call; a write is noted before it is sent and when it was answered."""
        number = None
        if self._log is not None and call.method in _WRITES and "/connectors/" in call.path:
            door = Door(name="parity", sender=Sender.HARNESS, authorization="", scenario=_WHO)
            body = (call.body or "").encode()
            number = self._log.before(door, call.method, call.path, body)
        answer = await self._client.send(call)
        if self._log is not None and number is not None:
            self._log.after(number, answer.status, answer.text.encode())
        return answer

    def note(self, name: str, value: str) -> None:
        """Keep a conclusion."""
        self._notes[name] = value


def _vocabulary() -> frozenset[str]:
    texts = [text for each in MESSAGES.values() for text in (each.nl, each.en)]
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


_VOCABULARY = _vocabulary()
"""The words of ERP1's own messages: of others nothing is kept."""


class Here:
    """ERP1 on this machine, with any settings of its switches."""

    def __init__(self, label: str, clock: Clock) -> None:
        known = label if label in RELEASES else next(reversed(RELEASES))
        self._label, self._clock = known, clock
        self.default = settle({**find_release(known).differences, **adopted(known)}, {})
        self._stack = AsyncExitStack()
        self._key: tuple[Secret, str] | None = None
        self._open: dict[tuple[tuple[str, str], ...], ProbeAsker] = {}
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], ProbeRecord] = {}

    async def aclose(self) -> None:
        """Stop every ERP1 that was started."""
        await self._stack.aclose()

    async def of(self, probe: Probe, settings: Mapping[str, str]) -> ProbeRecord:
        """Return what a probe gets from ERP1 with these settings."""
        key = tuple(sorted(settings.items()))
        if (probe.id, key) not in self._known:
            if key not in self._open:
                self._open[key] = await self._start(settings)
            self._known[probe.id, key] = await self._open[key].of(probe)
        return self._known[probe.id, key]

    async def _start(self, settings: Mapping[str, str]) -> ProbeAsker:
        erp1 = Erp1(release=self._label, quirks=settings, clock=self._clock)
        self._stack.callback(erp1.close)
        app, own = self._app_connector()
        definition = OwnGetConnector(
            id=_DOTTED,
            copy_of=ROWS,
            fields=("ItemCode",),
            renamed=(ConnectorField(id="Item.Code", field="ItemCode"),),
        )
        opened = erp1.open_environment([definition], app_connector=app)
        server = Server(erp1.app_of(opened.environment))
        address = await server.start()
        self._stack.push_async_callback(server.stop)
        connection = await self._stack.enter_async_context(Connection())
        access = ErpAccess(
            environment=opened.environment,
            base_url=f"{address}{opened.path}",
            token=opened.token,
            release=erp1.release,
        )
        client = ErpClient(access, connection=connection, clock=self._clock)
        return ProbeAsker(client, clock=self._clock, own=own)

    def _app_connector(self) -> tuple[AppConnector, OAuthClient]:
        """Return what ERP1 knows of the client with which the probes sign in here, and the client.

        It has a secret and a key: whatever the client of the other side has, it can do too.
        """
        if self._key is None:
            # loading the library takes half a second
            from koppeling_harness.erp.keys import new_key  # noqa: PLC0415

            self._key = new_key(self._clock.now())
        private, certificate = self._key
        app = AppConnector(certificates=(certificate,))
        own = OAuthClient(
            client_id=app.client_id, client_secret=app.client_secret, assertion_key=private
        )
        return app, own
