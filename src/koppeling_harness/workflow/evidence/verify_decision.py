"""Verify a signed decision: its envelope, whose key it is, and whether that counted then."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePath

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.document import read_content
from koppeling_harness.errors import DocumentError, EvidenceError
from koppeling_harness.evidence.bundle import ENVELOPE
from koppeling_harness.evidence.decision import SignedDecision, read_decision
from koppeling_harness.evidence.signers import signers_of
from koppeling_harness.model.evidence import Step, StepOutcome, StepTaken, Verified
from koppeling_harness.model.shape import Text
from koppeling_harness.rules.record_check import SLACK
from koppeling_harness.rules.words import said
from koppeling_harness.workflow.evidence.signed_by import Refused, signed_by
from koppeling_harness.workflow.evidence.verify import Look

ENDING = ".intoto.json"
_SHOWN_BESIDE = (".html", ".svg")
"""What shows a certificate, and lies beside its statement."""


class _Alone:
    """An envelope without files beside it."""

    names = (ENVELOPE,)

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, name: str) -> bytes:  # noqa: ARG002 - there is one
        return self._content

    def digest(self, name: str) -> str:  # noqa: ARG002 - there is one
        return hashlib.sha256(self._content).hexdigest()


def verify_decision(path: Path, look: Look) -> Verified:
    """Return what verifying a signed decision comes to: three steps, of which the last may lack."""
    steps: list[StepTaken] = []
    try:
        envelope, key = signed_by(_Alone(read_content(path)), look.trust)
        decision = read_decision(envelope.payload)
    except (EvidenceError, DocumentError) as error:
        why = said("klopt niet: {why}", "does not hold: {why}", why=error.message)
        return Verified(file=str(path), steps=(_refused(Step.ENVELOPE, "envelope", why),))
    except Refused as refused:
        return Verified(
            file=str(path), steps=(_refused(Step.ENVELOPE, refused.code, refused.text),)
        )
    properties = ", ".join(decision.properties)
    steps.append(_holds(Step.ENVELOPE, Text(nl=properties, en=properties)))
    known = signers_of(key, look.trust.signers) if key else ()
    lines = [each for each in known if each.is_for_decisions]
    if not lines:
        unknown = (
            said(
                "de sleutel is geregistreerd, maar niet voor besluiten ({place})",
                "the key is registered, but not for decisions ({place})",
                place=known[0].place,
            )
            if known
            else said("geen sleutel uit {place}", "no key of {place}", place=look.trust.place)
        )
        steps.append(_refused(Step.KEY_KNOWN, "key_unknown", unknown))
    elif key is not None:
        place = said("sleutel bekend: {place}", "key known: {place}", place=lines[0].place)
        steps.append(_holds(Step.KEY_KNOWN, place))
        day = f"{decision.created:%Y-%m-%d}"
        counted = any(each.counts_at(decision.created) for each in lines)
        is_ahead = decision.created > look.now + SLACK
        if look.trust.is_revoked(key) or not counted or is_ahead:
            ended = said("de sleutel gold niet op {day}", "the key did not count on {day}", day=day)
            steps.append(_refused(Step.KEY_VALID, "key_ended", ended))
        else:
            on = said("besloten op {day}", "decided on {day}", day=day)
            steps.append(_holds(Step.KEY_VALID, on))
    steps += _of_a_certificate(decision, path, look)
    return Verified(
        file=str(path),
        steps=tuple(steps),
        integrations=tuple(
            f"{name} {digest[:12]}"
            for name, digest in decision.subjects
            if not name.endswith(_SHOWN_BESIDE)
        ),
        signer=key.fingerprint if key else "",
        signed_at=decision.created,
    )


def _of_a_certificate(decision: SignedDecision, path: Path, look: Look) -> Iterator[StepTaken]:
    """Yield what there is to a certificate alone: page and badge, revocation, last day."""
    for name, digest in decision.subjects:
        is_beside = name.endswith(_SHOWN_BESIDE) and PurePath(name).name == name
        if is_beside and (beside := path.with_name(name)).is_file():
            yield _file_step(name, hashlib.sha256(read_content(beside)).hexdigest() == digest)
    if not decision.number:
        return
    revoked = look.trust.revocations
    entry = next(
        (each for each in (revoked.entries if revoked else ()) if each.what == decision.number),
        None,
    )
    if entry is not None:
        why = said(
            "certificaat {number} is ingetrokken op {day}: {reason}",
            "certificate {number} was revoked on {day}: {reason}",
            number=decision.number,
            day=entry.day,
            reason=entry.reason,
        )
        yield _refused(Step.VERDICT, "certificate_revoked", why)
    elif revoked is not None:
        yield _holds(
            Step.VERDICT,
            said(
                "niet ingetrokken, volgens lijst {number} van {day}",
                "not revoked, by list {number} of {day}",
                number=revoked.number,
                day=revoked.day,
            ),
        )
    else:
        yield _holds(
            Step.VERDICT,
            said(
                "of het is ingetrokken is niet nagegaan: er is geen lijst (--revoked)",
                "whether it was revoked was not looked at: there is no list (--revoked)",
            ),
        )
    until = decision.until
    if until is not None:
        is_over = look.now.astimezone(AMSTERDAM).date() > until
        text = said("laatste dag: {day}", "last day: {day}", day=until)
        yield _refused(Step.AGE, "certificate_ended", text) if is_over else _holds(Step.AGE, text)


def _file_step(name: str, is_equal: bool) -> StepTaken:  # noqa: FBT001 - what was found
    if is_equal:
        return _holds(Step.FILES, said("gelijk: {name}", "equal: {name}", name=name))
    changed = said("gewijzigd: {name}", "changed: {name}", name=name)
    return _refused(Step.FILES, "file_changed", changed)


def _holds(step: Step, text: Text) -> StepTaken:
    return StepTaken(step=step, outcome=StepOutcome.HOLDS, said=text)


def _refused(step: Step, code: str, text: Text) -> StepTaken:
    return StepTaken(step=step, outcome=StepOutcome.REFUSED, said=text, code=code)
