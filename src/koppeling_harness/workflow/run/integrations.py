"""Find the integrations that a run means, ready to be started, with scenarios of their own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    NothingToRunError,
    UsageError,
)
from koppeling_harness.model.manifest import HttpRuntime, Manifest
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import Shard
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside, discover
from koppeling_harness.plugin.environ import with_variables
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.plugin.sandbox import require_sandbox
from koppeling_harness.plugin.venvs import cache_folder, with_environments
from koppeling_harness.rules.sharding import cut, has_part_of
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.workflow.run.rerun import Rerun

WithRuntimes = Callable[[Discovery], Discovery]

_BEGIN = (
    "Begin with one that passes at once: koppeling init mijn-koppeling --runtime python. "
    "Or point --plugin at a folder with koppeling.yaml."
)


def find_integrations(
    order: Order, rerun: Rerun | None = None, elsewhere: WithRuntimes | None = None
) -> Discovery:
    """Return the integrations that an order means, ready to be started.

    Of one shard by integration only its own are; the others are there to be counted.

    Args:
        order: What is asked.
        rerun: The run of which to repeat what did not pass.
        elsewhere: Sets those aside whose programs the machines lack that are to carry them out;
            None when it is this one.

    Raises:
        NothingToRunError: There is none.
        ConfigurationError: One that was asked for by name cannot be loaded, or declares what ERP1
            does not have; a file of `imports` has problems; or a sandbox is asked for that this
            machine cannot make.
        UsageError: It asks for hooks in this process, of more than one integration.
    """
    folders = tuple(map(Path, order.plugins))
    found = discover(folders, entry_points=order.entry_points, kept_in=kept_readings())
    if rerun is not None:
        found = _of_run(found, rerun)
    if order.only:
        found = _named(found, order.only)
    elif not found.integrations and not found.set_aside:
        places = ", ".join(map(str, folders)) or "no folder"
        message = f"no integration found ({places})"
        raise NothingToRunError(message, hint=_BEGIN)
    found, others = _shared_out(found, order.shard)
    found = elsewhere(found) if elsewhere else _made_ready(found, order)
    if order.sandbox:
        found = _without_what_runs_already(found)
    if not order.environment:
        found = _with_connectors(found, order)
    asked_for = set(map(str, folders))
    for each in found.set_aside:
        is_kept_out = each.missing_runtime or each.lacks
        if each.name in order.only or (is_kept_out and each.where in asked_for):
            message = f"{each.where}: {each.problem}"
            raise ConfigurationError(message, hint=each.hint)
    together = sorted((*found.integrations, *others), key=lambda each: each.manifest.id)
    return replace(found, integrations=tuple(together))


def _made_ready(found: Discovery, order: Order) -> Discovery:
    """Return integrations with what starting them on this machine takes."""
    found = with_variables(with_runtimes(found), order.environ_allowed)
    if order.sandbox:
        require_sandbox()
    if order.in_process:
        _require_one(found, isolated=order.isolated)
        return found
    return with_environments(found, everyone=order.isolated, sandbox=order.sandbox)


def _without_what_runs_already(found: Discovery) -> Discovery:
    """Set aside what no walls can be put around: it runs where its manifest says, outside.

    The harness would call that address for whoever wrote the manifest.
    """
    outside = [each for each in found.integrations if _runs_already(each.manifest)]
    aside = (
        SetAside(
            name=each.manifest.id,
            where=str(each.folder),
            problem="runtime.command: it runs already, outside of every wall, at an address that "
            "its manifest names",
            hint="Have `command` start it, or run it without --sandbox.",
            folders=(each.folder,),
        )
        for each in outside
    )
    return replace(
        found,
        integrations=tuple(each for each in found.integrations if each not in outside),
        set_aside=(*found.set_aside, *aside),
    )


def _runs_already(manifest: Manifest) -> bool:
    runtime = manifest.runtime
    return isinstance(runtime, HttpRuntime) and runtime.command is None


def _shared_out(found: Discovery, shard: Shard | None) -> tuple[Discovery, tuple[Integration, ...]]:
    """Return what a shard has a part of, and the others: those need no program on this machine."""
    names = found.names
    meant = cut(shard, names) if shard else None
    mine = {
        each.manifest.id
        for each in found.integrations
        if has_part_of(meant, each.manifest.id, names)
    }
    others = tuple(each for each in found.integrations if each.manifest.id not in mine)
    kept = tuple(each for each in found.integrations if each.manifest.id in mine)
    return replace(found, integrations=kept), others


def require_connectors(
    scenarios: Sequence[Scenario], manifest: Manifest, imports: Sequence[str]
) -> None:
    """Raise when scenarios ask ERP1 for a connector that it does not have.

    Raises:
        DocumentError: Each place where they do.
    """
    from koppeling_harness.hosting.connectors import Connectors  # noqa: PLC0415 - as below

    problems = list(Connectors(imports).lacking_in(scenarios, manifest))
    if problems:
        raise DocumentError(problems)


def _with_connectors(found: Discovery, order: Order) -> Discovery:
    """Set integrations aside that declare what ERP1 does not have."""
    # of the emulator a command imports only what it uses: other ones only list integrations
    from koppeling_harness.hosting.connectors import Connectors, with_connectors  # noqa: PLC0415

    return with_connectors(found, Connectors(order.imports))


def _require_one(found: Discovery, *, isolated: bool) -> None:
    """Raise when hooks cannot run in this process: two integrations would be in each other's way.

    Raises:
        UsageError: It is not one integration in Python, or it is to be isolated as well.
    """
    kinds = [each.manifest.runtime.kind for each in found.integrations]
    if kinds != ["python"] or isolated:
        message = "--in-process is for a debugger: it takes one integration, in Python"
        hint = "Name the integration, and leave out --isolated."
        raise UsageError(message, hint=hint)


def _named(found: Discovery, names: Sequence[str]) -> Discovery:
    refused = [each for each in found.set_aside if each.name in names]
    if refused:
        raise ConfigurationError("\n".join(f"{each.where}: {each.problem}" for each in refused))
    known = {each.manifest.id for each in found.integrations}
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"no integration {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        raise ConfigurationError(message)
    chosen = tuple(each for each in found.integrations if each.manifest.id in names)
    return Discovery(integrations=chosen, set_aside=())


def _of_run(found: Discovery, rerun: Rerun) -> Discovery:
    """Return only what an earlier run was about."""
    known = rerun.integrations
    return Discovery(
        integrations=tuple(each for each in found.integrations if each.manifest.id in known),
        set_aside=tuple(each for each in found.set_aside if each.name in known),
    )


def kept_readings() -> Path:
    """Return where is kept what scenarios and manifests hold: of this user, never of a partner."""
    return cache_folder() / "documents"


def own_scenarios(
    discovery: Discovery, order: Order
) -> tuple[Discovery, Mapping[str, tuple[Scenario, ...]]]:
    """Return each integration's own scenarios; whose files have problems is set aside.

    So is one whose scenarios ask ERP1 for a connector that it does not have.
    """
    own: dict[str, tuple[Scenario, ...]] = {}
    kept: list[Integration] = []
    set_aside: list[SetAside] = list(discovery.set_aside)
    for each in discovery.integrations:
        try:
            paths = [each.scenarios] if each.scenarios else []
            own[each.manifest.id] = load_scenarios(paths, kept_in=kept_readings())
            if own[each.manifest.id] and not order.environment:
                require_connectors(own[each.manifest.id], each.manifest, order.imports)
        except DocumentError as error:
            set_aside.append(
                SetAside(
                    name=each.manifest.id,
                    where=str(each.scenarios),
                    problem=error.render(),
                    hint="Run `koppeling scenarios check`.",
                    folders=(each.folder,),
                )
            )
        else:
            kept.append(each)
    return Discovery(integrations=tuple(kept), set_aside=tuple(set_aside)), own
