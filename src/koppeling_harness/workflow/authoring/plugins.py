"""List integrations, and check that each does what its way of connecting asks of it."""

import asyncio
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import to_plain
from koppeling_harness.engine.engine import alias
from koppeling_harness.errors import NothingToRunError, PluginError
from koppeling_harness.hosting.connectors import Connectors, with_connectors
from koppeling_harness.hosting.host import EmulatedErp
from koppeling_harness.model.operation import RunContext
from koppeling_harness.model.order import Order
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level
from koppeling_harness.plugin.check import Check
from koppeling_harness.plugin.conformance import check_integration
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside, discover
from koppeling_harness.plugin.environ import with_variables
from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.plugin.venvs import with_environments
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor, shortened
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.authoring.try_examples import try_examples

_AT_ONCE = 4
"""Operations that are tried side by side."""

_NOTHING = Scenario(
    scenario="plugins-check",
    title=Text(nl="Aansluiting nagaan", en="Check the connection"),
    level=Level.INFORMATIVE,
    proves=("koppeling plugins check",),
    when=(),
)
"""A scenario in which nothing is done: an environment is opened for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One integration, and what is wrong with it.

    Attributes:
        name: Its id, or the name of its folder when its manifest cannot be read.
        where: Its folder or distribution.
        problem: Empty when it is in order.
        hint: What to do about the problem.
        checks: What was tried with it, when it can be started.
    """

    name: str
    where: str
    problem: str = ""
    hint: str = ""
    checks: tuple[Check, ...] = ()


def find(folders: Sequence[Path]) -> Discovery:
    """Find integrations in folders and in installed packages."""
    return with_runtimes(discover(folders))


def as_plain(found: Discovery) -> dict[str, Any]:
    """Return what was found as JSON types, for `koppeling plugins list --json`."""
    return {
        "integrations": [
            {
                "manifest": to_plain(each.manifest),
                "folder": str(each.folder),
                "digest": each.digest,
                "scenarios": str(each.scenarios) if each.scenarios else None,
            }
            for each in found.integrations
        ],
        "set_aside": [
            {
                "name": each.name,
                "where": each.where,
                "problem": each.problem,
                "hint": each.hint,
                "missing_runtime": each.missing_runtime,
            }
            for each in found.set_aside
        ],
    }


def check(folder: Path) -> tuple[Checked, ...]:
    """Read the manifests in a folder, start each integration, and try what it must be able to.

    Args:
        folder: A plugin's folder, or a folder of plugins.

    Raises:
        NothingToRunError: There is no plugin.
    """
    found = discover([folder], entry_points=False)
    if not found.integrations and not found.set_aside:
        message = f"{folder}: found no integration"
        hint = "A plugin is a folder with koppeling.yaml in it; `koppeling schema plugin` tells."
        raise NothingToRunError(message, hint=hint)
    allowed = load_settings(Path()).environ_allowed
    usable = with_environments(with_variables(with_runtimes(found), allowed))
    usable = with_connectors(usable, Connectors(_imports()))
    connected = asyncio.run(_check_all(usable.integrations))
    tried = (_with_examples(*each) for each in zip(connected, usable.integrations, strict=True))
    return (*tried, *map(_refused, usable.set_aside))


def _with_examples(checked: Checked, integration: Integration) -> Checked:
    """Return what was checked with what came of each example, when it could be started."""
    if not checked.checks:
        return checked
    order = Order(
        release=load_settings(Path()).current_release, concurrency=_AT_ONCE, imports=_imports()
    )
    checks = (*checked.checks, *try_examples(integration, order, clock=SystemClock()))
    return _judged(checked.name, checked.where, checks)


def _judged(name: str, where: str, checks: tuple[Check, ...]) -> Checked:
    bad = [each for each in checks if not each.is_ok]
    if not bad:
        return Checked(name=name, where=where, checks=checks)
    problem = f"{len(bad)} of {len(checks)} checks failed: {', '.join(each.what for each in bad)}"
    return Checked(name=name, where=where, problem=problem, checks=checks)


def require_all(checked: Sequence[Checked]) -> None:
    """Raise when one of them is not in order.

    Raises:
        PluginError: How many are not, each with its problem.
    """
    bad = [each for each in checked if each.problem]
    if bad:
        names = ", ".join(each.name for each in bad)
        message = f"{len(bad)} of {len(checked)} integrations cannot be used: {names}"
        raise PluginError(message)


async def _check_all(integrations: Sequence[Integration]) -> list[Checked]:
    redactor = Redactor(secrets.token_bytes(32))
    erp1 = EmulatedErp(
        release=load_settings(Path()).current_release,
        redactor=redactor,
        clock=SystemClock(),
        imports=_imports(),
    )
    async with erp1:
        return [await _check(each, erp1) for each in integrations]


def _imports() -> tuple[str, ...]:
    return tuple(map(str, load_settings(Path()).imports))


async def _check(integration: Integration, erp1: EmulatedErp) -> Checked:
    name, where = integration.manifest.id, str(integration.folder)
    runner = IntegrationRunner(integration)
    try:
        broken = await runner.check()
    finally:
        await runner.close()
    if broken is not None:
        return Checked(
            name=name,
            where=where,
            problem=shortened(erp1.redactor.text(broken.message)),
            hint=shortened(erp1.redactor.text(broken.hint)),
        )
    return _judged(name, where, await _tried(integration, erp1))


async def _tried(integration: Integration, erp1: EmulatedErp) -> tuple[Check, ...]:
    planned = PlannedScenario(scenario=_NOTHING, manifest=integration.manifest)
    environment = await erp1.open(planned)
    client = environment.access.client
    secret = client.client_secret if client else None
    with tempfile.TemporaryDirectory(
        prefix=folder_prefix(), ignore_cleanup_errors=True
    ) as work_dir:
        context = RunContext(
            integration=integration.manifest.id,
            scenario=alias(planned.id),
            base_url=environment.gateway_url,
            token=environment.access.token.reveal(),
            integration_id=integration.manifest.integration_id,
            release=environment.access.release,
            work_dir=work_dir,
            client_id=client.client_id if client else None,
            client_secret=secret.reveal() if secret else None,
            proxy_url=environment.proxy.url if environment.proxy else None,
            authority=environment.proxy.authority if environment.proxy else None,
        )
        try:
            return await check_integration(integration, context, redact=erp1.redactor.text)
        finally:
            await environment.close()


def _refused(each: SetAside) -> Checked:
    return Checked(name=each.name, where=each.where, problem=each.problem, hint=each.hint)
