"""Look at one environment, from its address to the rights of its token."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import Settings
from koppeling_harness.emulator.releases import RELEASES
from koppeling_harness.erp.call import ErpCall, get_call
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.erp.facts import EnvironmentFacts, learn
from koppeling_harness.errors import (
    ConfigurationError,
    ErpUnavailableError,
    ProductionRefusedError,
)
from koppeling_harness.hosting.real_erp import ON_THIS_MACHINE, RealTarget
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.reach import Reached, reach
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.model.environment import EnvironmentSetting
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.scenario import GetStep
from koppeling_harness.model.verdict import Cause
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.machine import environment_folder, limits_folder
from koppeling_harness.workflow.environment.access import TokenSources, access_for
from koppeling_harness.workflow.environment.diagnosis_lines import failed, passed, skipped
from koppeling_harness.workflow.environment.sign_in_lines import (
    classic_tokens,
    client_certificate,
    integrations_sign_in,
    own_sign_in,
)

_ENVIRONMENT = Cause.ENVIRONMENT
_MOST_SKEW_S = 60.0
"""OAuth allows a clock this much. Source: AFAS, docs.afas.help/profit/en/news-profit9."""
_ROOM_IN_BUDGET = 100
_SHORT_CERTIFICATE_DAYS = 1
_REMEDIES: Mapping[int, tuple[str, Cause]] = {
    401: ("Make a new token for the app connector, of this environment.", Cause.CONFIGURATION),
    403: ("Allow this machine's IP address on the app connector.", Cause.CONFIGURATION),
    404: ("Check the address: `…/ProfitRestServices`.", Cause.CONFIGURATION),
}
"""What a refusal of `/metainfo` means. Source: AFAS, docs.afas.help/profit/en/troubleshooting."""


@dataclass(slots=True)
class EnvironmentDoctor:
    """Looks at one environment.

    Attributes:
        name: Of the environment in the settings.
        settings: Of the project.
        manifests: Of the integrations that will run.
        clock: Tells the time.
        sources: Where tokens and secrets may come from.
        lines: What was looked at.
    """

    name: str
    settings: Settings
    manifests: tuple[Manifest, ...]
    clock: Clock
    sources: TokenSources
    lines: list[DoctorLine] = field(default_factory=list)

    def look(self) -> RealTarget | None:
        """Look at everything; return how to run there, None when something is in the way."""
        expected = "an environment of test or accept, and a way to sign in"
        try:
            setting = self.settings.environment_named(self.name)
            access = access_for(
                self.name,
                self.settings,
                clock=self.clock,
                sources=self.sources,
                integrations=bool(self.manifests),
            )
            tls = trusting(*setting.tls_files)
        except ConfigurationError as error:
            self.lines.append(failed("environment", error.message, expected, error.hint))
            return None
        self.lines.append(passed("environment", f"{setting.base_url} ({setting.place})", expected))
        return asyncio.run(self._look(setting, access, tls))

    async def _look(
        self, setting: EnvironmentSetting, access: ErpAccess, tls: ssl.SSLContext
    ) -> RealTarget | None:
        shown = client_certificate(setting, self.clock.now())
        if shown is not None:
            self.lines.append(shown)
        reached = await reach(read_base_url(access.base_url), tls=tls)
        if not self._network(reached, access):
            return None
        folder = environment_folder(access.base_url)
        try:
            limits = limits_folder(access.base_url, setting.limits)
        except ConfigurationError as error:
            expected = "a folder that is there"
            self.lines.append(failed("limits", error.message, expected, error.hint))
            return None
        gate = FileGate(
            limits, max_parallel=setting.max_parallel, budget=setting.budget, clock=self.clock
        )
        self._budget(setting, gate)
        async with PatientConnection(gate, tls=tls) as connection:
            kept = await self._signed_in(setting, access, connection)
            if kept is None:
                await self._classic(setting, access, connection)
                return None
            client = ErpClient(
                kept,
                connection=connection,
                clock=self.clock,
                integration_id=next((each.integration_id for each in self.manifests), ""),
            )
            facts = await self._facts(client)
            if facts is None:
                return None
            self._said(setting, facts)
            await self._classic(setting, kept, connection)
            for manifest in self.manifests:
                await self._connectors(manifest, facts, client)
        if any(each.ok is False for each in self.lines):
            return None
        return RealTarget(
            access=access,
            facts=facts,
            folder=folder,
            limits=limits,
            is_alone=not setting.limits,
            max_parallel=setting.max_parallel,
            budget=setting.budget,
            tls_files=setting.tls_files,
        )

    async def _signed_in(
        self, setting: EnvironmentSetting, access: ErpAccess, connection: PatientConnection
    ) -> ErpAccess | None:
        """Sign in as the harness, and as integrations do; None when the harness cannot."""
        if access.own_client is not None:
            line, access = await own_sign_in(
                setting.sign_in, access, connection=connection, clock=self.clock
            )
            self.lines.append(line)
            if not line.ok:
                return None
        async for line in integrations_sign_in(
            setting.integration,
            access,
            self.manifests,
            connection=connection,
            clock=self.clock,
        ):
            self.lines.append(line)
        return access

    async def _classic(
        self, setting: EnvironmentSetting, access: ErpAccess, connection: PatientConnection
    ) -> None:
        line = await classic_tokens(
            setting, access, sources=self.sources, connection=connection, clock=self.clock
        )
        self.lines.append(line)

    def _network(self, reached: Reached, access: ErpAccess) -> bool:
        host = read_base_url(access.base_url).host
        expected = "an address in DNS"
        if not reached.addresses:
            remedy = "Check the participant number and this machine's DNS."
            self.lines.append(failed("DNS", reached.problem, expected, remedy, _ENVIRONMENT))
            return False
        self.lines.append(passed("DNS", f"{host} is {', '.join(reached.addresses[:3])}", expected))
        expected = "TLS 1.2 or later with a chain that is trusted"
        if not reached.tls:
            is_chain = reached.problem.startswith("certificate")
            remedy = (
                "Is a proxy in between? Name its authority as `ca_file`."
                if is_chain
                else "Check firewall and proxy, and AFAS's status page."
            )
            cause = Cause.CONFIGURATION if is_chain else _ENVIRONMENT
            self.lines.append(failed("TLS", reached.problem, expected, remedy, cause))
            return False
        found = reached.tls if reached.tls != "none" else "plain HTTP on this machine"
        until = reached.certificate_until
        if until is not None:
            found += f", certificate until {until:%Y-%m-%d}"
            if (until - self.clock.now()).days < _SHORT_CERTIFICATE_DAYS:
                remedy = "The certificate is about to expire; ask who runs the server."
                self.lines.append(failed("TLS", found, expected, remedy, _ENVIRONMENT))
                return False
        self.lines.append(passed("TLS", found, expected))
        return True

    def _budget(self, setting: EnvironmentSetting, gate: FileGate) -> None:
        where = f"kept in {setting.limits}" if setting.limits else ON_THIS_MACHINE
        found = f"{setting.max_parallel} calls at once; {where}"
        self.lines.append(passed("limits", found, "calls at once, and where they are counted"))
        expected = f"room for {_ROOM_IN_BUDGET} calls today"
        if setting.budget is None:
            found = f"no limit; {gate.spent()} calls today"
            self.lines.append(passed("budget", found, expected))
            return
        left = setting.budget - gate.spent()
        found = f"{left} of {setting.budget} calls left today"
        make = passed if left >= _ROOM_IN_BUDGET else failed
        self.lines.append(make("budget", found, expected, "Run tomorrow, or raise `budget`."))

    async def _facts(self, client: ErpClient) -> EnvironmentFacts | None:
        expected = "the token accepted, on an environment that is not production"
        try:
            answer = await client.send(ErpCall(method="GET", path="/metainfo"))
            if answer.status != 200:
                self.lines.append(_refused(answer, expected))
                return None
            facts = await learn(client)
        except ProductionRefusedError as error:
            self.lines.append(failed("token", error.message, expected, error.hint))
        except ErpUnavailableError as error:
            remedy = error.hint or "Try again later."
            self.lines.append(failed("token", error.message, expected, remedy, _ENVIRONMENT))
        else:
            found = f"{facts.environment}, app connector {facts.app or '-'}"
            self.lines.append(passed("token", found, expected))
            return facts
        return None

    def _said(self, setting: EnvironmentSetting, facts: EnvironmentFacts) -> None:
        expiry = facts.token_expiry
        self.lines.append(
            passed("token expiry", expiry or "none", "not today")
            if not expiry or expiry[:10] > f"{self.clock.now():%Y-%m-%d}"
            else failed("token expiry", expiry, "not today", "Make a new token in time.")
        )
        self._clock_line(facts.date)
        known = ", ".join(RELEASES)
        found = f"{facts.release.label} ({facts.release.version})"
        if setting.release and setting.release != facts.release.label:
            remedy = "Set `release` of the environment to what runs there, or wait for the update."
            self.lines.append(failed("release", found, setting.release, remedy))
        elif facts.release.label in RELEASES:
            self.lines.append(passed("release", found, f"one of {known}"))
        else:
            remedy = "Use a newer harness that knows the release."
            self.lines.append(failed("release", found, f"one of {known}", remedy))

    def _clock_line(self, date: str) -> None:
        expected = f"at most {_MOST_SKEW_S:.0f} s between the clocks"
        try:
            theirs = parsedate_to_datetime(date)
        except ValueError:
            theirs = None
        if theirs is None or theirs.tzinfo is None:
            self.lines.append(skipped("clock", expected))
            return
        skew_s = abs((theirs - self.clock.now()).total_seconds())
        make = passed if skew_s <= _MOST_SKEW_S else failed
        remedy = "Set this machine's clock by the network (NTP)."
        self.lines.append(make("clock", f"{skew_s:.0f} s apart", expected, remedy))

    async def _connectors(
        self, manifest: Manifest, facts: EnvironmentFacts, client: ErpClient
    ) -> None:
        for get in manifest.get_connectors:
            await self._connector(manifest, "get", get.id, get.fields, facts=facts, client=client)
        for update in manifest.update_connectors:
            await self._connector(
                manifest, "update", update.id, update.fields, facts=facts, client=client
            )

    async def _connector(
        self,
        manifest: Manifest,
        kind: str,
        id_: str,
        fields: tuple[str, ...],
        *,
        facts: EnvironmentFacts,
        client: ErpClient,
    ) -> None:
        what, expected = f"{manifest.id}: {id_}", "on the app connector, with its fields"
        if not facts.may_use(id_):
            remedy = f"Import the definition of {id_} if it is not there, and add it to the app."
            self.lines.append(failed(what, "not on the app connector", expected, remedy))
            return
        try:
            problem, cause = await _lacking(client, kind, id_, fields)
        except ErpUnavailableError as error:
            self.lines.append(failed(what, error.message, expected, error.hint, _ENVIRONMENT))
            return
        if problem:
            remedy = "Restore the connector as the manifest declares it, and the user's rights."
            self.lines.append(failed(what, problem, expected, remedy, cause))
        else:
            self.lines.append(passed(what, f"{len(fields)} fields", expected))


async def _lacking(
    client: ErpClient, kind: str, id_: str, fields: tuple[str, ...]
) -> tuple[str, Cause]:
    """Return which declared fields are not there, or why the connector cannot be read."""
    answer = await client.send(ErpCall(method="GET", path=f"/metainfo/{kind}/{id_}"))
    if answer.status != 200 or not isinstance(answer.body, dict):
        return f"its metainfo answered {answer.status}", _cause(answer.status)
    there = {each.lower() for each in _field_names(answer.body)}
    missing = [each for each in fields if each.lower() not in there]
    if missing:
        return f"no field {', '.join(missing)}", Cause.CONFIGURATION
    if kind == "get":
        read = await client.send(get_call(GetStep(get=id_, skip=0, take=1)))
        if read.status != 200:
            return f"reading one row answered {read.status}", _cause(read.status)
    return "", Cause.CONFIGURATION


def _cause(status: int) -> Cause:
    return Cause.ENVIRONMENT if status in {429, 502, 503, 504} else Cause.CONFIGURATION


def _field_names(body: Mapping[str, Any], *, inside: str = "") -> Iterator[str]:
    """Yield the names of a connector's fields as a manifest writes them."""
    for each in body.get("fields") or ():
        name = str(each.get("id") or each.get("fieldId") or "")
        yield name
        if inside:
            yield f"{inside}.{name}"
    for each in body.get("objects") or ():
        yield from _field_names(each, inside=str(each.get("name", "")))


def _refused(answer: ErpAnswer, expected: str) -> DoctorLine:
    remedy, cause = _REMEDIES.get(answer.status, ("", _ENVIRONMENT))
    if "insufficient_scope" in answer.headers.get("www-authenticate", ""):
        remedy = "The app connector lacks a scope: add to it what is used."
    if not remedy:
        after = answer.headers.get("retry-after")
        remedy = f"Try again after {after} seconds." if after else "Try again later."
    return failed("token", f"/metainfo answered {answer.status}", expected, remedy, cause)
