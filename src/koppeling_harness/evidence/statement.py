"""Statement over a run: in-toto Statement v1 with predicate `test-result/v0.1`.

The predicate knows passed, warned and failed, and nothing else: what was skipped, waived, or ran
and proved nothing stands in annotations, and what is missing is never a pass.
Source: github.com/in-toto/attestation, spec/v1 and spec/predicates/test-result.md.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.dsse import read_json
from koppeling_harness.rules.record_results import id_of, is_shown, outcomes, required_of
from koppeling_harness.rules.scope import OWN_LIST
from koppeling_harness.value import dataclass

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
FORM = "koppeling/evidence@1"

PASSED, WARNED, FAILED = "PASSED", "WARNED", "FAILED"

_FILE = "file:"
_INTEGRATION = "integration:"
_ASIDE = "aside:"
_OF_ONE = (_INTEGRATION, _ASIDE)
_LIST, _PROGRAM, _ERP, _RUN = "scenarios.lock", "program", "erp", "run"

_LATER = frozenset({"signed_in"})
"""What a statement of version 0.1 does not say."""
_NOTHING = object()

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFacts:
    """What a statement says beside what the record says.

    Attributes:
        files: SHA-256 of each file, by its name below the run's folder.
        program: SHA-256 over the files of the program that signs.
        signed_at: When it was signed, as the signer states it, in ISO 8601.
        key: Fingerprint of the key.
    """

    files: Mapping[str, str]
    program: str
    signed_at: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One integration that a statement is about.

    Attributes:
        name: Its id.
        digest: SHA-256 over its files.
        version: Of the integration.
        integration_id: By which AFAS knows it.
    """

    name: str
    digest: str
    version: str
    integration_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a signed statement says.

    Attributes:
        run_id: The run.
        result: `PASSED`, `WARNED` or `FAILED`.
        subjects: The integrations.
        files: SHA-256 of each file by its name.
        signed_at: When it was signed, as stated.
        key: Fingerprint of the key, as stated.
        said: What follows from the record, to be held against it.
        plain: All of it.
    """

    run_id: str
    result: str
    subjects: tuple[Subject, ...]
    files: Mapping[str, str]
    signed_at: str
    key: str
    said: Plain
    plain: Plain


def statement(record: Plain, facts: SignedFacts) -> bytes:
    """Return the statement over a run, as it is signed.

    Args:
        record: As JSON has it; one that does not contradict itself.
        facts: What it says beside it.
    """
    said = what_follows(record)
    plain = {
        "_type": STATEMENT,
        "subject": said["subject"],
        "predicateType": PREDICATE,
        "predicate": {
            "result": said["result"],
            "configuration": [
                *said["configuration"],
                {
                    "name": _PROGRAM,
                    "digest": {"sha256": facts.program},
                    "annotations": _program(record),
                },
                {
                    "name": _RUN,
                    "uri": f"urn:koppeling:run:{record['run_id']}",
                    "annotations": {
                        "form": FORM,
                        **_run(record),
                        "signed_at": facts.signed_at,
                        "signed_by": facts.key,
                    },
                },
                *(
                    {"name": f"{_FILE}{name}", "digest": {"sha256": digest}}
                    for name, digest in sorted(facts.files.items())
                ),
            ],
            "passedTests": said["passedTests"],
            "warnedTests": said["warnedTests"],
            "failedTests": said["failedTests"],
        },
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def what_follows(record: Plain) -> dict[str, Any]:
    """Return what a statement has to say of a record, whoever signs it.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is not of the form of a record.
    """
    judged = [each for each in record["integrations"] if not each.get("problem")]
    aside = [each for each in record["integrations"] if each.get("problem")]
    tests: dict[str, list[str]] = {"passed": [], "warned": [], "failed": []}
    results = []
    for each in judged:
        found = _tests(each)
        results.append(_result(each, record, found))
        for name in tests:
            tests[name] += (f"{each['id']}/{one}" for one in found[name])
    worst = (FAILED, WARNED, PASSED)
    result = min(results, key=worst.index) if results else FAILED
    return {
        "subject": [_subject(each) for each in judged],
        "result": result,
        "configuration": [
            *_list_and_erp(record),
            *(_integration(each, record) for each in judged),
            *(
                {"name": f"{_ASIDE}{each['id']}", "uri": "urn:koppeling:set-aside"}
                for each in aside
            ),
        ],
        "passedTests": tests["passed"],
        "warnedTests": tests["warned"],
        "failedTests": tests["failed"],
    }


def read_statement(payload: bytes) -> Statement:
    """Return what a statement says; that it is signed was looked at before.

    Raises:
        EvidenceError: It is not one over a run.
    """
    plain = read_json(payload, what="the statement")
    try:
        _expect(plain, "_type", STATEMENT)
        _expect(plain, "predicateType", PREDICATE)
        predicate = plain["predicate"]
        entries = {str(each["name"]): each for each in predicate["configuration"]}
        if len(entries) != len(predicate["configuration"]):
            message = "the statement names something twice in its configuration"
            raise EvidenceError(message)
        run = entries[_RUN]["annotations"]
        _expect(run, "form", FORM)
        return Statement(
            run_id=str(run["run_id"]),
            result=str(predicate["result"]),
            subjects=tuple(_read_subject(each) for each in plain["subject"]),
            files={
                name.removeprefix(_FILE): str(each["digest"]["sha256"])
                for name, each in entries.items()
                if name.startswith(_FILE)
            },
            signed_at=str(run["signed_at"]),
            key=str(run["signed_by"]),
            said={
                "subject": plain["subject"],
                "result": predicate["result"],
                "configuration": [
                    each
                    for name, each in entries.items()
                    if name not in (_PROGRAM, _RUN) and not name.startswith(_FILE)
                ],
                **{name: predicate[name] for name in ("passedTests", "warnedTests", "failedTests")},
            },
            plain=plain,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        lacks = f"it lacks {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        message = f"expected a statement over a run, {FORM}: {lacks}"
        raise EvidenceError(message) from None


def missing(statement: Statement) -> tuple[str, ...]:
    """Return what keeps a run from having passed, by its own statement; empty when it has."""
    if statement.result in (PASSED, WARNED):
        return ()
    found = [str(each) for each in statement.said["failedTests"]]
    for each in statement.said["configuration"]:
        notes = each.get("annotations", {})
        for name in ("skipped", "inconclusive", "part"):
            found += (f"{each['name']}: {one} ({name})" for one in notes.get(name) or ())
    return tuple(found) or (statement.result,)


def waived(statement: Statement) -> tuple[tuple[Subject, str], ...]:
    """Return what a statement says that passed by a waiver, each with its integration."""
    notes = {str(each["name"]): each.get("annotations") for each in statement.said["configuration"]}
    return tuple(
        (each, str(name))
        for each in statement.subjects
        for name in (notes.get(f"{_INTEGRATION}{each.name}") or {}).get("waived") or ()
    )


def difference(record: Plain, statement: Statement) -> str:
    """Return what a statement says otherwise than its record; empty when it is the same.

    What only a newer program says of a record is passed by: the record stands.
    """
    expected, found = what_follows(record), statement.said
    plain = (
        {"name": _PROGRAM, "annotations": _program(record)},
        {"name": _RUN, "annotations": _run(record)},
    )
    try:
        for name in ("result", "subject", "passedTests", "warnedTests", "failedTests"):
            if found[name] != expected[name]:
                return name
        said_of = {
            str(each["name"]): each for each in statement.plain["predicate"]["configuration"]
        }
        named = {each["name"] for each in expected["configuration"]}
        more = [name for name in said_of if name.startswith(_OF_ONE) and name not in named]
        if more:
            return more[0]
        for each in (*expected["configuration"], *plain):
            other = said_of.get(each["name"])
            if other is None or ("digest" in each and other.get("digest") != each["digest"]):
                return str(each["name"])
            notes = other.get("annotations", {})
            for key, value in each.get("annotations", {}).items():
                if notes.get(key, _NOTHING) != value and not (key in _LATER and key not in notes):
                    return f"{key} of {each['name']}"
    except (KeyError, TypeError, AttributeError) as error:
        return f"it lacks {error}"
    return ""


def _expect(members: Plain, name: str, expected: str) -> None:
    if members[name] != expected:
        message = f"the statement's {name} is {members[name]!r}, expected {expected!r}"
        raise EvidenceError(message)


def _read_subject(each: Plain) -> Subject:
    annotations = each["annotations"]
    return Subject(
        name=str(each["name"]),
        digest=str(each["digest"]["sha256"]),
        version=str(annotations["version"]),
        integration_id=str(annotations["integration_id"]),
    )


def _subject(each: Plain) -> dict[str, Any]:
    identity = each.get("identity") or {}
    return {
        "name": str(each["id"]),
        "digest": {"sha256": str(each["digest"])},
        "annotations": {
            "version": str(each["version"]),
            "integration_id": str(identity.get("integration_id", "")),
            "subscription": str(identity.get("subscription", "")),
        },
    }


def _program(record: Plain) -> dict[str, Any]:
    return {"version": str(record["harness"]["version"])}


def _run(record: Plain) -> dict[str, Any]:
    return {
        "run_id": str(record["run_id"]),
        "call": str(record.get("call") or ""),
        "started_at": str(record["started_at"]),
        "finished_at": str(record["finished_at"]),
        "seed": record.get("seed"),
    }


def _list_and_erp(record: Plain) -> Iterator[dict[str, Any]]:
    erp = record["erp"]
    yield {
        "name": _LIST,
        "digest": {"sha256": str(record["scenario_lock"]["digest"])},
        "annotations": {
            "release": str(erp["label"]),
            "required": int(record["scenario_lock"]["required"]),
        },
    }
    yield {
        "name": _ERP,
        "uri": f"urn:koppeling:erp:{erp['kind']}",
        "annotations": {
            "kind": str(erp["kind"]),
            "environment": str(erp["environment"]),
            "version": str(erp["version"]),
            "release": str(erp["label"]),
        },
    }


def _integration(each: Plain, record: Plain) -> dict[str, Any]:
    """Return an integration's verdict: what passed, and what is missing for a pass."""
    verdict = each["verdict"]
    told = _told(each)
    part = _part(each, record)
    return {
        "name": f"{_INTEGRATION}{each['id']}",
        "digest": {"sha256": str(each["digest"])},
        "annotations": {
            "outcome": str(verdict["outcome"]),
            "whole": not part,
            "part": part,
            "required": int(verdict["required"]["total"]),
            "executed": int(verdict["required"]["executed"]),
            "proven": verdict["required"].get("proven"),
            "passed": int(verdict["required"]["passed"]),
            "waived": sorted({id_of(one) for one in each["results"] if one.get("waiver")}),
            "skipped": sorted(name for name, outcome in told.items() if outcome == "not_run"),
            "inconclusive": sorted(
                name for name, outcome in told.items() if outcome == "inconclusive"
            ),
            "not_proven": sorted(_not_proven(each, told)),
            "not_asked": sorted(str(one["id"]) for one in each.get("not_asked") or ()),
            "isolation": str(each.get("isolation") or "none"),
            "signed_in": sorted(
                {str(way) for one in each["results"] for way in one.get("signed_in") or ()}
            ),
        },
    }


def _told(each: Plain) -> dict[str, str]:
    known = outcomes(each["results"])
    return {name: known.get(name, "not_run") for name in required_of(each)}


def _not_proven(each: Plain, told: Mapping[str, str]) -> Iterator[str]:
    shown = {id_of(one) for one in each["results"] if one.get("exchanges") or is_shown(one)}
    return (name for name, outcome in told.items() if outcome == "passed" and name not in shown)


def _tests(each: Plain) -> dict[str, list[str]]:
    """Return the required tests by what became of them; what did not run is in none of them."""
    told = _told(each)
    waived = {id_of(one) for one in each["results"] if one.get("waiver")}
    failed = [name for name, outcome in told.items() if outcome == "failed"]
    return {
        "passed": [name for name, outcome in told.items() if outcome == "passed"],
        "warned": [name for name in failed if name in waived],
        "failed": [name for name in failed if name not in waived],
    }


def _result(each: Plain, record: Plain, tests: Mapping[str, Sequence[str]]) -> str:
    if _part(each, record) or each["verdict"]["outcome"] != "passed":
        return FAILED
    return WARNED if tests["warned"] else PASSED


def _part(each: Plain, record: Plain) -> list[str]:
    """Return why a run was no whole one; which list counts is judged by the reader."""
    scope = each.get("scope")
    if scope is None:
        return ["not_recorded"]
    shard = ["shard"] if record.get("shard") is not None else []
    return list(dict.fromkeys(shard + [str(one) for one in scope["because"] if one != OWN_LIST]))


def digest_of(payload: bytes) -> str:
    """Return the SHA-256 of a statement, by which it is known."""
    return hashlib.sha256(payload).hexdigest()
