"""Recognised assessors: by name, never by the kind of assessment that a file states."""

import re

from koppeling_harness.model.policy import Programme

_LEGAL_FORM = re.compile(r"[\s,]+(?:b\.?\s?v|n\.?\s?v)\.?$")


def is_recognised(assessor: str, programme: Programme) -> bool:
    """Return whether an assessor's Quickscan counts without a decision (R12).

    Upper and lower case, white space and a legal form at the end (`B.V.`, `NV`) make no
    difference; any other difference does: "Computest Friends" is somebody else.
    """
    return _plain(assessor) in {_plain(each) for each in programme.recognised_assessors}


def _plain(name: str) -> str:
    return _LEGAL_FORM.sub("", " ".join(name.casefold().split()))
