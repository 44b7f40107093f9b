"""The catalogue of traffic rules, for people and for programs."""

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks import CATALOGUE_VERSION, RULES, Rule
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEntry:
    """One rule as the catalogue shows it; see `traffic.checks.rule.Rule` for its members."""

    code: str
    level: Severity
    title: Text
    why: Text
    fix: Text
    source: str
    not_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every rule that holds.

    Attributes:
        version: Changes when a rule is added, removed, or judges otherwise.
        rules: In the order of the catalogue.
    """

    version: str
    rules: tuple[RuleEntry, ...]


def rule_catalogue(release: str | None = None) -> Catalogue:
    """Return the traffic rules.

    Args:
        release: Label of a Profit release; only rules that hold for it are returned.
    """
    rules = [rule for rule in RULES if release is None or rule.holds_for(release)]
    return Catalogue(version=CATALOGUE_VERSION, rules=tuple(_entry(rule) for rule in rules))


def _entry(rule: Rule) -> RuleEntry:
    return RuleEntry(
        code=rule.code,
        level=rule.level,
        title=rule.title,
        why=rule.why,
        fix=rule.fix,
        source=rule.source,
        not_on=rule.not_on,
    )


def rules_page() -> str:
    """Return the page of the documentation that lists every rule, as Markdown."""
    return "\n".join([*_INTRODUCTION, *(line for rule in RULES for line in _section(rule))])


_INTRODUCTION = (
    "# Traffic rules",
    "",
    f"Catalogue {CATALOGUE_VERSION}. `koppeling rules list` prints it, `koppeling explain CODE`",
    "explains one rule. An *error* fails the scenario; a *warning* must be resolved or justified;",
    "*information* is for the reader. AFAS's own ids of the AppConnector Auditor are used where",
    "it has one. This page is made from the catalogue, and a test keeps it so.",
    "",
    "What cannot be seen from outside is not judged here: what an integration reads in an answer",
    "(`X-PROFIT-ERROR`, `errorNumber`, the order of members) shows only when a fault changes it;",
    "filters, joins and indexes of a GetConnector are visible inside Profit alone; and whether a",
    "customer's connection is HTTPS is decided by the address that the customer fills in.",
    "",
)


def _section(rule: Rule) -> list[str]:
    lines = [
        f"## {rule.code}",
        "",
        f"*{rule.level.value}* — {rule.title.en} / {rule.title.nl}",
        "",
        f"- Why: {rule.why.en}",
        f"- Waarom: {rule.why.nl}",
        f"- Fix: {rule.fix.en}",
        f"- Oplossing: {rule.fix.nl}",
        f"- Source: {rule.source}",
    ]
    if rule.not_on:
        lines.append(f"- Does not hold on: {', '.join(rule.not_on)}")
    return [*lines, ""]
