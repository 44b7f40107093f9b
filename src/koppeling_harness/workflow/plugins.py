"""List integrations and check that each can be loaded."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koppeling_harness.document import to_plain
from koppeling_harness.errors import NothingToRunError, PluginError
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside, discover
from koppeling_harness.plugin.session import Breakdown, IntegrationRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One integration, and what is wrong with it.

    Attributes:
        name: Its id, or the name of its folder when its manifest cannot be read.
        where: Its folder or distribution.
        problem: Empty when it is in order.
        hint: What to do about the problem.
    """

    name: str
    where: str
    problem: str = ""
    hint: str = ""


def find(folders: Sequence[Path]) -> Discovery:
    """Find integrations in folders and in installed packages."""
    return discover(folders)


def as_plain(found: Discovery) -> dict[str, Any]:
    """Return what was found as JSON types, for `koppeling plugins list --json`."""
    return {
        "integrations": [
            {
                "manifest": to_plain(each.manifest),
                "folder": str(each.folder),
                "digest": each.digest,
                "scenarios": str(each.scenarios) if each.scenarios else None,
            }
            for each in found.integrations
        ],
        "set_aside": [
            {"name": each.name, "where": each.where, "problem": each.problem, "hint": each.hint}
            for each in found.set_aside
        ],
    }


def check(folder: Path) -> tuple[Checked, ...]:
    """Read the manifests in a folder, and load each plugin in a process of its own.

    Args:
        folder: A plugin's folder, or a folder of plugins.

    Raises:
        NothingToRunError: There is no plugin.
    """
    found = discover([folder], entry_points=False)
    if not found.integrations and not found.set_aside:
        message = f"{folder}: found no integration"
        hint = "A plugin is a folder with koppeling.yaml in it; `koppeling schema plugin` tells."
        raise NothingToRunError(message, hint=hint)
    return (*asyncio.run(_load_all(found.integrations)), *map(_refused, found.set_aside))


def require_all(checked: Sequence[Checked]) -> None:
    """Raise when one of them is not in order.

    Raises:
        PluginError: How many are not, each with its problem.
    """
    bad = [each for each in checked if each.problem]
    if bad:
        names = ", ".join(each.name for each in bad)
        message = f"{len(bad)} of {len(checked)} integrations cannot be used: {names}"
        raise PluginError(message)


async def _load_all(integrations: Sequence[Integration]) -> list[Checked]:
    return [await _load(each) for each in integrations]


async def _load(integration: Integration) -> Checked:
    runner = IntegrationRunner(integration)
    try:
        broken = await runner.check()
    finally:
        await runner.close()
    return _checked(integration, broken)


def _checked(integration: Integration, broken: Breakdown | None) -> Checked:
    name, where = integration.manifest.id, str(integration.folder)
    if broken is None:
        return Checked(name=name, where=where)
    return Checked(name=name, where=where, problem=broken.message, hint=broken.hint)


def _refused(each: SetAside) -> Checked:
    return Checked(name=each.name, where=each.where, problem=each.problem, hint=each.hint)
