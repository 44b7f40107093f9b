"""Statuses as CSV, one line per registration, for a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.status import Role
from koppeling_harness.report.clean import one_line
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
)
"""The first line; the words in the lines are those of `koppeling/status@1`."""

_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also in the full width that some spreadsheets take for the same; blanks before it do not help."""

_NEXT_CELL = re.compile(rf"([;|]['\"\s]*)(?=[{re.escape(''.join(_FORMULA))}])")


def render_status_csv(dossiers: Sequence[Dossier]) -> str:
    """Return the statuses as CSV (RFC 4180): commas, CRLF, a line of names first.

    A cell that a spreadsheet would calculate gets an apostrophe in front: titles and names come
    from partners. So does what stands after a semicolon or a bar: a spreadsheet in Dutch takes `;`
    for the end of a cell.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for each in dossiers:
        cells = _cells(each)
        writer.writerow([_harmless(cells[name]) for name in COLUMNS])
    return out.getvalue()


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
