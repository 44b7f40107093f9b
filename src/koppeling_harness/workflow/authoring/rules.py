"""The catalogue of traffic rules, for people and for programs."""

from koppeling_harness.model.requirement import Day
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
    counts_from: Day | None
    orange: bool


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
        counts_from=rule.counts_from,
        orange=rule.orange,
    )
