"""The published JSON Schemas by name."""

from typing import Any, cast

from koppeling_harness.document import json_schema
from koppeling_harness.errors import UsageError
from koppeling_harness.model.calendar import DeadlineCalendar
from koppeling_harness.model.change import ChangeList
from koppeling_harness.model.connector import EnvironmentDefinition, OwnGetConnector
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.errata import Errata
from koppeling_harness.model.impact import Impact
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.parity import ParityPair, ParityRecord
from koppeling_harness.model.partnership import Partnership
from koppeling_harness.model.recheck import RecheckRecord
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.run import RunRecord, RunRecords
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.model.statement import EvidenceStatement
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.model.stdio_protocol import StdioMessage

SCHEMAS: dict[str, tuple[type[Any], str]] = {
    "plugin": (Manifest, "koppeling/plugin@1"),
    "stdio-protocol": (cast("type[Any]", StdioMessage), "koppeling/stdio-protocol@1"),
    "scenario": (Scenario, "koppeling/scenario@1"),
    "definition": (OwnGetConnector, "koppeling/definition@1"),
    "environment": (EnvironmentDefinition, "koppeling/environment@1"),
    "registration": (Registration, "koppeling/registration@1"),
    "decisions": (Decisions, "koppeling/decisions@1"),
    "partner": (Partnership, "koppeling/partner@1"),
    "errata": (Errata, "koppeling/errata@1"),
    "run": (RunRecord, "koppeling/run@1"),
    "status": (RegistrationStatus, "koppeling/status@1"),
    "snapshot": (Snapshot, "koppeling/snapshot@1"),
    "changes": (ChangeList, "koppeling/changes@1"),
    "impact": (Impact, "koppeling/impact@1"),
    "runs": (RunRecords, "koppeling/runs@1"),
    "recheck": (RecheckRecord, "koppeling/recheck@1"),
    "deadlines": (DeadlineCalendar, "koppeling/deadlines@1"),
    "parity": (ParityRecord, "koppeling/parity@1"),
    "parity-pair": (ParityPair, "koppeling/parity-pair@1"),
    "evidence": (EvidenceStatement, "koppeling/evidence@1"),
}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a file format.

    Args:
        name: Such as `run`; `impact` is that of one integration in the list.

    Raises:
        UsageError: There is no such format.
    """
    if name not in SCHEMAS:
        message = f"no schema {name!r}; expected one of {', '.join(SCHEMAS)}"
        raise UsageError(message)
    cls, title = SCHEMAS[name]
    return json_schema(cls, title=title)
