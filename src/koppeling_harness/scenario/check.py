"""Check a scenario before it runs, beyond its shape."""

from typing import Any

from koppeling_harness.document import Source
from koppeling_harness.errors import Problem
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.scenario import STEP_EXPECTED, VERBS, step_verb
from koppeling_harness.scenario.check_expectation import check_expectation
from koppeling_harness.scenario.check_names import check_names
from koppeling_harness.scenario.notes import Notes, Path, mapping, sequence
from koppeling_harness.scenario.pick import near, shown

PHASES = ("given", "when", "then", "cleanup")
"""In the order in which they are carried out."""

_CALL_RESULT = ("status", "headers", "body", "duration_s")
_ROWS_RESULT = (*_CALL_RESULT, "rows", "count")
_RESULTS = {
    "operation": ("ok", "output", "error", "told", "silent", "duration_s"),
    "get": _ROWS_RESULT,
    "insert": _CALL_RESULT,
    "update": _CALL_RESULT,
    "delete": _CALL_RESULT,
    "request": _ROWS_RESULT,
    "exchanges": ("count", "items"),
    "findings": ("count", "codes", "items"),
    "webhook": ("status", "duration_s"),
    "clock": (),
    "fill": (),
    "app_connector": (),
}

_FAULT_PARAMETERS = ("status", "retry_after_s", "delay_s", "field")
_FAULT_NEEDS: dict[str, tuple[str, ...]] = {
    FaultKind.STATUS: ("status",),
    FaultKind.HELD_ANSWER: ("delay_s",),
    FaultKind.DELAY: ("delay_s",),
    FaultKind.SLOW_BODY: ("delay_s",),
    FaultKind.CLOCK_SKEW: ("delay_s",),
    FaultKind.MISSING_FIELD: ("field",),
}
_FAULT_MAY: dict[str, tuple[str, ...]] = {FaultKind.STATUS: ("retry_after_s",)}


def check(source: Source) -> list[Problem]:
    """Return what is wrong with a scenario though its shape may be right."""
    notes = Notes(source)
    if isinstance(source.data, dict):
        _check_places(source.data, notes)
        for phase in PHASES:
            for at, step in enumerate(sequence(source.data.get(phase))):
                _check_step(phase, step, (phase, at), notes)
        _check_for_each(source.data, notes)
        _check_faults(source.data, notes)
        check_names(source.data, notes)
    return notes.problems


def _check_places(data: dict[str, Any], notes: Notes) -> None:
    owners: list[tuple[Path, Any]] = [((), data)]
    for name in (*PHASES, "faults"):
        owners += [((name, at), each) for at, each in enumerate(sequence(data.get(name)))]
    for path, owner in owners:
        if "place" in mapping(owner):
            hint = "Leave it out: it is filled in when the file is read."
            notes.add((*path, "place"), "unknown key `place`", hint=hint, key=True)


def _check_step(phase: str, step: Any, path: Path, notes: Notes) -> None:
    verb = step_verb(step) if isinstance(step, dict) else None
    if verb is None:
        _note_no_verb(step, path, notes)
        return
    _check_phase(phase, verb, step, path, notes)
    if "within_s" in step and not _reads(verb, step):
        message = f"`within_s` repeats the step, and `{verb}` would do its work again"
        hint = "Only get, exchanges, findings and a request with GET may be repeated."
        notes.add((*path, "within_s"), message, hint=hint, key=True)
    _check_result_members(verb, step, path, notes)
    check_expectation(mapping(step.get("expect")), (*path, "expect"), notes)


def _note_no_verb(step: Any, path: Path, notes: Notes) -> None:
    keys = list(mapping(step))
    verbs = [key for key in keys if key in VERBS]
    found = f"found {', '.join(keys) or shown(step)}"
    hint = ""
    if len(verbs) > 1:
        hint = "Make a step of each."
    elif not verbs:
        hint = next((text for key in keys if (text := near(key, VERBS))), "")
    notes.add(path, f"{STEP_EXPECTED}, {found}", hint=hint)


def _check_phase(phase: str, verb: str, step: dict[str, Any], path: Path, notes: Notes) -> None:
    if verb in {"operation", "webhook"} and phase != "when":
        message = f"`{verb}` stands under `{phase}`, expected under `when`"
        hint = "Only what happens in `when` is judged by the traffic rules."
        notes.add((*path, verb), message, hint=hint, key=True)
    if verb == "app_connector" and phase != "when":
        message = f"`app_connector` stands under `{phase}`, expected under `when`"
        hint = "It is changed between two operations of the integration, or before the first."
        notes.add((*path, verb), message, hint=hint, key=True)
    if verb == "clock" and phase not in {"given", "when"}:
        message = f"`clock` stands under `{phase}`, expected under `given` or `when`"
        hint = "What ERP1 keeps is to be older when the integration comes, not afterwards."
        notes.add((*path, verb), message, hint=hint, key=True)
    if verb == "fill" and phase != "given":
        message = f"`fill` stands under `{phase}`, expected under `given`"
        hint = "ERP1 has to be filled when the integration comes."
        notes.add((*path, verb), message, hint=hint, key=True)
    if verb not in {"exchanges", "findings"}:
        return
    if phase != "then":
        message = f"`{verb}` stands under `{phase}`, expected under `then`"
        hint = "What the integration sent is complete when `when` is over."
        notes.add((*path, verb), message, hint=hint, key=True)
    if not step.get("expect"):
        message = f"`{verb}` without `expect` proves nothing"
        notes.add(path, message, hint="Say what is expected, such as `expect: {count: 1}`.")


def _reads(verb: str, step: dict[str, Any]) -> bool:
    if verb == "request":
        return mapping(step["request"]).get("method", "GET") in {"GET", "HEAD"}
    return verb in {"get", "exchanges", "findings"}


def _check_result_members(verb: str, step: dict[str, Any], path: Path, notes: Notes) -> None:
    members = _RESULTS[verb]
    for member in mapping(step.get("expect")):
        if member in members:
            continue
        if member.startswith("$"):
            message = f"`{member}` stands where a member of the result is expected"
            hint = f"A result has {', '.join(members)}; put the matcher below one of them."
        else:
            message = f"the result of `{verb}` has no `{member}`; it has {', '.join(members)}"
            hint = near(member, members)
        notes.add((*path, "expect", member), message, hint=hint, key=True)
    for name, wanted in mapping(step.get("save")).items():
        member = wanted.split(".")[0] if isinstance(wanted, str) else members[0]
        if member not in members:
            message = f"the result of `{verb}` has no `{member}`; it has {', '.join(members)}"
            notes.add((*path, "save", name), message, hint=near(member, members))


def _check_for_each(data: dict[str, Any], notes: Notes) -> None:
    if "for_each" not in data:
        return
    triggered = [mapping(step).get("operation") for step in sequence(data.get("when"))]
    if not any("operation.name" in each for each in triggered if isinstance(each, str)):
        message = "`for_each` runs the scenario for each operation, but no step triggers it"
        hint = 'Write `operation: "${operation.name}"` under `when`.'
        notes.add(("for_each",), message, hint=hint, key=True)


def _check_faults(data: dict[str, Any], notes: Notes) -> None:
    faults = sequence(data.get("faults"))
    told = sum("operation" in mapping(step) for step in sequence(data.get("when")))
    if faults and not told:
        message = "`faults` disturb the integration, but no step of `when` triggers it"
        hint = "Add an `operation` step, or leave the faults out."
        notes.add(("faults",), message, hint=hint, key=True)
    for at, fault in enumerate(faults):
        if isinstance(fault, dict) and fault.get("fault") in list(FaultKind):
            _check_fault(fault, ("faults", at), notes)
            _check_during(fault, ("faults", at), notes, told)


def _check_during(fault: dict[str, Any], path: Path, notes: Notes, told: int) -> None:
    during = fault.get("during")
    if isinstance(during, int) and told and during > told:
        message = f"`during: {during}`, and `when` has {told} operation(s)"
        hint = "It counts the operations of `when`, the first of them 1."
        notes.add((*path, "during"), message, hint=hint, key=True)


def _check_fault(fault: dict[str, Any], path: Path, notes: Notes) -> None:
    kind = fault["fault"]
    needs, may = _FAULT_NEEDS.get(kind, ()), _FAULT_MAY.get(kind, ())
    for name in needs:
        if name not in fault:
            notes.add(path, f"the fault `{kind}` needs `{name}`", hint=f"Add `{name}`.")
    for name in _FAULT_PARAMETERS:
        if name in fault and name not in (*needs, *may):
            takes = ", ".join((*needs, *may)) or "nothing"
            message = (
                f"the fault `{kind}` has no `{name}`; beside `of` and `calls` it takes {takes}"
            )
            notes.add((*path, name), message, key=True)
    first, _, last = str(fault.get("calls", "1-")).partition("-")
    if first.isdecimal() and last.isdecimal() and int(last) < int(first):
        message = f"expected the first call before the last, found {fault['calls']}"
        notes.add((*path, "calls"), message)
