"""Scenarios and manifests for tests that need no integration to run them."""

from pathlib import Path

from koppeling_harness.model.manifest import (
    GetConnectorUse,
    Manifest,
    Operation,
    Partner,
    PythonRuntime,
    UpdateConnectorUse,
)
from koppeling_harness.model.scenario import Applies, OperationStep, Scenario
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level

HEAD = """\
scenario: {id}
title: {{nl: Titel, en: Title}}
level: required
proves: [test]
"""
BODY = """\
when:
  - operation: sync
"""


def write_scenario(folder: Path, body: str = BODY, *, name: str = "one", head: str = HEAD) -> Path:
    """Write a scenario file whose first four lines are in order; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.scenario.yaml"
    path.write_text(head.format(id=name) + body, encoding="utf-8", newline="\n")
    return path


def a_scenario(name: str = "one", **members: object) -> Scenario:
    """Return a scenario; what it is about is given."""
    whole = {
        "title": Text(nl="Titel", en="Title"),
        "level": Level.REQUIRED,
        "proves": ("test",),
        "applies": Applies(),
        "when": (OperationStep(operation="sync"),),
        **members,
    }
    return Scenario(scenario=name, **whole)  # type: ignore[arg-type]


def a_manifest(*operations: Operation, name: str = "voorbeeld") -> Manifest:
    """Return a manifest with these operations, or with one that reads and one that writes."""
    text = Text(nl="Voorbeeld", en="Example")
    return Manifest(
        id=name,
        title=text,
        partner=Partner(name="Voorbeeld BV", subscription="12345"),
        version="1.0.0",
        integration_id="12345_1",
        releases=("Profit 8",),
        runtime=PythonRuntime(kind="python"),
        get_connectors=(GetConnectorUse(id="Voorbeeld_Projecten", fields=("ProjectId",)),),
        update_connectors=(UpdateConnectorUse(id="PtProject", fields=("PrId",)),),
        operations=operations
        or (
            an_operation("sync", reads=("Voorbeeld_Projecten",)),
            an_operation("push", writes=("PtProject",)),
        ),
    )


def an_operation(name: str, **members: object) -> Operation:
    """Return an operation; what it does is given."""
    return Operation(name=name, title=Text(nl=name, en=name), **members)  # type: ignore[arg-type]
