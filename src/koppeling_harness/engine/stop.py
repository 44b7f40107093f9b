"""Why a scenario went no further, as a value."""

from collections.abc import Callable, Iterable
from dataclasses import field, replace

from koppeling_harness.engine.codes import Code
from koppeling_harness.model.finding import Difference, Finding
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What ended a step without success: the outcome, whose doing it is, and what to say of it."""

    outcome: Outcome
    cause: Cause
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of a stop, in both languages."""

    nl: str
    en: str
    hint: str = ""
    differences: Iterable[Difference] = field(default=())
    curl: str = ""
    exchange: int | None = None


def stop(code: Code, outcome: Outcome, cause: Cause, where: str, said: Said) -> Stop:
    """Return a stop whose finding carries both languages and the advice of its code."""
    finding = Finding(
        code=code.code,
        level=Severity.ERROR,
        message=said.en,
        where=where,
        hint=said.hint or code.fix.en,
        text=Text(nl=said.nl, en=said.en),
        advice=Text(nl=said.hint or code.fix.nl, en=said.hint or code.fix.en),
        differences=tuple(said.differences),
        curl=said.curl,
        exchange=said.exchange,
    )
    return Stop(outcome=outcome, cause=cause, finding=finding)


def redacted_finding(finding: Finding, redact: Callable[[str], str]) -> Finding:
    """Return a finding that tells nothing private, wherever in it that stood.

    What the harness itself says of it in both languages mostly repeats its message: each text is
    looked at once.
    """
    known: dict[str, str] = {}

    def text(said: str) -> str:
        if said not in known:
            known[said] = redact(said) if said else said
        return known[said]

    return replace(
        finding,
        message=text(finding.message),
        where=text(finding.where),
        hint=text(finding.hint),
        text=None if finding.text is None else _both(finding.text, text),
        advice=None if finding.advice is None else _both(finding.advice, text),
        differences=tuple(
            replace(
                each,
                path=text(each.path),
                expected=text(each.expected),
                actual=text(each.actual),
            )
            for each in finding.differences
        ),
        curl=text(finding.curl),
    )


def _both(said: Text, text: Callable[[str], str]) -> Text:
    return Text(nl=text(said.nl), en=text(said.en))
