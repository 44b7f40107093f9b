import pytest

from koppeling_harness.errors import UsageError
from koppeling_harness.model.run import Shard
from koppeling_harness.workflow.run.shards import parse_shard


@pytest.mark.parametrize(
    "text",
    ["", "0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "01/3", "-1/3", "1/9999", "auto/0", "auto/a"],
)
def test_a_shard_is_written_as_one_of_n(text):
    with pytest.raises(UsageError, match="I/N"):
        parse_shard(text, by=None, environ={"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "2"})


def test_a_shard_says_what_it_is_cut_by_only_when_that_is_said():
    assert parse_shard("2/3", by=None, environ={}) == Shard(index=2, total=3)
    found = parse_shard("2/3", by="scenario", environ={})
    assert found == Shard(index=2, total=3, by="scenario")


@pytest.mark.parametrize(
    ("environ", "text", "found"),
    [
        ({"CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "4"}, "auto", (1, 4)),
        ({"JOB_COMPLETION_INDEX": "0"}, "auto/4", (1, 4)),
        (
            {
                "SLURM_ARRAY_TASK_ID": "12",
                "SLURM_ARRAY_TASK_MIN": "10",
                "SLURM_ARRAY_TASK_COUNT": "4",
            },
            "auto",
            (3, 4),
        ),
        ({"SYSTEM_JOBPOSITIONINPHASE": "4", "SYSTEM_TOTALJOBSINPHASE": "4"}, "auto", (4, 4)),
        ({"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4"}, "auto/8", (2, 8)),
    ],
)
def test_auto_is_what_the_system_numbers(environ, text, found):
    shard = parse_shard(text, by=None, environ=environ)

    assert (shard.index, shard.total) == found


@pytest.mark.parametrize(
    ("environ", "text", "said"),
    [
        ({}, "auto", "CI_NODE_INDEX"),
        ({"JOB_COMPLETION_INDEX": "0"}, "auto", "JOB_COMPLETION_INDEX does not say how many"),
        ({"JOB_COMPLETION_INDEX": "4"}, "auto/4", "5/4"),
        ({"CI_NODE_INDEX": "one", "CI_NODE_TOTAL": "2"}, "auto", "'one'"),
        ({"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "4"}, "auto", "TASK_MIN is ''"),
    ],
)
def test_auto_that_cannot_be_told_says_what_to_write(environ, text, said):
    with pytest.raises(UsageError, match=said):
        parse_shard(text, by=None, environ=environ)
