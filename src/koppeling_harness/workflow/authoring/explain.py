"""Explain every code: findings of engine and traffic rules, errors, exit codes."""

import difflib

from koppeling_harness import errors
from koppeling_harness.engine.codes import CODES
from koppeling_harness.errors import ExitCode, HarnessError, UsageError
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.checks import RULES
from koppeling_harness.value import dataclass

CODES_PAGE = "docs/reference/codes.md"
"""The page of the documentation that lists what is not a traffic rule."""
RULES_PAGE = "docs/reference/traffic-rules.md"
"""The page of the documentation that lists the traffic rules."""

_EXIT_CODES: dict[ExitCode, Text] = {
    ExitCode.PASSED: Text(
        nl="Alle verplichte scenario's zijn uitgevoerd en geslaagd; alles is in orde.",
        en="Every required scenario was executed and passed; all is in order.",
    ),
    ExitCode.NOT_PASSED: Text(
        nl="Er is geoordeeld, en ten minste één koppeling is niet geslaagd.",
        en="It was judged, and at least one integration did not pass.",
    ),
    ExitCode.INTERRUPTED: Text(
        nl="Afgebroken met Ctrl-C; er draait niets meer.",
        en="Interrupted with Ctrl-C; nothing was left running.",
    ),
    ExitCode.HARNESS_ERROR: Text(
        nl="Het harnas zelf faalde; dat zegt niets over een koppeling.",
        en="The harness itself failed; this says nothing of an integration.",
    ),
    ExitCode.USAGE: Text(
        nl="De opdrachtregel klopt niet.", en="The command line cannot be carried out."
    ),
    ExitCode.NOTHING_TO_RUN: Text(
        nl="Er was niets te draaien: geen koppeling, of geen scenario dat van toepassing is.",
        en="There was nothing to run: no integration, or no scenario that applies.",
    ),
    ExitCode.CONFIGURATION: Text(
        nl="Een bestand of instelling is fout; de melding noemt plek en remedie.",
        en="A file or setting is wrong; the message names place and remedy.",
    ),
    ExitCode.ENVIRONMENT: Text(
        nl="ERP1 was niet bruikbaar; het oordeel is onbeslist. Draai opnieuw.",
        en="ERP1 could not be used; the verdict is inconclusive. Run again.",
    ),
    ExitCode.REQUIRED_NOT_EXECUTED: Text(
        nl="Een verplicht scenario is niet uitgevoerd; overgeslagen is nooit geslaagd.",
        en="A required scenario was not executed; skipped is never passed.",
    ),
    ExitCode.WAIVER: Text(
        nl="Een ontheffing is verlopen, en waarvoor zij was gaat weer mis.",
        en="A waiver has expired, and what it was for fails again.",
    ),
    ExitCode.SECRET_FOUND: Text(
        nl="In wat geschreven zou worden stond een geheim; dat is niet geschreven.",
        en="A secret was found in what would be written; it was not written.",
    ),
    ExitCode.VERIFICATION: Text(
        nl="Een handtekening, digest of run-record klopt niet.",
        en="A signature, digest or run record does not hold.",
    ),
    ExitCode.DIFFERS: Text(
        nl="Het resultaat wijkt af van de vorige keer, maar er faalde niets.",
        en="It differs from the baseline, and nothing failed.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one code means.

    Attributes:
        code: The code.
        kind: finding, error or exit code.
        title: What it is.
        why: Why it matters.
        fix: What to do.
        source: Where the rule comes from; empty for the harness's own.
        page: The page of the documentation.
    """

    code: str
    kind: str
    title: Text
    why: Text | None = None
    fix: Text | None = None
    source: str = ""
    page: str = CODES_PAGE

    def render(self, language: str) -> str:
        """Return it as text, in `nl` or `en`."""
        words = {
            "nl": ("waarom", "oplossing", "bron", "meer"),
            "en": ("why", "fix", "source", "more"),
        }
        why, fix, source, more = words[language]
        lines = [f"{self.code} ({self.kind}): {getattr(self.title, language)}"]
        if self.why is not None:
            lines.append(f"{why}: {getattr(self.why, language)}")
        if self.fix is not None:
            lines.append(f"{fix}: {getattr(self.fix, language)}")
        if self.source:
            lines.append(f"{source}: {self.source}")
        return "\n".join([*lines, f"{more}: {self.page}"])


def explanations() -> dict[str, Explanation]:
    """Return every explanation by its code, in a sensible order."""
    found = [
        *(_of_exit_code(code) for code in ExitCode),
        *(_of_error(cls) for cls in _error_classes()),
        *(
            Explanation(
                code=each.code, kind="finding", title=each.title, why=each.why, fix=each.fix
            )
            for each in CODES
        ),
        *(
            Explanation(
                code=rule.code,
                kind="finding",
                title=rule.title,
                why=rule.why,
                fix=rule.fix,
                source=rule.source,
                page=RULES_PAGE,
            )
            for rule in RULES
        ),
    ]
    return {each.code: each for each in found}


def explain(code: str) -> Explanation:
    """Return what a code means.

    Args:
        code: A finding's, an error's, or the number of an exit code; in any case.

    Raises:
        UsageError: There is no such code.
    """
    known = explanations()
    wanted = {name.lower(): name for name in known}
    name = wanted.get(code.lower())
    if name is None:
        near = difflib.get_close_matches(code.lower(), wanted, n=1)
        hint = f"Did you mean {wanted[near[0]]}?" if near else "`koppeling explain` lists them."
        message = f"no code {code!r}"
        raise UsageError(message, hint=hint)
    return known[name]


def _of_exit_code(code: ExitCode) -> Explanation:
    return Explanation(code=str(int(code)), kind="exit code", title=_EXIT_CODES[code])


def _of_error(cls: type[HarnessError]) -> Explanation:
    title = (cls.__doc__ or "").splitlines()[0]
    return Explanation(
        code=cls.code,
        kind=f"error, exit code {int(cls.exit_code)}",
        title=Text(nl=_EXIT_CODES[cls.exit_code].nl, en=title),
    )


def _error_classes() -> list[type[HarnessError]]:
    own_codes = {code.code for code in CODES}
    return [
        cls
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, HarnessError) and cls.code not in own_codes
    ]
