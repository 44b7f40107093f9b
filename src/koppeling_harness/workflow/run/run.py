"""`koppeling run` from end to end: certify, and conclude."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import UsageError
from koppeling_harness.model.run import RunRecord
from koppeling_harness.store.files import require_writable
from koppeling_harness.store.run_file import run_file
from koppeling_harness.store.runs import load_run
from koppeling_harness.workflow.run.certify import Progress, certify
from koppeling_harness.workflow.run.folders import default_packs, default_plugins
from koppeling_harness.workflow.run.prepare_reports import Meanwhile
from koppeling_harness.workflow.run.request import CertifyRequest
from koppeling_harness.workflow.run.rerun import Rerun

if TYPE_CHECKING:
    from koppeling_harness.workflow.run.conclude import RunDone, Written


def run_and_write(
    request: CertifyRequest,
    reports: Path,
    *,
    clock: Clock,
    progress: Progress,
    rerun_failed: str = "",
    environment: str = "",
    resume: str = "",
) -> "RunDone":
    """Certify, and write the reports.

    Args:
        request: What to certify.
        reports: Where runs are kept.
        clock: Tells the time.
        progress: Is told how far it is.
        rerun_failed: An earlier run, of which to repeat what did not pass, on the same release.
        environment: Name of the real environment to run against; the emulated ERP1 when empty.
        resume: A run that was broken off, to go on with; what it was asked for holds.

    Raises:
        HarnessError: No verdict was reached; see `certify` and `conclude`.
    """
    require_writable(reports)
    if resume:
        from koppeling_harness.workflow.run.real_environment import resuming  # noqa: PLC0415 - seldom needed

        request = resuming(resume, reports)
        environment = request.environment
    else:
        request = with_defaults(request)
    if rerun_failed:
        request = repeating(request, load_run(run_file(rerun_failed, reports)))
    if environment:
        from koppeling_harness.workflow.run.real_environment import against_environment  # noqa: PLC0415

        request = against_environment(request, environment, folder=Path(), clock=clock)
    return certify_and_write(request, reports, clock=clock, progress=progress).done


def certify_and_write(
    request: CertifyRequest, reports: Path, *, clock: Clock, progress: Progress
) -> "Written":
    """Certify, and write record and reports.

    Args:
        request: What to certify, with its defaults filled in.
        reports: Where runs are kept.
        clock: Tells the time.
        progress: Is told how far it is.

    Raises:
        HarnessError: No verdict was reached; see `certify` and `conclude`.
    """
    traffic = reports if request.keep_traffic else None
    meanwhile = Meanwhile()
    progress = meanwhile.during(progress)
    certified = certify(request, clock=clock, progress=progress, traffic=traffic, reports=reports)
    from koppeling_harness.workflow.run.conclude import conclude  # noqa: PLC0415 - by now it is there

    return conclude(certified, reports, clock=clock, forms=meanwhile.forms)


def repeating(request: CertifyRequest, earlier: RunRecord) -> CertifyRequest:
    """Return the request to repeat what did not pass in an earlier run.

    Raises:
        UsageError: A shard is asked for; which one it is follows from the earlier run.
    """
    if request.shard is not None:
        message = "--shard and --rerun-failed do not go together"
        raise UsageError(message, hint="The shard is that of the run that is repeated.")
    return replace(
        request, rerun=Rerun(earlier=earlier), release=earlier.erp.label, shard=earlier.shard
    )


def with_defaults(request: CertifyRequest) -> CertifyRequest:
    """Return the request with the integrations and packs here, or the packs that were installed."""
    return replace(
        request,
        plugins=request.plugins or default_plugins(),
        packs=request.packs or load_settings(Path()).packs or (default_packs(),),
    )
