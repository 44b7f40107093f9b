"""Contradictions in a run record: with one it counts as none, whatever it says (rule 6).

A record is held against itself only; its traffic need not be there. What a record says all over in
the same way cannot be seen here: see the page of the run record.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from koppeling_harness.model.proof import ProofState
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.verdict import Cause, ErpKind, Level, Outcome
from koppeling_harness.rules.judge import judge
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.record_results import (
    RANK,
    Plain,
    id_of,
    is_shown,
    is_unproven,
    never_started,
    outcomes,
    required_of,
    unproven_of,
)
from koppeling_harness.value import dataclass

SLACK = timedelta(days=1)
"""Clocks of machines differ, and none of them lies because of it."""

_RUN_ID = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"\d+(\.\d+)*([.+-]?[A-Za-z0-9]+)*")
_PROFIT = re.compile(r"Profit (\d+)")
_PRODUCTION = re.compile(r"O[0-9]", re.IGNORECASE)
_EMULATED = "ERP1"
_UNTOLD = ("", "unknown")
"""Versions of an environment that never said which it is."""
_SHARED = "not in a shared environment"
"""How it begins why a scenario was not asked where others work too."""
_MAY_OBJECT = ("cause", "findings", "waiver", "attempts", "passed_on_retry")
_LEVELS = frozenset(each.value for each in Level)
_OUTCOMES = frozenset(each.value for each in Outcome)
_CAUSES = frozenset([None, *(each.value for each in Cause)])
_SINCE_SCOPE = ("scope", "identity", "declared", "exercised", "not_asked", "isolation")
"""Members that a record has all of, or none when a version before them made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing in a record that cannot be.

    Attributes:
        place: Where in the record, such as `integrations[0].verdict`.
        message: What was found and what was expected.
    """

    place: str
    message: str


def contradictions(record: Plain) -> list[Objection]:
    """Return what in a record contradicts the rest of it, whenever and by whomever it is read.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of the form of a record at all.
    """
    found = [*_head(record), *_ids_of_integrations(record)]
    for number, each in enumerate(record["integrations"]):
        place = f"integrations[{number}]"
        checks = _SET_ASIDE if each.get("problem") else _JUDGED
        found += (
            Objection(place=f"{place}.{one.place}", message=one.message)
            for check in checks
            for one in check(each, record)
        )
    return found


def ahead_of(record: Plain, now: datetime) -> list[Objection]:
    """Return what in a record lies in the future; a day of difference between clocks is nothing."""
    return [
        Objection(place=name, message=f"{record[name]} is in the future, now it is {now:%Y-%m-%d}")
        for name in ("started_at", "finished_at")
        if moment(record[name]) > now + SLACK
    ]


def against_list(record: Plain, book: ListBook) -> list[Objection]:
    """Return where a record differs from the list that it says it was held against.

    A list that is not known says nothing here; it counts for nothing either.
    """
    lock = record["scenario_lock"]
    known = book.find(str(lock["digest"]), str(record["erp"]["label"]))
    if known is None:
        return []
    found = []
    if known.release != record["erp"]["label"]:
        message = f"this list is of {known.release}, the run of {record['erp']['label']}"
        found.append(Objection(place="scenario_lock.digest", message=message))
    if lock["required"] != len(known.required):
        message = f"found {lock['required']}, but this list has {len(known.required)} scenarios"
        found.append(Objection(place="scenario_lock.required", message=message))
    for number, each in enumerate(record["integrations"]):
        if not each.get("problem"):
            place = f"integrations[{number}].required_ids"
            found += _ids_against(each, place, known, kind=str(record["erp"]["kind"]))
    return found


def moment(text: str) -> datetime:
    """Return a moment of a record, in UTC when it does not say.

    Raises:
        ValueError, TypeError: It is none.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _head(record: Plain) -> Iterator[Objection]:
    started, finished = moment(record["started_at"]), moment(record["finished_at"])
    if finished < started:
        message = f"{record['finished_at']} is before started_at, {record['started_at']}"
        yield Objection(place="finished_at", message=message)
    yield from _run_id(str(record["run_id"]), started)
    yield from _breaks(record, started, finished)
    if not _VERSION.fullmatch(str(record["harness"]["version"])):
        yield Objection(place="harness.version", message="expected a version, such as 0.1.0")
    lock = record["scenario_lock"]
    if not _DIGEST.fullmatch(str(lock["digest"])):
        message = f"found {lock['digest']!r}, expected a SHA-256 of 64 digits"
        yield Objection(place="scenario_lock.digest", message=message)
    if not isinstance(lock["required"], int) or lock["required"] < 0:
        yield Objection(place="scenario_lock.required", message="expected a number")
    yield from _erp(record)
    yield from _shard(record)


def _run_id(run_id: str, started: datetime) -> Iterator[Objection]:
    match = _RUN_ID.fullmatch(run_id)
    if match is None:
        message = f"found {run_id!r}, expected one as 20261123T083015Z-1a2b3c"
        yield Objection(place="run_id", message=message)
        return
    named = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if abs(named - started) > SLACK:
        message = f"{run_id} is of another moment than started_at, {started:%Y-%m-%dT%H:%M:%SZ}"
        yield Objection(place="run_id", message=message)


def _breaks(record: Plain, started: datetime, finished: datetime) -> Iterator[Objection]:
    last = started - SLACK
    for number, each in enumerate(record.get("breaks") or ()):
        at = moment(each["resumed_at"])
        if not last <= at <= finished + SLACK:
            message = f"{each['resumed_at']} is not between the moments around it"
            yield Objection(place=f"breaks[{number}].resumed_at", message=message)
        last = max(last, at - SLACK)


def _erp(record: Plain) -> Iterator[Objection]:
    erp = record["erp"]
    kind, environment = str(erp["kind"]), str(erp["environment"])
    label, version = str(erp["label"]), str(erp["version"])
    if kind not in tuple(ErpKind):
        message = f"found {kind!r}, expected {' or '.join(ErpKind)}"
        yield Objection(place="erp.kind", message=message)
    if (kind == ErpKind.EMULATOR) != (environment == _EMULATED):
        message = f"found {environment!r} with kind {kind}; the emulator, and only that, is ERP1"
        yield Objection(place="erp.environment", message=message)
    if _PRODUCTION.match(environment):
        message = f"{environment} is a production environment, which the program never runs against"
        yield Objection(place="erp.environment", message=message)
    yield from _release(record, label, version)


def _release(record: Plain, label: str, version: str) -> Iterator[Objection]:
    number, is_told = _PROFIT.fullmatch(label), version not in _UNTOLD
    if number and is_told and version.split(".", maxsplit=1)[0] != number[1]:
        message = f"found {label}, but /profitversion said {version}"
        yield Objection(place="erp.label", message=message)
    passed = any(
        result["outcome"] == Outcome.PASSED and not result.get("carried_from")
        for each in record["integrations"]
        for result in each["results"]
    )
    if passed and number is None:
        message = f"found {label!r}, expected a release such as Profit 8"
        yield Objection(place="erp.label", message=message)
    if passed and not is_told and not record.get("breaks"):
        message = f"found {version!r}, though scenarios were carried out"
        yield Objection(place="erp.version", message=message)


def _shard(record: Plain) -> Iterator[Objection]:
    shard = record.get("shard")
    if shard is None:
        return
    if not 1 <= shard["index"] <= shard["total"]:
        message = f"found {shard['index']} of {shard['total']}"
        yield Objection(place="shard", message=message)
    if record.get("merged_from"):
        yield Objection(place="merged_from", message="a shard is not made of shards")


def _ids_of_integrations(record: Plain) -> Iterator[Objection]:
    seen: set[str] = set()
    for number, each in enumerate(record["integrations"]):
        if each["id"] in seen:
            message = f"{each['id']} stands in it before"
            yield Objection(place=f"integrations[{number}].id", message=message)
        seen.add(each["id"])


def _set_aside(each: Plain, _record: Plain) -> Iterator[Objection]:
    verdict = each["verdict"]
    if each["results"] or verdict["outcome"] != Outcome.NOT_RUN or verdict["required"]["passed"]:
        yield Objection(place="problem", message="it was set aside, but has results or a verdict")


def _files(each: Plain, _record: Plain) -> Iterator[Objection]:
    if not str(each["version"]).strip():
        yield Objection(place="version", message="empty, expected the integration's version")
    if not _DIGEST.fullmatch(str(each["digest"])):
        message = f"found {each['digest']!r}, expected a SHA-256 of 64 digits"
        yield Objection(place="digest", message=message)


def _identity(each: Plain, _record: Plain) -> Iterator[Objection]:
    identity = each.get("identity")
    if identity is None:
        return
    number, subscription = str(identity["integration_id"]), str(identity["subscription"])
    if not re.fullmatch(r"[0-9]+_[0-9]+", number) or not re.fullmatch(r"[0-9]+", subscription):
        message = f"found {number!r} and {subscription!r}, expected such as 12345_100001 and 12345"
        yield Objection(place="identity", message=message)


def _scope(each: Plain, record: Plain) -> Iterator[Objection]:
    there = [name for name in _SINCE_SCOPE if name in each]
    scope = each.get("scope")
    if there and (len(there) < len(_SINCE_SCOPE) or scope is None or each["identity"] is None):
        lacking = [name for name in _SINCE_SCOPE if each.get(name) is None]
        message = f"lacks {', '.join(lacking)}, which a record of this version has"
        yield Objection(place="scope", message=message)
        return
    if scope is None:
        return
    because = list(scope["because"])
    if scope["whole"] is not (not because):
        message = f"whole is {scope['whole']}, because: {', '.join(because) or 'nothing'}"
        yield Objection(place="scope.whole", message=message)
    for reason, member in (("shard", "shard"), ("rerun", "rerun_of")):
        if (reason in because) != bool(record.get(member)):
            message = f"{', '.join(because) or 'nothing'} does not go with {member}"
            yield Objection(place="scope.because", message=message)


def _declared(each: Plain, _record: Plain) -> Iterator[Objection]:
    declared = {str(one).lower() for one in each.get("declared") or ()}
    unknown = [one for one in each.get("exercised") or () if str(one).lower() not in declared]
    if unknown:
        message = f"{', '.join(unknown)} is not among what it declared"
        yield Objection(place="exercised", message=message)


def _late(each: Plain, _record: Plain) -> Iterator[Objection]:
    late = each.get("late") or ()
    known = outcomes(each["results"]) if late else {}
    for number, one in enumerate(late):
        if known.get(str(one["scenario"])) == Outcome.PASSED:
            message = f"{one['scenario']} passed, but sent something when it had ended"
            yield Objection(place=f"late[{number}]", message=message)


def _required(each: Plain, record: Plain) -> Iterator[Objection]:
    required = required_of(each)
    if len(set(required)) != len(required):
        yield Objection(place="required_ids", message="an id stands in it twice")
    asked = set(required)
    emulated = record["erp"]["kind"] == ErpKind.EMULATOR
    for one in each.get("not_asked") or ():
        if one["id"] in asked:
            yield Objection(place="not_asked", message=f"{one['id']} is required as well")
        if emulated and str(one["why"]).startswith(_SHARED):
            message = f"{one['id']}: {one['why']}, but it was run on the emulator"
            yield Objection(place="not_asked", message=message)
    strangers = sorted(set(map(str, each.get("own_ids") or ())) - asked)
    if strangers:
        message = f"{', '.join(strangers)} is not required"
        yield Objection(place="own_ids", message=message)
    for number, result in enumerate(each["results"]):
        if (result["level"] == "required") is not (id_of(result) in asked):
            message = f"{id_of(result)} has level {result['level']}, unlike required_ids"
            yield Objection(place=f"results[{number}].level", message=message)


def _counts(each: Plain, record: Plain) -> Iterator[Objection]:
    verdict = each["verdict"]
    given = verdict["required"]
    known = outcomes(each["results"])
    required = required_of(each)
    share = [one for one in required if not record.get("shard") or one in known]
    told = [known.get(one, "not_run") for one in share]
    waived = {id_of(one) for one in each["results"] if one.get("waiver")}
    failed = [one for one in share if known.get(one) == Outcome.FAILED]
    held = [one for one in failed if one in waived]
    unproven = [one for one in unproven_of(each["results"], known) if one in waived]
    unproven = [one for one in unproven if one in share]
    counted = {"passed": told.count("passed")}
    executed = len(told) - told.count("not_run")
    # until a scenario that never started was no longer counted as executed, it was
    if given["executed"] not in {executed, executed - len(never_started(each) & set(share))}:
        message = f"found {given['executed']}, but the results come to {executed}"
        yield Objection(place="verdict.required.executed", message=message)
    if not record.get("shard"):  # in a shard the share is more than what has a result
        counted["total"] = len(told)
    for name, number in counted.items():
        if given[name] != number:
            message = f"found {given[name]}, but the results come to {number}"
            yield Objection(place=f"verdict.required.{name}", message=message)
    if not 0 <= given["executed"] <= given["total"] <= len(required):
        yield Objection(place="verdict.required", message="more executed than there was")
    proven = given.get("proven")
    called = {id_of(one) for one in each["results"] if one.get("exchanges") or is_shown(one)}
    seen = sum(known.get(one) == Outcome.PASSED for one in share if one in called)
    if proven is not None and not 0 <= proven <= seen:
        message = f"found {proven}, but {seen} passed with a call or a witness that was observed"
        yield Objection(place="verdict.required.proven", message=message)
    if verdict.get("waived", 0) != len(held) + len(unproven):
        count = len(held) + len(unproven)
        message = f"found {verdict['waived']}, but {count} results bear a waiver"
        yield Objection(place="verdict.waived", message=message)
    outcome = judge(
        passed=counted["passed"] + len(held) + len(unproven),
        failed=len(failed) - len(held),
        inconclusive=told.count("inconclusive"),
        not_run=told.count("not_run") - len(unproven) + given["total"] - len(told),
    )
    if verdict["outcome"] != outcome:
        message = f"found {verdict['outcome']}, but the results come to {outcome}"
        yield Objection(place="verdict.outcome", message=message)


def _results(each: Plain, _record: Plain) -> Iterator[Objection]:
    for number, result in enumerate(each["results"]):
        if _is_plain_pass(result):  # nearly all there are
            continue
        for one in _result(result):
            yield Objection(place=f"results[{number}].{one.place}", message=one.message)


def _is_plain_pass(result: Plain) -> bool:
    """Return whether a result passed with nothing in it that could say otherwise."""
    return (
        result["outcome"] == "passed"
        and result["level"] in _LEVELS
        and not any(map(result.get, _MAY_OBJECT))
        and [each for each in result.get("steps") or () if each["outcome"] != "passed"] == []
        and [each for each in result.get("faults") or () if not each.get("fired", 1)] == []
        and (not result.get("proof") or is_shown(result))
        and [each for each in result.get("proof") or () if each["state"] == "refuted"] == []
    )


def _result(result: Plain) -> Iterator[Objection]:
    outcome, cause = result["outcome"], result.get("cause")
    if result["level"] not in _LEVELS:
        yield Objection(place="level", message=f"found {result['level']!r}")
    if outcome not in _OUTCOMES:
        yield Objection(place="outcome", message=f"found {outcome!r}")
        return
    if cause not in _CAUSES or (cause is None) is not (outcome == "passed"):
        message = f"found {cause!r} with outcome {outcome}"
        yield Objection(place="cause", message=message)
    errors = [one["code"] for one in result.get("findings") or () if one["level"] == "error"]
    if outcome == "passed" and errors:
        yield Objection(place="findings", message=f"it passed, but with {errors[0]}, an error")
    if outcome == "failed" and not errors:
        yield Objection(place="findings", message="it failed, but nothing in it is an error")
    if outcome == "passed":
        yield from _inside_a_pass(result)
    if result.get("waiver") and outcome != Outcome.FAILED and not is_unproven(result):
        message = f"a waiver covers a failure, or what is not proven; this is {outcome}"
        yield Objection(place="waiver", message=message)
    if result.get("attempts"):
        yield from _attempts(result)


def _inside_a_pass(result: Plain) -> Iterator[Objection]:
    states = [str(each["state"]) for each in result.get("proof") or ()]
    if set(states) != {ProofState.NOT_APPLICABLE}:  # else no call was one that it could be about
        yield from _went_another_way(result)
    if "refuted" in states:
        yield Objection(place="proof", message="it passed, but with a requirement refuted")
    if states and not {"proven", "not_applicable"}.intersection(states):
        yield Objection(place="proof", message="it passed, but nothing was seen that shows it")
    if result.get("passed_on_retry"):
        yield Objection(place="passed_on_retry", message="passed on retry is not passed")


def _went_another_way(result: Plain) -> Iterator[Objection]:
    for number, step in enumerate(result.get("steps") or ()):
        # trouble while cleaning up is a warning
        if step["outcome"] != "passed" and not str(step["name"]).startswith("cleanup"):
            message = f"it is {step['outcome']} in a scenario that passed"
            yield Objection(place=f"steps[{number}].outcome", message=message)
    for number, fault in enumerate(result.get("faults") or ()):
        if not fault.get("fired", 1):
            message = f"{fault['fault']} never fired in a scenario that passed"
            yield Objection(place=f"faults[{number}].fired", message=message)


def _attempts(result: Plain) -> Iterator[Objection]:
    made = [one["outcome"] for one in result.get("attempts") or ()]
    if made and min(made, key=RANK.__getitem__) != result["outcome"]:
        message = f"the worst of them is not {result['outcome']}"
        yield Objection(place="attempts", message=message)


def _ids_against(each: Plain, place: str, known: Any, *, kind: str) -> Iterator[Objection]:
    own = {str(one) for one in each.get("own_ids") or ()}
    asked = [one for one in required_of(each) if one not in own]
    scenarios = {ResultId.read(one).scenario for one in asked}
    # a record of before does not say which are the integration's own
    strangers = sorted(scenarios.difference(known.required)) if "own_ids" in each else []
    if strangers:
        message = f"{', '.join(strangers)}: not on the list, nor the integration's own"
        yield Objection(place=place, message=message)
    # the emulator can show all that everyone is asked
    aside = (each.get("not_asked") or ()) if kind == ErpKind.ENVIRONMENT else ()
    elsewhere = {ResultId.read(str(one["id"])).scenario for one in aside}
    lacking = [one for one in known.everyone if one not in scenarios | elsewhere]
    if lacking:
        message = f"lacks {', '.join(lacking)}, which this list asks of everyone"
        yield Objection(place=place, message=message)


_Check = Callable[[Plain, Plain], Iterator[Objection]]

_SET_ASIDE: Sequence[_Check] = (_set_aside,)
_JUDGED: Sequence[_Check] = (
    _files,
    _identity,
    _scope,
    _declared,
    _late,
    _required,
    _counts,
    _results,
)
