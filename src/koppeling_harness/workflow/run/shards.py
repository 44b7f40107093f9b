"""Which part of a run a command carries out, as it is said or as the CI system numbers its jobs."""

import re
from collections.abc import Mapping

from koppeling_harness.errors import UsageError
from koppeling_harness.model.run import Shard, ShardBy
from koppeling_harness.value import dataclass

MOST_SHARDS = 1000

_SHARD = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_AUTO = re.compile(r"auto(?:/([1-9][0-9]{0,3}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbering:
    """How a system numbers the jobs of one array.

    Attributes:
        index: The variable with the number of the job.
        total: The variable with how many there are; empty where the system does not say it.
        first: The number of the first job, or the variable that holds it.
    """

    index: str
    total: str
    first: int | str


_SYSTEMS = (
    # https://docs.gitlab.com/ci/variables/predefined_variables/
    _Numbering(index="CI_NODE_INDEX", total="CI_NODE_TOTAL", first=1),
    # https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
    _Numbering(index="JOB_COMPLETION_INDEX", total="", first=0),
    # https://slurm.schedmd.com/job_array.html
    _Numbering(
        index="SLURM_ARRAY_TASK_ID", total="SLURM_ARRAY_TASK_COUNT", first="SLURM_ARRAY_TASK_MIN"
    ),
    # https://learn.microsoft.com/azure/devops/pipelines/build/variables
    _Numbering(index="SYSTEM_JOBPOSITIONINPHASE", total="SYSTEM_TOTALJOBSINPHASE", first=1),
)


def parse_shard(text: str, *, by: ShardBy | None, environ: Mapping[str, str]) -> Shard:
    """Return the shard that `1/3`, `auto` or `auto/3` names.

    Args:
        text: As it was given.
        by: What it is cut by; None leaves it to how many integrations there are.
        environ: The variables of this machine, which say what `auto` is.

    Raises:
        UsageError: It is not of that form, or nothing here numbers the jobs.
    """
    automatic = _AUTO.fullmatch(text)
    match = _SHARD.fullmatch(text)
    if automatic:
        index, total = _numbered(int(automatic[1] or 0), environ)
    elif match:
        index, total = int(match[1]), int(match[2])
    else:
        index, total = 0, 0
    if not 1 <= index <= total <= MOST_SHARDS:
        found = f"{index}/{total}, by what this machine says" if automatic else repr(text)
        message = f"--shard: found {found}, expected I/N such as 1/3, with I from 1 to N"
        hint = f"`auto` takes it from the CI system; N is {MOST_SHARDS} at most."
        raise UsageError(message, hint=hint)
    return Shard(index=index, total=total, by=by)


def _numbered(total: int, environ: Mapping[str, str]) -> tuple[int, int]:
    """Return the number of this job from 1, and how many there are."""
    for each in _SYSTEMS:
        if each.index not in environ:
            continue
        first = each.first if isinstance(each.first, int) else _number(each.first, environ)
        if not total and each.total not in environ:
            message = f"--shard auto: {each.index} does not say how many jobs there are"
            raise UsageError(message, hint="Write auto/N, with N the number of jobs.")
        return _number(each.index, environ) - first + 1, total or _number(each.total, environ)
    names = ", ".join(each.index for each in _SYSTEMS)
    message = f"--shard auto: expected one of {names} in the environment, found none"
    raise UsageError(message, hint="Write which part it is, such as --shard 1/3.")


def _number(name: str, environ: Mapping[str, str]) -> int:
    found = environ.get(name, "")
    if not found.isascii() or not found.isdecimal():
        message = f"--shard auto: {name} is {found!r}, expected a whole number"
        raise UsageError(message)
    return int(found)
