"""An order with all that carrying it out takes from elsewhere."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.config.folders import default_plugins
from koppeling_harness.config.settings import load_settings
from koppeling_harness.model.order import Order
from koppeling_harness.rules.sharding import is_in_shard
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import BrokenRun
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.folders import default_packs
from koppeling_harness.workflow.run.rerun import Rerun

if TYPE_CHECKING:
    from koppeling_harness.hosting.real_erp import RealTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedOrder:
    """An order with all that carrying it out takes from elsewhere.

    Attributes:
        order: What is asked, with its defaults filled in.
        rerun: The run of which to repeat what did not pass; None when the order names none.
        real: The real environment, looked at and in order; None for the emulated ERP1.
        broken: The run that was broken off and is gone on with; None for a new one.
        reports: Where that one is kept; None for a new one.
        counts: Whether what comes of it counts in the exit code of the command.
        notes: What a person should know of what was prepared.
    """

    order: Order
    rerun: Rerun | None = None
    real: "RealTarget | None" = None
    broken: BrokenRun | None = None
    reports: Path | None = None
    counts: bool = True
    notes: tuple[str, ...] = ()

    def selects(self, planned: PlannedScenario, integrations: Collection[str]) -> bool:
        """Return whether a scenario is to be carried out.

        Args:
            planned: The scenario.
            integrations: The names of all that the run is about.
        """
        order, rerun = self.order, self.rerun
        integration, scenario = planned.manifest.id, planned.id
        return (
            (order.shard is None or is_in_shard(integration, scenario, order.shard, integrations))
            and (rerun is None or rerun.is_repeated(integration, scenario))
            and (order.scenarios is None or scenario in order.scenarios.get(integration, ()))
        )


def repeat_options(order: Order) -> str:
    """Return options with which the integrations and scenarios of an order are found again."""
    settings = load_settings(Path())
    own = {
        "--plugin": (order.plugins, default_plugins()),
        "--scenarios": (order.packs, settings.packs or (default_packs(),)),
    }
    words = [
        f'{option} "{each}"'
        for option, (asked, default) in own.items()
        if asked != tuple(map(str, default))
        for each in asked
    ]
    return " ".join([*words, *([f"--env {order.environment}"] if order.environment else [])])


def with_defaults(order: Order) -> Order:
    """Return the order with the integrations, packs and current release of this project."""
    settings = load_settings(Path())
    packs = order.packs or map(str, settings.packs or (default_packs(),))
    plugins = order.plugins or map(str, default_plugins())
    allowed = dict.fromkeys((*order.allow_missing, *settings.allow_missing))
    variables = dict.fromkeys((*order.environ_allowed, *settings.environ_allowed))
    return replace(
        order,
        plugins=tuple(plugins),
        packs=tuple(packs),
        release=order.release or settings.current_release,
        allow_missing=tuple(allowed),
        imports=order.imports or tuple(map(str, settings.imports)),
        environ_allowed=tuple(variables),
    )
