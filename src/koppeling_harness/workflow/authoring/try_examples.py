"""Have an integration carry out each of its operations once, with the example of its manifest."""

import re
import secrets

from koppeling_harness.clock import Clock
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import run_session
from koppeling_harness.model.manifest import Operation
from koppeling_harness.model.order import Order
from koppeling_harness.model.proof import ProofState, Witness
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import ForEach, OperationStep, Scenario
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.plugin.check import Check, on_a_line
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor

_CONNECTOR = re.compile(r"/connectors/([^/?]+)", re.IGNORECASE)

ONCE = Scenario(
    scenario="plugins-check",
    title=Text(nl="Aansluiting nagaan", en="Check the connection"),
    level=Level.INFORMATIVE,
    proves=("koppeling plugins check",),
    for_each=ForEach.OPERATIONS,
    witness=Witness.ROWS,
    when=(
        OperationStep(
            operation="${operation.name}", input="${operation.example}", expect={"ok": True}
        ),
    ),
)
"""Every operation once, each in an environment of its own, undisturbed."""


def try_examples(integration: Integration, order: Order, *, clock: Clock) -> tuple[Check, ...]:
    """Return of each operation what came of it.

    What the traffic rules object to is no part of it: that is for a run.

    Args:
        integration: The integration.
        order: The release, and files with connectors for every integration.
        clock: Tells the time.
    """
    planned = plan([ONCE], integration.manifest, release=order.release)
    certification = Certification(
        order,
        [integration],
        run_id=f"check-{secrets.token_hex(4)}",
        seed=secrets.randbits(32),
        clock=clock,
        redactor=Redactor(secrets.token_bytes(32)),
    )
    return tuple(
        _check(result, _not_shown(each.operation, result))
        for each, result in run_session(certification, planned).results
    )


def _not_shown(operation: Operation | None, result: ScenarioResult) -> str:
    """Return of which connectors an example shows nothing: their witnesses cannot come in a run."""
    if operation is None or not result.exchanges:
        return ""
    called = {
        (exchange.method == "GET", connector[1].lower())
        for exchange in result.exchanges
        if (connector := _CONNECTOR.match(exchange.path))
    }
    with_rows = {each.connector.lower() for each in result.proof if each.state is ProofState.PROVEN}
    never = []
    for name in operation.reads:
        if (True, name.lower()) not in called:
            in_doubt = ", unless it looks after a write whose answer is lost"
            never.append(f"{name} is not read{in_doubt if operation.writes else ''}")
        elif not operation.writes and name.lower() not in with_rows:
            never.append(f"of {name} no rows come (let `given` make or find some)")
    never += [
        f"{name} is not written" for name in operation.writes if (False, name.lower()) not in called
    ]
    if not never:
        return ""
    return f"; with this example {', '.join(never)}: what is asked of it is NOT-PROVEN in a run"


def _check(result: ScenarioResult, not_shown: str) -> Check:
    what = f"operation {result.operation} with its example"
    expected = "that it is carried out, with at least one call to ERP1"
    broke = next((each for each in result.steps if each.outcome is not Outcome.PASSED), None)
    finding = next(iter(result.findings), None)
    if (broke is not None or not result.steps) and finding is not None:
        printed = [line for line in result.log.splitlines() if line.strip()]
        last = f"; printed: {printed[-1].strip()}" if printed else ""
        return Check(
            what=what,
            is_ok=False,
            found=on_a_line(f"{finding.code}: {finding.message}{last}"),
            expected=expected,
            remedy=finding.hint
            or "Give the operation an `example` that the demo company can take.",
        )
    return Check(
        what=f"{what}{not_shown}",
        is_ok=bool(result.exchanges),
        found=f"{len(result.exchanges)} calls{not_shown}" if result.exchanges else "no call at all",
        expected=expected,
        remedy="Send every call to the `base_url` that it is given (KOPPELING_BASE_URL), and give "
        "it an `example` with something to do.",
    )
