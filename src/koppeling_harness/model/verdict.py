"""The closed sets in which an answer is given."""

from enum import StrEnum


class Level(StrEnum):
    """How much a scenario weighs."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    INFORMATIVE = "informative"


class Outcome(StrEnum):
    """What became of one scenario or verdict. A waiver is a mark on it, never an outcome."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not_run"


class Cause(StrEnum):
    """Whose doing it is that an outcome is not `passed`."""

    INTEGRATION = "integration"
    CONFIGURATION = "configuration"
    ENVIRONMENT = "environment"
    HARNESS = "harness"


class ErpKind(StrEnum):
    """Against which kind of ERP something was run."""

    EMULATOR = "emulator"
    ENVIRONMENT = "environment"


class Severity(StrEnum):
    """How heavy a finding is, in the words of AFAS's AppConnector Auditor."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


NOT_STARTED = "PLUGIN-NOT-STARTED"
"""Code of the finding that an integration could not be started: nothing of the scenario was
executed, though nobody can say that it was not meant to be."""


UNPROVEN = frozenset({"NOT-PROVEN", "FAULT-NOT-FIRED"})
"""Codes of findings that a scenario ran and proves nothing; a waiver may cover that."""

EXPECTATION = "EXPECTATION"
"""Code of what a step expected and did not find; two scenarios that expect something have two
causes."""

BREAKDOWNS = frozenset(
    {"PLUGIN-RAISED", "PLUGIN-CRASHED", "PLUGIN-HUNG", "PLUGIN-NO-ANSWER", NOT_STARTED}
)
"""Codes of findings that the process of an integration broke down; what it printed says why."""

FOLLOW_FROM_A_BREAKDOWN = frozenset({"GIVE-UP-503"})
"""Codes of findings that tell nothing of their own beside a breakdown."""
