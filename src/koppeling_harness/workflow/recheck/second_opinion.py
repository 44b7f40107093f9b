"""Repeat a signed run from its seed: a second opinion on what a partner sent."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.document import load_json
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError, EvidenceError, ExitCode, NothingToRunError
from koppeling_harness.evidence.bundle import ENVELOPE, open_bundle
from koppeling_harness.evidence.dsse import read_envelope
from koppeling_harness.evidence.statement import read_statement
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import RunRecord
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.plugin.discover import discover
from koppeling_harness.report.clean import one_line
from koppeling_harness.rules.repeat import Repeated, ScenarioDiffers, repeated
from koppeling_harness.store.runs import RUN
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.prepare_order import prepare_orders
from koppeling_harness.workflow.run.run import certify_and_write

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """What a repeated run came to.

    Attributes:
        file: What was repeated.
        record: Of the run that was repeated.
        integrations: Each that was run again.
        reasons: Why it could go another way, beside the integration itself.
    """

    file: str
    record: RunRecord
    integrations: tuple[Repeated, ...]
    reasons: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 the same; 1 something that had passed does not; 16 it differs, and nothing failed."""
        if any(each.is_worse for each in self.integrations):
            return ExitCode.NOT_PASSED
        same = all(each.is_same for each in self.integrations)
        return ExitCode.PASSED if same else ExitCode.DIFFERS


def signed_record(path: Path) -> RunRecord:
    """Return the record of a pack, or of the folder of a run, as it was signed.

    Raises:
        EvidenceError: It is not signed, or is not what was signed.
        DocumentError: It is no record.
    """
    bundle = open_bundle(path)
    if ENVELOPE not in bundle.names or RUN not in bundle.names:
        message = f"{path}: expected a signed run, it holds no {ENVELOPE}"
        raise EvidenceError(message)
    said = read_statement(read_envelope(bundle.read(ENVELOPE)).payload)
    if said.files.get(RUN) != bundle.digest(RUN):
        message = f"{path}: its record was changed since it was signed"
        raise EvidenceError(message, hint="`koppeling evidence verify` says more.")
    return load_json(RunRecord, bundle.read(RUN), name=f"{path}: {RUN}")


def run_again(
    path: Path,
    plugins: Sequence[Path],
    *,
    clock: Clock,
    observer: Observer,
    packs: Sequence[Path] = (),
    sandbox: bool = False,
) -> SecondOpinion:
    """Repeat a signed run on its release, from its seed, and hold the two against each other.

    Whose signature it is is not asked here: `verify` does that.

    Args:
        path: A pack, or the folder of a run.
        plugins: Folders of the integrations.
        clock: Tells the time.
        observer: Is told how far the run is.
        packs: Folders and files with scenarios; those that hold here when empty.
        sandbox: Whether the integrations are kept within walls.

    Raises:
        EvidenceError: It is not signed, or is not what was signed.
        ConfigurationError: It was in a real environment, whose rows nobody can put back.
        HarnessError: No verdict was reached; see `certify_releases`.
    """
    then = signed_record(path)
    if then.erp.kind is not ErpKind.EMULATOR:
        message = f"{path}: it was run in an environment, {then.erp.environment}"
        hint = "Only a run on the emulator begins as another did: nobody can put those rows back."
        raise ConfigurationError(message, hint=hint)
    order = Order(
        plugins=tuple(map(str, plugins)),
        packs=tuple(map(str, packs)),
        release=then.erp.label,
        concurrency=16,
        only=_both(then, plugins),
        entry_points=False,
        retries=1,
        seed=then.seed,
        keep_traffic=False,
        sandbox=sandbox,
    )
    with tempfile.TemporaryDirectory(prefix="koppeling-again-") as made:
        prepared = prepare_orders(order, Path(made), clock=clock, releases=(then.erp.label,))
        written = certify_and_write(prepared, Path(made), clock=clock, observer=observer)
        now = written.certified[-1].record
    again = {each.id: each for each in now.integrations if not each.problem}
    return SecondOpinion(
        file=str(path),
        record=then,
        integrations=tuple(
            repeated(each, again.get(each.id)) for each in then.integrations if not each.problem
        ),
        reasons=tuple(_reasons(then, now)),
    )


def _both(then: RunRecord, plugins: Sequence[Path]) -> tuple[str, ...]:
    """Return which integrations of a run are here too.

    Raises:
        NothingToRunError: None is.
    """
    found = discover(plugins, entry_points=False)
    here = {each.manifest.id for each in found.integrations} | {
        each.name for each in found.set_aside
    }
    meant = tuple(each.id for each in then.integrations if not each.problem and each.id in here)
    if not meant:
        ids = ", ".join(each.id for each in then.integrations)
        message = f"none of {ids} in {', '.join(map(str, plugins))}"
        raise NothingToRunError(message, hint="Name its folder with --plugin.")
    return meant


def _reasons(then: RunRecord, now: RunRecord) -> list[str]:
    pairs = {
        "program": (then.harness.version, now.harness.version),
        "list of required scenarios": (
            then.scenario_lock.digest[:12],
            now.scenario_lock.digest[:12],
        ),
        "ERP1": (then.erp.version, now.erp.version),
    }
    return [f"{name}: {one}, now {other}" for name, (one, other) in pairs.items() if one != other]


def opinion_lines(found: SecondOpinion) -> list[str]:
    """Return for a person whether a run could be repeated, and where it went another way."""
    record = found.record
    lines = [one_line(f"{found.file}: run {record.run_id} on {record.erp.label}, from its seed")]
    lines += [f"  mind: {each}" for each in found.reasons]
    for each in found.integrations:
        name = one_line(each.integration)
        if not each.now_digest:
            lines.append(f"  {name}: not here, so not run again")
            continue
        same = each.scenarios - len(each.differs)
        files = "the same files" if each.then_digest == each.now_digest else "OTHER FILES"
        lines.append(f"  {name}: {same} of {each.scenarios} scenarios went the same way; {files}")
        for one in each.differs[:_SHOWN]:
            lines += [f"    {text}" for text in _in_words(one)]
        if len(each.differs) > _SHOWN:
            lines.append(f"    and {len(each.differs) - _SHOWN} more")
    return lines


def _in_words(each: ScenarioDiffers) -> list[str]:
    now = each.now or "not carried out"
    outcome = each.then if each.then == each.now else f"{each.then}, now {now}"
    lines = [one_line(f"{each.scenario}: {outcome}")]
    if each.call:
        calls = (("was", each.call_then), ("is", each.call_now))
        for word, call in calls:
            lines.append(f"  call {each.call} {word:<3} {one_line(call or 'none', limit=300)}")
    return lines


def opinion_json(found: SecondOpinion) -> str:
    """Return the same as JSON."""
    plain: dict[str, Any] = {
        "file": found.file,
        "run_id": found.record.run_id,
        "release": found.record.erp.label,
        "seed": found.record.seed,
        "reasons": list(found.reasons),
        "integrations": [
            {
                "id": each.integration,
                "same": each.is_same,
                "digest": {"then": each.then_digest, "now": each.now_digest},
                "scenarios": each.scenarios,
                "differs": [
                    {
                        "scenario": one.scenario,
                        "outcome": {"then": one.then, "now": one.now},
                        "call": one.call,
                        "calls": {"then": one.call_then, "now": one.call_now},
                    }
                    for one in each.differs
                ],
            }
            for each in found.integrations
        ],
    }
    return json.dumps(plain, indent=1, ensure_ascii=False)
