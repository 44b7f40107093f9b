"""The page of the documentation that lists every requirement.

PYTHONPATH=tests python -m support.requirements_page > docs/reference/requirements.md
"""

import sys

from koppeling_harness.model.requirement import Requirement
from koppeling_harness.rules.requirements import REQUIREMENTS
from koppeling_harness.workflow.authoring.requirements import reach_in_words


def requirements_page() -> str:
    """Return the page of the documentation that lists every requirement, as Markdown."""
    return "\n".join([*_INTRODUCTION, *(line for each in REQUIREMENTS for line in _section(each))])


_INTRODUCTION = (
    "# Requirements",
    "",
    "What the shipped packs ask of an integration. `koppeling requirements list` prints it,",
    "`koppeling requirements changes` what came after the first version. A requirement is for",
    "integrations that make such calls, and each of its scenarios can witness it; how much it",
    "weighs is the level of the scenario. What a new version asks for the first time counts from",
    "the day that is named here; until then it is judged and told, and turns nobody red. This",
    "page is made from the registry, and a test keeps it so.",
    "",
)


def _section(each: Requirement) -> list[str]:
    return [
        f"## {each.id}",
        "",
        f"{each.title.en} / {each.title.nl}",
        "",
        f"- For: {_CALLS[each.calls]}",
        f"- Witnessed by: {', '.join(f'`{name}`' for name in each.scenarios)}",
        *(
            f"- Since {asked.since}"
            + (f": {reach_in_words(asked).en}" if asked.required_from else "")
            for asked in each.asked
        ),
        f"- Source: {each.source}",
        "",
    ]


_CALLS = {
    "calls": "every integration",
    "reads": "who reads",
    "writes": "who writes",
    "fetches": "who fetches files, images, reports, metainfo or the version",
}


if __name__ == "__main__":
    sys.stdout.write(requirements_page())
