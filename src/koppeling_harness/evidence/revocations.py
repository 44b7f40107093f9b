"""List of what AFAS revoked: certificates by their numbers, keys by their fingerprints, signed.

A list is whole each time: the newest says all. Schema `koppeling/revocations@1`.
"""

import json
import re
from datetime import date

from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.dsse import read_json
from koppeling_harness.value import dataclass

SCHEMA = "koppeling/revocations@1"
NAMES = re.compile(r"[0-9a-f]{16}|SHA256:[A-Za-z0-9+/]{43}")
"""The number of a certificate, or the fingerprint of a key as `ssh-keygen -l` shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """One thing that was revoked.

    Attributes:
        what: See `NAMES`.
        day: From when on.
        by: The person who decided.
        reason: Why.
    """

    what: str
    day: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """A list of what was revoked.

    Attributes:
        number: One more than that of the list before it.
        day: When it was made.
        entries: All that was ever revoked, the oldest first.
    """

    number: int
    day: date
    entries: tuple[Revocation, ...]

    @property
    def names(self) -> frozenset[str]:
        """What is revoked."""
        return frozenset(each.what for each in self.entries)


def revocations_payload(found: Revocations) -> bytes:
    """Return a list as it is signed."""
    plain = {
        "schema": SCHEMA,
        "number": found.number,
        "day": f"{found.day}",
        "revoked": [
            {"what": each.what, "day": f"{each.day}", "by": each.by, "reason": each.reason}
            for each in found.entries
        ],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()


def read_revocations(payload: bytes) -> Revocations:
    """Return a list; that it is signed was looked at before.

    Raises:
        EvidenceError: It is none.
    """
    plain = read_json(payload, what="the list of what was revoked")
    try:
        if plain["schema"] != SCHEMA:
            message = f"found {plain['schema']!r}, expected {SCHEMA}"
            raise EvidenceError(message)
        return Revocations(
            number=int(plain["number"]),
            day=date.fromisoformat(plain["day"]),
            entries=tuple(
                Revocation(
                    what=str(each["what"]),
                    day=date.fromisoformat(each["day"]),
                    by=str(each["by"]),
                    reason=str(each["reason"]),
                )
                for each in plain["revoked"]
            ),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"expected a list of what was revoked, {SCHEMA}: {error}"
        raise EvidenceError(message) from None
