"""What a release takes away, as deadlines of whoever uses it."""

from collections.abc import Sequence
from datetime import date

from koppeling_harness.model.change import Change, ChangeKind
from koppeling_harness.model.deadline import Deadline, Mark, Stage
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity

_REMOVALS = frozenset(
    {ChangeKind.CONNECTOR_REMOVED, ChangeKind.OBJECT_REMOVED, ChangeKind.FIELD_REMOVED}
)


def removals(
    changes: Sequence[Change],
    *,
    label: str,
    day: date | None,
    is_past: bool,
    source: str,
    read: date,
) -> tuple[Deadline, ...]:
    """Return a deadline for each connector, object and field that a release takes away.

    Args:
        changes: Of the release.
        label: Of the release, such as `Profit 9`.
        day: From when it counts as one in production does; None when that is not known.
        is_past: Whether it is in production already.
        source: Where the changes stand written.
        read: When they were read.
    """
    found: dict[str, Deadline] = {}
    for each in changes:
        if each.kind not in _REMOVALS:
            continue
        name = f"{each.connector}.{each.path}" if each.path else each.connector
        stage = Stage(
            day=None if is_past else day,
            then=Text(nl=f"{label} heeft het niet meer", en=f"{label} does not have it any more"),
            is_open=day is None and not is_past,
        )
        found.setdefault(
            name.lower(),
            Deadline(
                id=f"removed:{label}:{name}",
                title=Text(nl=name, en=name),
                remedy=Text(
                    nl=f"Laat {name} weg, of gebruik wat ervoor in de plaats komt.",
                    en=f"Leave {name} out, or use what takes its place.",
                ),
                source=source,
                read=read,
                mark=Mark(connector=each.connector, field=each.path),
                stages=(stage,),
                heaviest=Severity.INFORMATION if stage.is_open else Severity.ERROR,
            ),
        )
    return tuple(found.values())
