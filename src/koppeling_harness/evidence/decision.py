"""Statement of a decision: in-toto Statement v1 with a Simple Verification Result (`svr/v0.2`).

It is about the same subjects as the evidence that was decided on: the integrations by their files.
Source: github.com/in-toto/attestation, spec/predicates/svr.md.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.dsse import read_json
from koppeling_harness.evidence.statement import STATEMENT
from koppeling_harness.value import dataclass

SVR = "https://in-toto.io/attestation/svr/v0.2"
CERTIFICATE = "KOPPELING_CERTIFICATE_"
"""How the property begins that gives the number of a certificate."""
UNTIL = "KOPPELING_UNTIL_"
"""How the property begins that gives its last day; a Simple Verification Result has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDecision:
    """What a signed decision says.

    Attributes:
        subjects: Names of the integrations, each with the SHA-256 over its files.
        verifier: Who decided, as an address.
        created: When.
        properties: What was decided, and what it rests on.
    """

    subjects: tuple[tuple[str, str], ...]
    verifier: str
    created: datetime
    properties: tuple[str, ...]

    @property
    def number(self) -> str:
        """Number of a certificate; empty of what is none."""
        return self._after(CERTIFICATE).lower()

    @property
    def until(self) -> date | None:
        """Last day of a certificate; None of what has none.

        Raises:
            ValueError: It is no day.
        """
        day = self._after(UNTIL)
        return date.fromisoformat(day) if day else None

    def _after(self, beginning: str) -> str:
        found = (each for each in self.properties if each.startswith(beginning))
        return next(found, beginning).removeprefix(beginning)


def decision_statement(said: SignedDecision, *, policies: Sequence[str]) -> bytes:
    """Return the statement of a decision, as it is signed.

    Args:
        said: What it says.
        policies: Addresses of what was judged by.
    """
    plain = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in said.subjects],
        "predicateType": SVR,
        "predicate": {
            "verifier": {"id": said.verifier, "policies": [{"uri": each} for each in policies]},
            "timeCreated": f"{said.created:%Y-%m-%dT%H:%M:%SZ}",
            "properties": list(said.properties),
        },
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def read_decision(payload: bytes) -> SignedDecision:
    """Return what the statement of a decision says; that it is signed was looked at before.

    Raises:
        EvidenceError: It is none.
    """
    plain = read_json(payload, what="the statement")
    try:
        if (plain["_type"], plain["predicateType"]) != (STATEMENT, SVR):
            message = f"expected the statement of a decision, {SVR}"
            raise EvidenceError(message)
        predicate = plain["predicate"]
        found = SignedDecision(
            subjects=tuple(
                (str(each["name"]), str(each["digest"]["sha256"])) for each in plain["subject"]
            ),
            verifier=str(predicate["verifier"]["id"]),
            created=datetime.fromisoformat(predicate["timeCreated"]).astimezone(UTC),
            properties=tuple(map(str, predicate["properties"])),
        )
        found.until  # noqa: B018 - that it is a day is seen here
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        message = f"expected the statement of a decision, {SVR}: {error}"
        raise EvidenceError(message) from None
    return found
