"""Rounds of one scenario: every connector that an operation declares is put to the test by itself.

Who stops where the first connector fails shows nothing of the others, so each of them fails once
while all else goes well. What an operation reads only when it is in doubt whether it has written is
read when the answer to its first write is lost. Each round has an environment of its own.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from koppeling_harness.engine import codes
from koppeling_harness.engine.proof import (
    NOT_CALLED,
    counts_for_each,
    declared,
    each_from,
    kind_of,
    not_yet,
    shows,
    strikes_one,
)
from koppeling_harness.model.fault import CallFilter, CallKind, Fault, FaultKind
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.proof import Proof, ProofState
from koppeling_harness.model.run import ExchangeRecord, ScenarioResult, StepRecord
from koppeling_harness.model.scenario import FillStep, OperationStep, Step
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome, Severity
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.scenario.plan import PlannedScenario, Round

CarryOut = Callable[[PlannedScenario], Awaitable[ScenarioResult]]
Done = tuple[PlannedScenario, ScenarioResult]

_TOLD = {"ok": {"$any": True}, "silent": False}

_NOT_TRIED = Text(
    nl="niet beproefd: daarvoor ging het al mis", en="not tried: it had gone wrong before that"
)


async def in_rounds(planned: PlannedScenario, carry_out: CarryOut, *, day: date) -> ScenarioResult:
    """Carry a scenario out as it is written, and then about each connector that it left out.

    Args:
        planned: The scenario, with all of its steps.
        carry_out: Carries one round out, in an environment of its own.
        day: On which it is judged: until the day from which a requirement is asked of each
            connector, further rounds are told and change no outcome.
    """
    first = await carry_out(planned)
    done = [(planned, first)]
    if first.outcome in {Outcome.PASSED, Outcome.NOT_RUN} and first.exchanges:
        for name in declared(planned):
            for about in _rounds(planned, first, name):
                one = _about(planned, replace(about, number=len(done) + 1, seen=_seen(done)))
                done.append((one, await carry_out(one)))
                if _is_tested(one, done[-1][1], name):
                    break
            if any(each.code == codes.PLUGIN_HUNG.code for each in done[-1][1].findings):
                break  # each further round would take as long
    return _together(planned, done, day)


def _seen(done: Sequence[Done]) -> int:
    return max((each.number for _, result in done for each in result.exchanges), default=0)


def _rounds(planned: PlannedScenario, first: ScenarioResult, name: str) -> Iterator[Round]:
    """Yield the rounds about a connector, until it is put to the test in one."""
    if each_from(planned) is None or _is_tested(planned, first, name):
        return
    called = name.lower() in map(_connector, _calls(planned, first))
    if strikes_one(planned) and (called or not _called_all_it_does(planned, first)):
        yield Round(number=0, connector=name)
    if kind_of(planned) is CallKind.READS and planned.operation and planned.operation.writes:
        yield Round(number=0, connector=name, in_doubt=True)
        if planned.operation.idempotent:
            yield Round(number=0, connector=name, in_doubt=True, again=True)


def _is_tested(planned: PlannedScenario, result: ScenarioResult, name: str) -> bool:
    """Return whether a connector was struck, or shows what is asked, or has nothing to show."""
    if strikes_one(planned) and _struck(planned, result) == name.lower():
        return True
    about = {name.lower(), ""}
    return any(shows(each.state) and each.connector.lower() in about for each in result.proof)


def _struck(planned: PlannedScenario, result: ScenarioResult) -> str:
    """Return the connector that was struck first, in lower case; empty when none was."""
    return next((_connector(each) for each in _calls(planned, result) if each.fault), "")


def _calls(planned: PlannedScenario, result: ScenarioResult) -> Iterator[ExchangeRecord]:
    kind = CallFilter(kind=kind_of(planned))
    return (
        each for each in result.exchanges if kind.matches(each.method, each.path.partition("?")[0])
    )


def _connector(each: ExchangeRecord) -> str:
    parts = each.path.partition("?")[0].lower().strip("/").split("/")
    return parts[1] if len(parts) > 1 else ""


def _called_all_it_does(planned: PlannedScenario, result: ScenarioResult) -> bool:
    """Return whether the operation went on to its end: what it did not call then, it never does.

    Without rows it may have had nothing to go on with.
    """
    if any(each.fault is FaultKind.EMPTY_ROWS for each in planned.scenario.faults):
        return False
    steps = [each for each in planned.scenario.when if isinstance(each, OperationStep)]
    done = all(
        each.outcome is Outcome.PASSED for each in result.steps if each.name.startswith("when")
    )
    return done and all(each.expect.get("ok", True) is True for each in steps)


def _about(planned: PlannedScenario, about: Round) -> PlannedScenario:
    """Return a scenario in which one connector fails, and nothing else does."""
    scenario = planned.scenario
    faults = tuple(
        replace(each, of=replace(each.of, connector=about.connector)) for each in scenario.faults
    )
    if not about.in_doubt:
        return replace(planned, scenario=replace(scenario, faults=faults), round=about)
    lost = Fault(
        fault=FaultKind.LOST_ANSWER,
        of=CallFilter(kind=CallKind.WRITES),
        calls="1",
        place=scenario.place,
    )
    when = tuple(_telling(each) for each in scenario.when) * (2 if about.again else 1)
    # one record is looked for: copies of it would make a list of what is none
    given = tuple(each for each in scenario.given if not isinstance(each, FillStep))
    doubtful = replace(scenario, given=given, faults=(*faults, lost), when=when)
    return replace(planned, scenario=doubtful, round=about)


def _telling(step: Step) -> Step:
    """Return a step after which a user may also be told that it is uncertain."""
    return replace(step, expect=_TOLD) if isinstance(step, OperationStep) else step


def _together(planned: PlannedScenario, done: Sequence[Done], day: date) -> ScenarioResult:
    """Return what all rounds come to: one result, with all that was done in them."""
    counts = counts_for_each(planned, day)
    proof = tuple(_proof(planned, done, counts=counts))
    lead = _leading([result for _, result in done], proof, counts=counts)
    joined = replace(lead, proof=proof)
    if len(done) > 1:
        # what proved nothing is superseded, and what does not count yet is told as a warning; what
        # struck nothing is told in the proof: in what passed, every fault fired and each step went
        # well, and a record that says otherwise contradicts itself
        same = [
            each
            for each in done
            if lead.outcome is not Outcome.PASSED
            or (
                each[1].outcome is Outcome.PASSED
                and (each[0].round is None or all(one.fired for one in each[1].faults))
            )
        ]
        joined = replace(
            joined,
            findings=tuple(_findings(done, lead, counts=counts)),
            steps=tuple(step for one, result in same for step in _steps(one, result)),
            exchanges=tuple(each for _, result in done for each in result.exchanges),
            faults=tuple(each for _, result in same for each in result.faults),
            duration_s=round(sum(result.duration_s for _, result in done), 6),
        )
    if counts and joined.outcome is Outcome.PASSED and not all(shows(each.state) for each in proof):
        return not_yet(joined, planned)
    return joined


def _leading(
    results: Sequence[ScenarioResult], proof: Sequence[Proof], *, counts: bool
) -> ScenarioResult:
    """Return the result whose outcome is that of all."""
    first, *more = results
    if first.outcome in {Outcome.FAILED, Outcome.INCONCLUSIVE}:
        return first
    worse = [Outcome.FAILED, Outcome.INCONCLUSIVE] if counts else []
    for outcome in worse:
        for each in more:
            if each.outcome is outcome:
                return each
    if first.outcome is Outcome.NOT_RUN and any(shows(each.state) for each in proof):
        return next((each for each in more if each.outcome is Outcome.PASSED), first)
    return first


def _proof(planned: PlannedScenario, done: Sequence[Done], *, counts: bool) -> Iterator[Proof]:
    """Yield a line for each requirement and connector: the heaviest that was seen."""
    lines: dict[tuple[str, str], Proof] = {}
    for one, result in done:
        for each in result.proof:
            line = each if counts or one.round is None else _later(each, result)
            key = (line.requirement, line.connector.lower())
            if key not in lines or _weight(line) >= _weight(lines[key]):
                lines[key] = line
    yield from lines.values()
    if done[0][1].outcome is Outcome.INCONCLUSIVE or each_from(planned) is None:
        return  # nothing is known, or no more is asked
    if any(not name for _, name in lines):
        return  # nothing was there for the fault to strike
    called = {_connector(each) for _, one in done for each in _calls(planned, one)}
    for requirement in witnessed_by(planned.scenario.scenario) if declared(planned) else ():
        for name in declared(planned):
            if (requirement.id, name.lower()) not in lines:
                yield Proof(
                    requirement=requirement.id,
                    connector=name,
                    state=ProofState.NOT_PROVEN,
                    why=_NOT_TRIED if name.lower() in called else NOT_CALLED,
                )


def _later(line: Proof, result: ScenarioResult) -> Proof:
    """Return a line of a round that does not count yet: what was refuted is not proven yet."""
    if line.state is not ProofState.REFUTED:
        return line
    code = next((each.code for each in result.findings if each.level is Severity.ERROR), "")
    why = Text(nl=f"ging mis: {code}", en=f"went wrong: {code}")
    return replace(line, state=ProofState.NOT_PROVEN, why=why)


def _weight(line: Proof) -> int:
    if line.state is ProofState.REFUTED:
        return 2
    return 1 if shows(line.state) else 0


def _steps(one: PlannedScenario, result: ScenarioResult) -> Iterator[StepRecord]:
    prefix = f"{one.round.connector}: " if one.round else ""
    return (replace(each, name=prefix + each.name) for each in result.steps)


def _findings(done: Sequence[Done], lead: ScenarioResult, *, counts: bool) -> Iterator[Finding]:
    """Yield what was found in all rounds, each once; what does not count yet is a warning."""
    known: set[tuple[str, str]] = set()
    for one, result in sorted(done, key=lambda each: each[1] is not lead):
        if result.outcome in {Outcome.NOT_RUN, Outcome.INCONCLUSIVE} and result is not lead:
            continue  # that it shows nothing stands in the proof
        for each in result.findings:
            if (each.code, each.message) in known:
                continue
            known.add((each.code, each.message))
            if one.round is None or each.level is not Severity.ERROR:
                yield each
            else:
                yield _of_round(each, one, counts=counts)


def _of_round(found: Finding, one: PlannedScenario, *, counts: bool) -> Finding:
    """Return what a further round found, with the connector that it was about."""
    assert one.round is not None  # noqa: S101 - asked of further rounds only
    name, text = one.round.connector, found.text
    doubt = one.round.in_doubt
    nl = f"{name}{', na een verloren antwoord' if doubt else ''}: "
    en = f"{name}{', after a lost answer' if doubt else ''}: "
    day = None if counts else each_from(one)
    later_nl = f" (telt vanaf {day})" if day else ""
    later_en = f" (counts from {day})" if day else ""
    said = Text(
        nl=f"{nl}{text.nl if text else found.message}{later_nl}",
        en=f"{en}{text.en if text else found.message}{later_en}",
    )
    level = found.level if counts else Severity.WARNING
    return replace(found, level=level, message=said.en, text=said)
