"""The contract between a plugin and the harness, as tests of pytest."""

import asyncio
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import TypeAlias

import pytest

from koppeling_harness.model.policy import CURRENT
from koppeling_harness.plugin.discover import Discovery, Integration, discover
from koppeling_harness.plugin.environ import with_variables
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.scenario.plan import PlannedScenario, plan
from koppeling_harness.value import dataclass

RELEASE = CURRENT

Objection: TypeAlias = Callable[[Integration, PlannedScenario], str]
"""The fixture `koppeling_objection`: what is wrong after a scenario, empty when it passed."""

_SENTENCES = {
    "example.scenario.yaml": "carries out its example",
    "away.scenario.yaml": "says that ERP1 is away",
}
"""The scenarios of the contract, and what they show of an operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """One sentence of the contract.

    Attributes:
        sentence: What it shows.
        judge: Returns what is wrong with an integration; empty when nothing is.
    """

    sentence: str
    judge: Callable[[Integration, Objection], str]


def plugin_contract(folder: Path | str) -> Callable[..., None]:
    """Return a test function with a test for each sentence of the contract.

    Assign it to a name that begins with `test_`. Needed beside it is only that koppeling-harness
    is installed: its pytest plugin serves an emulated ERP1 when the first test asks for it.

    Args:
        folder: The integration's folder, in which `koppeling.yaml` lies. Say it by
            `Path(__file__)`, so that it is found from wherever pytest is started.
    """
    found = with_runtimes(discover([Path(folder)], entry_points=False))
    asked = [name for each in found.integrations for name in each.manifest.runtime.environ]
    found = with_variables(found, asked)  # who tests its own plugin allows what it asks for
    checks = list(_checks(found))

    @pytest.mark.parametrize("check", checks, ids=[each.sentence for each in checks])
    def test_contract(check: _Check, koppeling_objection: Objection) -> None:
        integration = _only(found)
        wrong = check.judge(integration, koppeling_objection)
        if wrong:
            pytest.fail(wrong, pytrace=False)

    return test_contract


def _only(found: Discovery) -> Integration:
    """Return the integration; without one, say why: a problem fails, a missing program skips."""
    if found.integrations:
        return found.integrations[0]
    refused = found.set_aside[0]
    text = f"{refused.problem}\n{refused.hint}".strip()
    if refused.missing_runtime:
        pytest.skip(text)
    pytest.fail(text, pytrace=False)


def _checks(found: Discovery) -> Iterator[_Check]:
    yield _Check(sentence="the manifest is in order", judge=lambda _integration, _objection: "")
    if not found.integrations:
        return
    integration = found.integrations[0]
    yield _Check(sentence="it starts", judge=_starts)
    planned = list(_planned(integration))
    for sentence, each in planned:
        yield _Check(sentence=sentence, judge=_judged(each))
    examples = [each for _, each in planned if each.scenario.scenario == "contract.example"]
    yield _Check(sentence="state stays in the work folder", judge=_leaves_folder(examples))


def _planned(integration: Integration) -> Iterator[tuple[str, PlannedScenario]]:
    folder = resources.files(__package__) / "contract"
    scenarios = {name: load_scenario(Path(str(folder / name))) for name in _SENTENCES}
    for operation in integration.manifest.operations:
        for name, scenario in scenarios.items():
            for each in plan([scenario], integration.manifest, release=RELEASE):
                if each.operation == operation:
                    yield f"{operation.name} {_SENTENCES[name]}", each


def _starts(integration: Integration, _objection: Objection) -> str:
    return asyncio.run(_start(integration))


async def _start(integration: Integration) -> str:
    runner = IntegrationRunner(integration)
    try:
        broken = await runner.check()
    finally:
        await runner.close()
    return "" if broken is None else f"{broken.message}\n{broken.hint}\n{broken.log}".strip()


def _judged(planned: PlannedScenario) -> Callable[[Integration, Objection], str]:
    return lambda integration, objection: objection(integration, planned)


def _leaves_folder(
    examples: list[PlannedScenario],
) -> Callable[[Integration, Objection], str]:
    """Return a judge of whether the integration's own files are as they were after its examples."""

    def judge(integration: Integration, objection: Objection) -> str:
        for each in examples:
            objection(integration, each)  # what is wrong with it is told by the test about that
        (after,) = discover([integration.folder], entry_points=False).integrations
        if after.digest == integration.digest:
            return ""
        return (
            f"{integration.folder}: a file in it was made or changed by an operation\n"
            "Keep what belongs to a scenario in the work folder that the operation is given."
        )

    return judge
