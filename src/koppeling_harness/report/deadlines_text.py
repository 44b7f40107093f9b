"""What ends on which day, and who uses it, as text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.shape import Text
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.words import day_in_words
from koppeling_harness.value import dataclass

_NOBODY = Text(nl="niemand van wie hier iets bekend is", en="nobody of whom anything is known here")
_NOW = Text(nl="nu al", en="now already")
_UNKNOWN = Text(nl="dag nog niet bekend", en="day not known yet")
_UNSEEN = Text(
    nl="hoe zij zich aanmelden is nooit gezien (geen hele run): {names}",
    en="how they sign in was never seen (no whole run): {names}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One day.

    Attributes:
        day: None when it is so already, or not known.
        what: What ends.
        stops: What happens, and when.
        remedy: What to do.
        source: Where it stands written.
        users: Who uses it.
    """

    day: date | None
    what: Text
    stops: Text
    remedy: Text
    source: str
    users: tuple[str, ...]


def deadline_lines(
    found: Sequence[Told], *, unseen: Sequence[str], as_of: date, lang: str
) -> Iterator[str]:
    """Yield a few lines per day: what ends, who uses it, what to do, and the source.

    Args:
        found: The days, in their order.
        unseen: Integrations of which no run tells how they sign in.
        as_of: The day it is.
        lang: `nl` or `en`.
    """
    for each in found:
        if each.day is None:
            open_ = "not known" in each.stops.en
            when = pick(_UNKNOWN if open_ else _NOW, lang)
        else:
            days = (each.day - as_of).days
            rest = {"nl": f"over {days} dagen", "en": f"in {days} days"}[lang] if days > 0 else ""
            when = pick(day_in_words(each.day), lang) + (f" ({rest})" if rest else "")
        yield f"{when}: {pick(each.what, lang)}"
        yield f"    {pick(each.stops, lang)}"
        yield (
            f"    {len(each.users)}: {', '.join(each.users)}"
            if each.users
            else (f"    {pick(_NOBODY, lang)}")
        )
        if each.users:
            yield f"    {pick(each.remedy, lang)}"
        yield f"    {each.source}"
    if unseen:
        yield pick(_UNSEEN, lang).format(names=", ".join(unseen))
