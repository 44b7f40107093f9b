"""The policies that come with the harness, and what makes a policy a sound one."""

from collections.abc import Iterator

from koppeling_harness.model.policy import Policy, Programme, Term
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text

SLA = Policy(
    name="sla",
    title=Text(nl="contractpagina (SLA)", en="contract page (SLA)"),
    source="AFAS, partner.afas.nl/sla/koppeling",
    red=Term(valid_months=6, follow_up_months=6),
    orange=Term(valid_months=12, follow_up_months=12),
    green=Term(valid_months=36, follow_up_months=36),
)
"""The terms of the contract page; the default."""

AUDITOR = Policy(
    name="auditor",
    title=Text(nl="AppConnector Auditor", en="AppConnector Auditor"),
    source="AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (2025-09-16)",
    red=Term(valid_months=6, follow_up_months=6),
    orange=Term(valid_months=15, follow_up_months=12),
    green=Term(valid_months=36, follow_up_months=36),
)
"""The terms of the AppConnector Auditor's documentation: orange counts three months longer."""

POLICIES = {policy.name: policy for policy in (SLA, AUDITOR)}

PROGRAMME = Programme()
"""What holds when AFAS sets nothing else.

Source of the assessors: AFAS, docs.afas.help/profit/nl/partner-certification-steps (Computest in
2025, Defion from 2026). That a waiver holds for a year at most is a reading of this project.
"""

WARNING_DAYS = 90
"""How long before a last day it is announced; the programme is silent about it."""


def term(policy: Policy, colour: Colour) -> Term:
    """Return what a colour is worth under a policy."""
    match colour:
        case Colour.RED:
            return policy.red
        case Colour.ORANGE:
            return policy.orange
        case Colour.GREEN:
            return policy.green


def policy_problems(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield what is unsound in a policy: the member, and what was expected of it.

    A worse colour must never be worth more than a better one, else it would improve a status.
    """
    terms = {"red": policy.red, "orange": policy.orange, "green": policy.green}
    for name, each in terms.items():
        if each.follow_up_months > each.valid_months:
            yield (
                name,
                f"follow_up_months is {each.follow_up_months}, expected at most valid_months, "
                f"{each.valid_months}",
            )
    for worse, better in (("red", "orange"), ("orange", "green")):
        for member in ("valid_months", "follow_up_months"):
            found, limit = getattr(terms[worse], member), getattr(terms[better], member)
            if found > limit:
                yield worse, f"{member} is {found}, expected at most that of {better}, {limit}"
