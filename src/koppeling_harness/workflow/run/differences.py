"""What keeps shards, or runs, from being parts of one run."""

from collections.abc import Iterator, Sequence

from koppeling_harness.errors import (
    Problem,
)
from koppeling_harness.model.run import (
    IntegrationRecord,
    RunRecord,
)
from koppeling_harness.workflow.run.parts import Part

_FILES_TOLD = 5
HINT = "Run every shard again, with the same files, release and harness."
"""What to do when parts do not belong together."""


def differences(parts: Sequence[Part]) -> Iterator[Problem]:
    """Yield what keeps shards from being parts of one run on one release."""
    first = parts[0]
    for each in parts[1:]:
        yield from _told(first, each, of_runs(first.record, each.record))
    judged: dict[str, tuple[Part, IntegrationRecord]] = {}
    for each in parts:
        for one in each.record.integrations:
            if not one.problem and each.has_part_of(
                one.id
            ):  # what one worker lacked is told, and costs its share alone
                part, other = judged.setdefault(one.id, (each, one))
                yield from _told(part, each, _of_integrations(other, one), _files(other, one))


_Pairs = dict[str, tuple[object, object]]


def _told(first: Part, other: Part, pairs: _Pairs, hint: str = "") -> Iterator[Problem]:
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            message = f"{name} is {found}, but {wanted} in {first.path}"
            yield Problem(where=str(other.path), message=message, hint=hint or HINT)


def _files(one: IntegrationRecord, same: IntegrationRecord) -> str:
    """Return which files of an integration differ between two shards; empty when nobody knows."""
    if one.digest == same.digest or not one.files or not same.files:
        return ""
    differing = [
        name
        for name in sorted({*one.files, *same.files})
        if one.files.get(name) != same.files.get(name)
    ]
    more = f" and {len(differing) - _FILES_TOLD} more" if len(differing) > _FILES_TOLD else ""
    said = ", ".join(_file(name, one, same) for name in differing[:_FILES_TOLD])
    return f"Not the same on both machines: {said}{more}. {HINT}"


def _file(name: str, one: IntegrationRecord, same: IntegrationRecord) -> str:
    if name not in one.files:
        return f"{name} (only here)"
    return name if name in same.files else f"{name} (only there)"


def of_runs(first: RunRecord, other: RunRecord) -> _Pairs:
    """Return what two parts of one run must have alike: name, that of the one and of the other."""

    def shards(record: RunRecord) -> object:
        return record.shard.total if record.shard else None

    def cut_by(record: RunRecord) -> object:
        return record.shard.by or "scenario" if record.shard else None

    pairs: dict[str, tuple[object, object]] = {
        "the number of shards": (shards(first), shards(other)),
        "what the shards are cut by": (cut_by(first), cut_by(other)),
        "the release": (first.erp.label, other.erp.label),
        "the environment": (first.erp.environment, other.erp.environment),
        "the harness": (first.harness.version, other.harness.version),
        "the digest of the required scenarios": (
            first.scenario_lock.digest,
            other.scenario_lock.digest,
        ),
        "the list of integrations": (_ids(first), _ids(other)),
    }
    if first.erp.version and other.erp.version:  # a shard without scenarios does not know it
        pairs["what /profitversion said"] = (first.erp.version, other.erp.version)
    return pairs


def _of_integrations(one: IntegrationRecord, same: IntegrationRecord) -> _Pairs:
    return {
        f"the digest of {one.id}": (one.digest, same.digest),
        f"the version of {one.id}": (one.version, same.version),
        f"the identity of {one.id}": (_identity(one), _identity(same)),
        f"what is required of {one.id}": (
            ", ".join(sorted(one.required_ids)),
            ", ".join(sorted(same.required_ids)),
        ),
    }


def _identity(each: IntegrationRecord) -> str:
    who = each.identity
    return f"{who.integration_id} of {who.subscription}" if who else "not recorded"


def _ids(record: RunRecord) -> str:
    return ", ".join(sorted(each.id for each in record.integrations))
