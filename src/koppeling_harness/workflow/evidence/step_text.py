"""What a step of verifying says: of files, of days, of when a key counts."""

from collections.abc import Sequence
from datetime import datetime

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.evidence.signers import Signer
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import said

_SHOWN = 3


def when_it_counts(lines: Sequence[Signer], signed_at: datetime) -> Text:
    """Return from when or until when a key counts that did not when something was signed."""
    one = lines[0]
    if one.valid_before is not None and signed_at >= one.valid_before:
        return said(
            "de sleutel gold tot {end}, ondertekend op {day}",
            "the key counted until {end}, signed on {day}",
            end=day_text(one.valid_before),
            day=day_text(signed_at),
        )
    return said(
        "de sleutel geldt vanaf {begin}, ondertekend op {day}",
        "the key counts from {begin} on, signed on {day}",
        begin=day_text(one.valid_after) if one.valid_after else "?",
        day=day_text(signed_at),
    )


def day_text(when: datetime) -> str:
    """Return a moment as it is told, in Amsterdam."""
    return f"{when.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"


def files_text(nl: str, en: str, names: Sequence[str]) -> Text:
    """Return what is said of files, and the first of their names."""
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    if more > 0:
        nl, en = f"{nl} ({len(names)})", f"{en} ({len(names)})"
    return Text(nl=f"{nl}: {shown}", en=f"{en}: {shown}")
