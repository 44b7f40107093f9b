"""Report of AFAS's AppConnector Auditor, by the ids of its checks.

Source: AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (2026-02-24).
"""

import re
from enum import StrEnum

from koppeling_harness.value import dataclass

_ID = re.compile(r"\b(AUT|DATA|FILT|PERF|STRUCT)[-\u2010\u2011\u2013](\d{2})\b")
RED = frozenset(
    [
        "DATA-20",
        "DATA-21",
        "DATA-23",
        "PERF-30",
        "PERF-31",
        "STRUCT-27",
        "STRUCT-28",
        "STRUCT-29",
        "FILT-47",
    ]
)
"""Errors: they keep a connector from being certified."""
ORANGE = frozenset(
    [
        "AUT-16",
        "AUT-17",
        "AUT-19",
        "DATA-24",
        "DATA-26",
        "PERF-32",
        "PERF-33",
        "PERF-34",
        "PERF-35",
        "PERF-36",
        "PERF-37",
        "PERF-45",
        "PERF-52",
        "FILT-48",
    ]
)
"""Warnings: they are solved or justified."""
INFORMATION = frozenset(["DATA-25", "PERF-46"])


class Level(StrEnum):
    """How heavy a check is."""

    RED = "red"
    ORANGE = "orange"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditorFindings:
    """What a report names.

    Attributes:
        red: Ids of errors, each once.
        orange: Ids of warnings, each once.
        unknown: Ids that this program does not know; a later Profit version may have added them.
    """

    red: tuple[str, ...]
    orange: tuple[str, ...]
    unknown: tuple[str, ...]


def read_auditor_report(text: str) -> AuditorFindings:
    """Return which checks a report in Markdown, HTML or plain text names.

    Args:
        text: The report; what it says beside the ids is not kept.
    """
    found = sorted({f"{match[1]}-{match[2]}" for match in _ID.finditer(text)})
    return AuditorFindings(
        red=tuple(each for each in found if each in RED),
        orange=tuple(each for each in found if each in ORANGE),
        unknown=tuple(each for each in found if each not in RED | ORANGE | INFORMATION),
    )
