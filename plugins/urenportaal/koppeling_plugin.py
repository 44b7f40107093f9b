"""Lets koppeling-harness drive Urenportaal: nothing but the way in."""

from pathlib import Path

from urenportaal.afas import AfasError, Settings
from urenportaal.portal import Portal

from koppeling_harness import OperationCall, OperationResult, RunContext, hookimpl

_portals: dict[str, Portal] = {}
"""The portal of the scenario that runs now, by its work folder."""


@hookimpl
def koppeling_prepare(context: RunContext) -> None:
    settings = Settings(
        base_url=context.base_url,
        token=context.token,
        integration_id=context.integration_id,
        client_id=context.client_id or "",
        client_secret=context.client_secret or "",
    )
    _portals[context.work_dir] = Portal(settings, Path(context.work_dir))


@hookimpl
def koppeling_trigger(call: OperationCall) -> OperationResult:
    portal = _portals[call.context.work_dir]
    with portal.alone():
        return _carried_out(portal, call)


def _carried_out(portal: Portal, call: OperationCall) -> OperationResult:
    given = call.input or {}
    try:
        match call.operation:
            case "sync-employees":
                return OperationResult(output=portal.sync_employees())
            case "sync-projects":
                return OperationResult(output=portal.sync_projects(full=given.get("full", False)))
            case "push-hours":
                output = portal.push_hours(given.get("entries", []))
                return OperationResult(
                    ok=not output["refused"], output=output, error=portal.told(output)
                )
    except AfasError as error:
        return OperationResult(ok=False, error=error.for_user())
    return OperationResult(ok=False, error=f"onbekende opdracht {call.operation}")


@hookimpl
def koppeling_finish(context: RunContext) -> None:
    portal = _portals.pop(context.work_dir, None)
    if portal is not None:
        portal.close()
