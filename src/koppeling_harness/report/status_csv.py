"""Statuses as CSV, one line per registration, for a spreadsheet."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.status import Role
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.due import Due
from koppeling_harness.rules.words import is_overdue

COLUMNS = (
    "registration",
    "title_nl",
    "title_en",
    "partner",
    "as_of",
    "policy",
    "basis",
    "status",
    "overdue",
    "colour",
    "assessment",
    "report_date",
    "valid_until",
    "follow_up_due",
    *(f"{role}_{part}" for role in Role for part in ("release", "outcome", "date")),
    "partner_site",
    "help_center",
    "contract_end",
    "contract_end_kind",
    "flags",
    "next_due",
    "next_action",
    *(f"{role}_evidence" for role in Role),
    "next_who",
    "next_what_nl",
    "next_what_en",
    "assignee",
)
"""The first line; the words in the lines are those of `koppeling/status@1`."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also in the full width that some spreadsheets take for the same; blanks before it do not help."""

_NEXT_CELL = re.compile(rf"([;|]['\"\s]*)(?=[{re.escape(''.join(_FORMULA))}])")


WORK_COLUMNS = (
    "registration",
    "title_nl",
    "title_en",
    "partner",
    "status",
    "week",
    "due",
    "late",
    "who",
    "what_nl",
    "what_en",
    "since",
    "rests_on_nl",
    "rests_on_en",
    "rule",
    "key",
    "assignee",
)
"""The first line of the worklist: one line per duty, the most urgent first."""


class CsvForm(StrEnum):
    """For whom a file is."""

    PLAIN = "plain"
    """RFC 4180: commas, no mark."""
    DUTCH_EXCEL = "dutch_excel"
    """Semicolons and a byte order mark, by which Excel in Dutch takes columns and letters right."""


def render_status_csv(dossiers: Sequence[Dossier], form: CsvForm = CsvForm.PLAIN) -> str:
    """Return the statuses as CSV, CRLF, a line of names first.

    A cell that a spreadsheet would calculate gets an apostrophe in front: titles and names come
    from partners. So does what stands after a semicolon or a bar: a spreadsheet in Dutch takes `;`
    for the end of a cell.
    """
    return _table(COLUMNS, [_cells(each) for each in dossiers], form)


def render_work_csv(due: Sequence[Due], form: CsvForm = CsvForm.PLAIN) -> str:
    """Return a line per duty, in the order in which they are given; the same care for cells."""
    return _table(WORK_COLUMNS, [_work_cells(each) for each in due], form)


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, object]], form: CsvForm) -> str:
    out = io.StringIO()
    dutch = form is CsvForm.DUTCH_EXCEL
    if dutch:
        out.write("\ufeff")
    writer = csv.writer(out, delimiter=";" if dutch else ",")
    writer.writerow(columns)
    for cells in rows:
        writer.writerow([_harmless(cells[name]) for name in columns])
    return out.getvalue()


def _work_cells(each: Due) -> dict[str, object]:
    status, registration, action = each.dossier.status, each.dossier.registration, each.action
    return {
        "registration": status.registration,
        "title_nl": registration.title.nl if registration else "",
        "title_en": registration.title.en if registration else "",
        "partner": registration.partner.name if registration else "",
        "status": status.status,
        "week": "yes" if each.is_this_week else "",
        "due": each.due,
        "late": "yes" if each.is_late else "",
        "who": action.who,
        "what_nl": action.what.nl,
        "what_en": action.what.en,
        "since": each.since,
        "rests_on_nl": action.rests_on.nl if action.rests_on else "",
        "rests_on_en": action.rests_on.en if action.rests_on else "",
        "rule": action.rule,
        "key": action.key,
        "assignee": _assignee(each.dossier),
    }


def _assignee(dossier: Dossier) -> str:
    return (dossier.word.assignee if dossier.word else None) or ""


def _harmless(value: object) -> str:
    text = "" if value is None else one_line(str(value), limit=2000)
    text = _NEXT_CELL.sub(r"\1'", text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _cells(dossier: Dossier) -> dict[str, object]:
    status, registration = dossier.status, dossier.registration
    security, end = status.security, status.contract_end
    first = next(iter(status.actions), None)
    cells: dict[str, object] = {
        "registration": status.registration,
        "title_nl": registration.title.nl if registration else "",
        "title_en": registration.title.en if registration else "",
        "partner": registration.partner.name if registration else "",
        "as_of": status.as_of,
        "policy": status.policy,
        "basis": status.basis,
        "status": status.status,
        "overdue": "yes" if is_overdue(status) else "",
        "colour": security.colour,
        "assessment": security.assessment,
        "report_date": security.report_date,
        "valid_until": security.valid_until,
        "follow_up_due": security.follow_up_due,
        "partner_site": status.listing.partner_site,
        "help_center": status.listing.help_center,
        "contract_end": end.date if end else None,
        "contract_end_kind": end.kind if end else None,
        "flags": " ".join(sorted({flag.code for flag in status.flags})),
        "next_due": (first.due or status.as_of) if first else None,  # without a date: now
        "next_action": first.key if first else None,
        "next_who": first.who if first else None,
        "next_what_nl": first.what.nl if first else None,
        "next_what_en": first.what.en if first else None,
        "assignee": _assignee(dossier),
    }
    return {**cells, **_release_cells(dossier)}


def _release_cells(dossier: Dossier) -> dict[str, str | date | None]:
    cells: dict[str, str | date | None] = {}
    by_role = {each.role: each for each in dossier.status.functional}
    for role in Role:
        each = by_role.get(role)
        cells[f"{role}_release"] = each.release if each else None
        cells[f"{role}_outcome"] = each.outcome if each else None
        cells[f"{role}_date"] = each.date if each else None
        cells[f"{role}_evidence"] = each.evidence if each else None
    return cells
