"""What verifying evidence came to, as text and as JSON has it."""

from collections.abc import Sequence
from typing import Any

from koppeling_harness.model.evidence import Step, StepOutcome, Verified
from koppeling_harness.model.intake import Sorted, TakenIn
from koppeling_harness.model.shape import Text
from koppeling_harness.report.clean import one_line
from koppeling_harness.rules.words import said

_STEP = {
    Step.ENVELOPE: said("envelop", "envelope"),
    Step.KEY_KNOWN: said("sleutel bekend", "key known"),
    Step.KEY_VALID: said("sleutel geldig", "key valid"),
    Step.IDENTITY: said("identiteit", "identity"),
    Step.FILES: said("bestanden", "files"),
    Step.RECORD: said("verslag", "record"),
    Step.LIST: said("lijst", "list"),
    Step.VERDICT: said("oordeel", "verdict"),
    Step.REDACTION: said("geheimen", "redaction"),
    Step.AGE: said("ouderdom", "age"),
}
_OUTCOME = {
    StepOutcome.HOLDS: said("klopt", "holds"),
    StepOutcome.REFUSED: said("GEWEIGERD", "REFUSED"),
    StepOutcome.NOT_REACHED: said("-", "-"),
}
_RESULT = {
    "PASSED": said("geslaagd", "passed"),
    "WARNED": said("geslaagd met ontheffing", "passed with a waiver"),
    "FAILED": said("niet geslaagd", "not passed"),
}
_SORTED = {
    Sorted.ACCEPTED: said("aangenomen", "accepted"),
    Sorted.HERE_ALREADY: said("is hier al", "here already"),
    Sorted.RETURNED: said("terug te sturen", "to be returned"),
    Sorted.QUESTION: said("vraag", "question"),
}


def evidence_lines(verified: Verified, *, lang: str = "en") -> list[str]:
    """Return what each step came to, a line each, below a line for the whole."""
    lines = [one_line(f"{verified.file}: {getattr(_whole(verified), lang)}")]
    for each in verified.steps:
        number, name = f"{each.step.number:>2}", getattr(_STEP[each.step], lang)
        outcome = getattr(_OUTCOME[each.outcome], lang)
        lines.append(f"  {number}  {name:<14} {outcome:<9} {one_line(getattr(each.said, lang))}")
    return lines


def intake_lines(taken: TakenIn, *, lang: str = "en") -> list[str]:
    """Return what became of a pack, its reasons, and in both languages the text to send back."""
    about = ", ".join(taken.verified.integrations)
    release = f" - {taken.verified.release}" if taken.verified.release else ""
    head = f"{taken.verified.file}: {getattr(_SORTED[taken.sorted], lang)}"
    lines = [one_line(f"{head} - {about}{release}" if about else head)]
    if taken.folder:
        lines.append(f"  -> {one_line(taken.folder)}")
    for each in taken.lacks:
        lines.append(f"  {one_line(getattr(each.said, lang))}")
        if taken.letter is None:
            lines.append(f"    {getattr(each.advice, lang)}")
    if taken.letter is not None:
        for language, text in (("nl", taken.letter.nl), ("en", taken.letter.en)):
            lines += [
                "",
                f"  --- {language}",
                *(f"  {one_line(each)}" for each in text.split("\n")),
            ]
        lines.append("  ---")
    return lines


def intake_plain(taken: Sequence[TakenIn]) -> list[dict[str, Any]]:
    """Return what became of each pack as JSON has it."""
    return [
        {
            **verified,
            "sorted": each.sorted.value,
            "folder": each.folder,
            "lacks": [
                {
                    "code": one.code,
                    "said": {"nl": one.said.nl, "en": one.said.en},
                    "advice": {"nl": one.advice.nl, "en": one.advice.en},
                }
                for one in each.lacks
            ],
            "letter": {"nl": each.letter.nl, "en": each.letter.en} if each.letter else None,
        }
        for each, verified in zip(
            taken, evidence_plain([one.verified for one in taken]), strict=True
        )
    ]


def _whole(verified: Verified) -> Text:
    """Return whether evidence holds, and of what."""
    about = ", ".join(verified.integrations)
    if not about:
        return said("bewijs geweigerd", "evidence refused")
    if not verified.run_id:
        word = said("klopt", "holds") if verified.holds else said("geweigerd", "refused")
        return said("besluit {w}: {a}", "decision {w}: {a}", w=word, a=about)
    return said(
        "{whole}: {about} {result} op {release}, run {run}",
        "{whole}: {about} {result} on {release}, run {run}",
        whole=said("bewijs klopt", "evidence holds")
        if verified.holds
        else said("bewijs geweigerd", "evidence refused"),
        about=about,
        result=_RESULT.get(verified.result, Text(nl=verified.result, en=verified.result)),
        release=verified.release or "?",
        run=verified.run_id,
    )


def evidence_plain(verified: Sequence[Verified]) -> list[dict[str, Any]]:
    """Return what each file came to as JSON has it."""
    return [
        {
            "file": each.file,
            "holds": each.holds,
            "run_id": each.run_id,
            "statement": each.statement,
            "integrations": list(each.integrations),
            "integration_ids": list(each.integration_ids),
            "release": each.release,
            "result": each.result,
            "signer": each.signer,
            "signed_at": each.signed_at.isoformat() if each.signed_at else None,
            "time": "stamped" if each.is_stamped else "as stated by the signer",
            "steps": [
                {
                    "number": one.step.number,
                    "step": one.step.value,
                    "outcome": one.outcome.value,
                    "code": one.code,
                    "said": {"nl": one.said.nl, "en": one.said.en},
                }
                for one in each.steps
            ],
        }
        for each in verified
    ]
