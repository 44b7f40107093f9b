"""What was seen and not judged: no pass of what it would have shown, and no failure of anybody."""

from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.verdict import Cause, Outcome

BODY_NOT_JUDGED = "BODY-NOT-JUDGED"
"""Code of the traffic rule about a body that is too long to be judged."""


def not_judged(why: str, *, place: str = "") -> Stop:
    """Return that not all of what was sent and logged was judged.

    Args:
        why: In a few words.
        place: Of the scenario.
    """
    said = Said(
        nl=f"niet alles wat verstuurd of gelogd werd is beoordeeld ({why})",
        en=f"not all of what was sent or logged was judged ({why})",
    )
    return stop(codes.NOT_JUDGED, Outcome.NOT_RUN, Cause.CONFIGURATION, place, said)
