"""The hooks with which a plugin lets the harness drive one integration.

A plugin is a Python file beside `koppeling.yaml`. It implements these functions, each marked with
`@hookimpl`:

    from koppeling_harness import OperationCall, OperationResult, hookimpl

    @hookimpl
    def koppeling_trigger(call: OperationCall) -> OperationResult:
        ...

Hooks run in a process of the integration's own, one scenario at a time; the process may serve
several scenarios one after the other. Arguments and results are frozen and survive JSON. A hook
may leave out arguments that it does not need, and may not give them defaults.

    per scenario:  koppeling_prepare -> koppeling_trigger (each operation)
                                     -> koppeling_check_traffic -> koppeling_finish
"""

from collections.abc import Sequence

import pluggy

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext

PROJECT = "koppeling_harness"
"""The name under which pluggy knows these hooks."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""


@hookspec
def koppeling_prepare(context: RunContext) -> None:
    """Make the integration ready for one scenario.

    Called once per scenario, before its first operation; not at all when a scenario triggers no
    operation. The current folder is `context.work_dir`, which is empty then and is removed after
    the scenario. An exception makes the scenario fail.

    Args:
        context: Where ERP1 is, and with what token and `IntegrationId` it is called.
    """


@hookspec(firstresult=True)
def koppeling_trigger(call: OperationCall) -> OperationResult | None:
    """Have the integration carry out one operation, and return what it says of it.

    Called for every `operation` step of a scenario, in order, after `koppeling_prepare`. The one
    hook that every plugin must have. What the integration would tell its user belongs in
    `OperationResult(ok=False, error=...)`; an exception means that the integration broke down.

    Args:
        call: The operation, its input and the same context as `koppeling_prepare` got.

    Returns:
        The result. Its `output` must be JSON: mappings with text as keys, lists, text, numbers,
        booleans and None.
    """


@hookspec
def koppeling_check_traffic(exchanges: Sequence[Exchange]) -> Sequence[Finding]:
    """Return what the partner's own rules object to in the traffic of one scenario.

    Called once per scenario, after its last operation and before `koppeling_finish`; not when an
    operation broke down. A finding of level `error` makes the scenario fail.

    Args:
        exchanges: All requests that the integration sent, with their responses, redacted, in the
            order in which they arrived.
    """
    raise NotImplementedError


@hookspec
def koppeling_finish(context: RunContext) -> None:
    """Close what `koppeling_prepare` opened.

    Called last, once for every work folder that was prepared, also when that or an operation
    raised; not when the process is gone. After it the process may be given another scenario.

    Args:
        context: The same as `koppeling_prepare` got.
    """
