"""The page of the documentation that lists every traffic rule, made from the catalogue.

PYTHONPATH=tests python -m support.rules_page > docs/reference/traffic-rules.md
"""

import sys

from koppeling_harness.traffic.checks import CATALOGUE_VERSION, RULES, Rule


def rules_page() -> str:
    """Return the page of the documentation that lists every rule, as Markdown."""
    return "\n".join([*_INTRODUCTION, *(line for rule in RULES for line in _section(rule))])


_INTRODUCTION = (
    "# Traffic rules",
    "",
    f"Catalogue {CATALOGUE_VERSION}. `koppeling rules list` prints it, `koppeling explain CODE`",
    "explains one rule. An *error* fails the scenario; a *warning* is to be looked at, and an",
    "*orange* one resolved or justified; *information* is for the reader. AFAS's own ids of the",
    "AppConnector Auditor are used where it has one. This page is",
    "made from the catalogue, and a test keeps it so.",
    "",
    "What is an error was *seen*: it stands in a call, in an answer, in what ERP1 holds, or in",
    "what the same integration did another time (the same line written when the others stood",
    "otherwise; the same value whole in the same field; of many rows just those at each border",
    "of a page). What is only *concluded* says so below: it may have a reason that nobody here",
    "knows, so that it is a warning at most and changes no outcome.",
    "",
    "What cannot be seen from outside is not judged here: what an integration reads in an answer",
    "(`X-PROFIT-ERROR`, `errorNumber`, the order of members) shows only when a fault changes it;",
    "filters, joins and indexes of a GetConnector are visible inside Profit alone; and whether a",
    "customer's connection is HTTPS is decided by the address that the customer fills in.",
    "",
)


def _section(rule: Rule) -> list[str]:
    level = "warning, orange" if rule.orange else rule.level.value
    lines = [
        f"## {rule.code}",
        "",
        f"*{level}* — {rule.title.en} / {rule.title.nl}",
        "",
        f"- Why: {rule.why.en}",
        f"- Waarom: {rule.why.nl}",
        f"- Fix: {rule.fix.en}",
        f"- Oplossing: {rule.fix.nl}",
        f"- Source: {rule.source}",
    ]
    if rule.counts_from is not None:
        day = f"{rule.counts_from:%d-%m-%Y}"
        lines.append(f"- Counts from {day}; until then a finding of it is information")
    if rule.inferred:
        lines.append("- Concluded, not seen: it changes no outcome")
    if rule.not_on:
        lines.append(f"- Does not hold on: {', '.join(rule.not_on)}")
    return [*lines, ""]


if __name__ == "__main__":
    sys.stdout.write(rules_page())
