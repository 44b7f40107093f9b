"""A run against a real environment, once the doctor found it in order."""

from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.hosting.real_erp import ON_THIS_MACHINE
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.doctor import Diagnosis, look_at, require_healthy
from koppeling_harness.workflow.run.integrations import find_integrations
from koppeling_harness.workflow.run.prepared_order import PreparedOrder


def against_environment(
    prepared: PreparedOrder,
    *,
    folder: Path,
    clock: Clock,
    sources: TokenSources | None = None,
) -> PreparedOrder:
    """Return what is prepared with the environment that the order names, looked at.

    The release is the one that the environment runs.

    Args:
        prepared: What is prepared so far.
        folder: Of the project.
        clock: Tells the time.
        sources: Where the token may come from.

    Raises:
        ConfigurationError: Something is set wrongly; nothing was run.
        ErpUnavailableError: The environment cannot be used now.
    """
    order = prepared.order
    settings = load_settings(folder)
    found = find_integrations(order, prepared.rerun).integrations
    manifests = [each.manifest for each in found]
    name, lines = order.environment, list[DoctorLine]()
    target = look_at(name, settings, manifests, lines=lines, clock=clock, sources=sources)
    target = require_healthy(Diagnosis(environment=name, lines=tuple(lines), target=target))
    order = replace(order, release=target.facts.release.label)
    alone = (f"{target.facts.environment}: {ON_THIS_MACHINE}",) if target.is_alone else ()
    soon = (
        f"{name}: {each.what}: {each.found}. {each.remedy}"
        for each in lines
        if each.ok and each.remedy
    )
    return replace(prepared, order=order, real=target, notes=(*prepared.notes, *alone, *soon))
