"""Rules of the objects that Profit knows well, one module per part of the company."""

from collections.abc import Mapping

from koppeling_harness.emulator.change import Rules
from koppeling_harness.emulator.rules import (
    courses,
    employees,
    finance,
    leave,
    projects,
    purchase,
    relations,
    sales,
    subjects,
    users,
)

RULES: Mapping[str, Rules] = {
    **relations.RULES,
    **employees.RULES,
    **leave.RULES,
    **projects.RULES,
    **purchase.RULES,
    **sales.RULES,
    **subjects.RULES,
    **finance.RULES,
    **courses.RULES,
    **users.RULES,
}
"""Rules by the name of the object; objects not named here are stored as they come."""
