"""Layout of the picture of a registration's colours over time."""

from datetime import date, timedelta

from koppeling_harness.model.policy import Policy
from koppeling_harness.model.registration import Assessment, Colour, Registration
from koppeling_harness.rules.validity import Accepted, accepted, gaps, pending
from koppeling_harness.value import dataclass

WIDTH = 720
_MARGIN = 8
_ROOM_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of time in the picture, in the units of its view box.

    Attributes:
        x: Its left end.
        width: How long it is.
        colour: The colour that counted; None where none did.
        label: The assessment's id; empty for a gap.
    """

    x: float
    width: float
    colour: Colour | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point in the picture.

    Attributes:
        x: Where it is.
        label: What stands there.
    """

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourRow:
    """One assessment in the table beside the picture.

    Attributes:
        assessment: As the registration has it.
        counted: What it is worth; None when it does not count (yet).
        state: `governs`, `earlier`, `pending`, or `without_effect`.
    """

    assessment: Assessment
    counted: Accepted | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourChart:
    """The picture and its table.

    Attributes:
        rows: Every assessment, the newest first.
        bands: Colours and gaps, from left to right.
        years: The first of January of each year in it.
        awaiting: Reports about which nobody has decided yet.
        today: The as-of date.
    """

    rows: tuple[ColourRow, ...]
    bands: tuple[Band, ...]
    years: tuple[Mark, ...]
    awaiting: tuple[Mark, ...]
    today: Mark


def colour_chart(registration: Registration, *, as_of: date, policy: Policy) -> ColourChart:
    """Return the picture of the colours up to a day, and as far as the last one is valid."""
    counted = accepted(registration, as_of=as_of, policy=policy)
    awaiting = pending(registration, as_of=as_of)
    open_gaps = gaps(counted, as_of=as_of)
    days = [as_of, *(each.report_date for each in awaiting if each.report_date)]
    days += [day for each in counted for day in (each.report_date, each.valid_until)]
    first, last = min(days) - timedelta(days=_ROOM_DAYS), max(days) + timedelta(days=_ROOM_DAYS)
    scale = (WIDTH - 2 * _MARGIN) / (last - first).days

    def at(day: date) -> float:
        return round(_MARGIN + (day - first).days * scale, 1)

    def band(start: date, end: date, colour: Colour | None, label: str) -> Band:
        return Band(x=at(start), width=round(at(end) - at(start), 1), colour=colour, label=label)

    ends = [each.report_date for each in counted[1:]] + [date.max]
    bands = [
        band(each.report_date, min(each.valid_until, end), each.colour, each.assessment)
        for each, end in zip(counted, ends, strict=False)  # of none counted, none ends
    ]
    bands += [band(gap.from_, gap.to or as_of, None, "") for gap in open_gaps]
    years = range(first.year + 1, last.year + 1)
    return ColourChart(
        rows=_rows(registration, counted, awaiting),
        bands=tuple(sorted(bands, key=lambda each: each.x)),
        years=tuple(Mark(x=at(date(year, 1, 1)), label=str(year)) for year in years),
        awaiting=tuple(
            Mark(x=at(each.report_date), label=each.id) for each in awaiting if each.report_date
        ),
        today=Mark(x=at(as_of), label=""),
    )


def _rows(
    registration: Registration, counted: tuple[Accepted, ...], awaiting: tuple[Assessment, ...]
) -> tuple[ColourRow, ...]:
    worth = {each.assessment: each for each in counted}
    rows = []
    for each in registration.assessments:
        if each.id in worth:
            state = "governs" if worth[each.id] is counted[-1] else "earlier"
        else:
            state = "pending" if each in awaiting else "without_effect"
        rows.append(ColourRow(assessment=each, counted=worth.get(each.id), state=state))
    return tuple(sorted(rows, key=lambda row: row.assessment.report_date or date.max, reverse=True))
