"""A run against a real environment, and one that goes on after a break."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import UsageError
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.store.run_file import run_file
from koppeling_harness.store.run_journal import read_broken_run
from koppeling_harness.store.runs import load_run
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.doctor import Diagnosis, look_at, require_healthy
from koppeling_harness.workflow.run.integrations import find_integrations
from koppeling_harness.workflow.run.request import CertifyRequest
from koppeling_harness.workflow.run.rerun import Rerun


def against_environment(
    request: CertifyRequest,
    name: str,
    *,
    folder: Path,
    clock: Clock,
    sources: TokenSources | None = None,
) -> CertifyRequest:
    """Return the request to run against a real environment, once the doctor found it in order.

    The release is the one that the environment runs.

    Args:
        request: What to certify.
        name: Of the environment, in the settings.
        folder: Of the project.
        clock: Tells the time.
        sources: Where the token may come from.

    Raises:
        ConfigurationError: Something is set wrongly; nothing was run.
        ErpUnavailableError: The environment cannot be used now.
    """
    settings = load_settings(folder)
    manifests = [each.manifest for each in find_integrations(request).integrations]
    lines: list[DoctorLine] = []
    target = look_at(name, settings, manifests, lines=lines, clock=clock, sources=sources)
    target = require_healthy(Diagnosis(environment=name, lines=tuple(lines), target=target))
    if request.resume is not None:
        target = replace(target, resumed=len(request.resume.breaks) + 1)
    return replace(request, real=target, environment=name, release=target.facts.release.label)


def resuming(run: str, reports: Path) -> CertifyRequest:
    """Return the request to go on with a run that was broken off, in the way it was asked for.

    Args:
        run: Its id, or its folder.
        reports: Where runs are kept.

    Raises:
        UsageError: There is none, or it is complete.
    """
    _, broken = read_broken_run(run, reports)
    order = broken.begin.order
    rerun = Rerun(earlier=load_run(run_file(order.rerun_of, reports))) if order.rerun_of else None
    return CertifyRequest(
        plugins=tuple(map(Path, order.plugins)),
        packs=tuple(map(Path, order.packs)),
        release=order.release,
        concurrency=order.concurrency,
        only=order.only,
        keyword=order.keyword,
        entry_points=order.entry_points,
        shard=order.shard,
        retries=order.retries,
        rerun=rerun,
        keep_traffic=order.keep_traffic,
        isolated=order.isolated,
        environment=order.environment,
        resume=broken,
    )


def refuse_beside_resume(given: Mapping[str, object]) -> None:
    """Refuse what says again what a run that is gone on with said already.

    Args:
        given: By option, its value; what is empty was not given.

    Raises:
        UsageError: Something is given.
    """
    named = [name for name, value in given.items() if value]
    if named:
        message = f"--resume goes on as the run was asked for, without {', '.join(named)}"
        raise UsageError(message)
