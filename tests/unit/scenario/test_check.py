"""What is said of a scenario before it runs. Line 5 is the first line of each body."""

import pytest

from koppeling_harness.scenario.load import load_scenario
from support.problems import problems_when
from support.scenarios import write_scenario

WHEN = "when:\n  - operation: sync\n"


problems_of = problems_when(
    lambda folder, body: load_scenario(write_scenario(folder, body)), "where", "message", "hint"
)


@pytest.mark.parametrize(
    ("body", "where", "message", "hint"),
    [
        (WHEN + "place: here", "7:1", "unknown key `place`", "filled in"),
        ("when:\n  - operation: sync\n    place: x", "7:5", "unknown key `place`", "filled in"),
        (
            WHEN + "faults:\n  - {fault: reset, place: x}",
            "8:20",
            "unknown key `place`",
            "filled in",
        ),
        # -- which step stands where -----------------------------------------------------------
        (WHEN + "then:\n  - {}", "8:5", "exactly one of: operation, get", ""),
        (WHEN + "then:\n  - just text", "8:5", 'found "just text"', ""),
        (WHEN + "then:\n  - inserts: X", "8:5", "found inserts", "`insert`"),
        (WHEN + "then:\n  - {get: X, insert: Y}", "8:5", "found get, insert", "each"),
        ("given:\n  - operation: sync\n" + WHEN, "6:5", "`operation` stands under `given`", "when"),
        (WHEN + "then:\n  - operation: sync", "8:5", "`operation` stands under `then`", "rules"),
        (
            WHEN + "then:\n  - clock: +1d",
            "8:5",
            "`clock` stands under `then`, expected under `given` or `when`",
            "afterwards",
        ),
        (WHEN + "then:\n  - webhook: x.y", "8:5", "`webhook` stands under `then`", "rules"),
        (
            "when:\n  - exchanges: {}\n    expect: {count: 1}",
            "6:5",
            "`exchanges` stands under `when`",
            "complete",
        ),
        (WHEN + "then:\n  - exchanges: {}", "8:5", "without `expect` proves nothing", "count"),
        (WHEN + "then:\n  - findings: {}\n    expect: {}", "8:5", "proves nothing", ""),
        # -- repetition ------------------------------------------------------------------------
        (
            WHEN + "then:\n  - insert: X\n    within_s: 1",
            "9:5",
            "`within_s` repeats the step, and `insert` would do its work again",
            "GET",
        ),
        (
            WHEN + "then:\n  - request: {method: POST, path: /x}\n    within_s: 1",
            "9:5",
            "`request` would do its work again",
            "",
        ),
        # -- members of results ----------------------------------------------------------------
        (
            WHEN + "then:\n  - get: X\n    expect: {row: []}",
            "9:14",
            "the result of `get` has no `row`; it has status, headers, body",
            "`rows`",
        ),
        (
            WHEN + "then:\n  - insert: X\n    expect: {rows: []}",
            "9:14",
            "the result of `insert` has no `rows`",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    expect: {$length: 1}",
            "9:14",
            "`$length` stands where a member of the result is expected",
            "below one of them",
        ),
        (
            WHEN + "then:\n  - get: X\n    expect: {$lenth: 1}",
            "9:14",
            "`$lenth` stands where a member of the result is expected",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    save: {a: bdy.x}",
            "9:15",
            "the result of `get` has no `bdy`",
            "`body`",
        ),
        # -- matchers --------------------------------------------------------------------------
        (
            WHEN + "then:\n  - get: X\n    expect: {rows: [{A: {$mn: 1}}]}",
            "9:25",
            "unknown matcher `$mn`",
            "`$min`",
        ),
        (
            WHEN + "then:\n  - get: X\n    expect: {rows: {$each: {A: {$type: text}}}}",
            "9:40",
            "expected `$type` to be one of string",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    expect: {rows: {$some: {A: {$decimal: 7.10}}}}",
            "9:43",
            "found the number 7.10, which is read as 7.1",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    expect: {rows: {$unordered: 1}}",
            "9:33",
            "expected `$unordered` to be a list",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    where: {A: [{$any: true}]}",
            "9:18",
            "the matcher `$any` stands outside `expect`",
            "sent",
        ),
        # -- names -----------------------------------------------------------------------------
        (WHEN.replace("sync", '"${x}"'), "6:16", "`${x}`: there is no `x`", "`save`"),
        (WHEN.replace("sync", '"${sync"'), "6:16", "expected `}`", "$${"),
        (WHEN.replace("sync", '"${uid()}"'), "6:16", "no function `uid`", "`uuid`"),
        (
            WHEN.replace("sync", '"${number(1)}"'),
            "6:16",
            "expected `number(lowest, highest)`",
            "",
        ),
        (
            "values: {a: '${values.b}', b: 1}\n" + WHEN,
            "5:13",
            "`values` has no `b`; it has nothing",
            "",
        ),
        ("values: {Aa: 1}\n" + WHEN, "5:10", "expected a name of lower-case letters", ""),
        (
            "values: {ref: 1}\n" + WHEN + "then:\n  - get: X\n    where: {A: '${ref}'}",
            "10:16",
            "there is no `ref`",
            "`values.ref`",
        ),
        (
            WHEN + "then:\n  - get: X\n    where: {A: '${erp.label}'}",
            "9:16",
            "`erp` has no `label`; it has environment, release, version",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    where: {A: '${operation.name}'}",
            "9:16",
            "there is no `operation`",
            "`for_each`",
        ),
        (
            WHEN + "then:\n  - get: X\n    where: {A: '${a}'}\n    save: {a: count}",
            "9:16",
            "there is no `a` at this point",
            "`save`",
        ),
        (
            WHEN + "then:\n  - get: X\n    where: {A: '${repeat(b, 2)}'}",
            "9:16",
            "there is no `b`",
            "",
        ),
        (
            WHEN + "then:\n  - get: X\n    save: {run: count}",
            "9:12",
            "`run` is a name that the harness gives itself",
            "another name",
        ),
        (WHEN + "then:\n  - get: X\n    save: {A-b: count}", "9:12", "lower-case letters", ""),
        (
            WHEN + "then:\n  - get: X\n    name: '${a}'",
            "9:11",
            "`name` holds an expression, but is not filled in",
            "itself",
        ),
        (
            WHEN + "applies: {releases: ['${erp.release}']}",
            "7:22",
            "`applies` holds an expression",
            "",
        ),
        ("for_each: reads\n" + WHEN, "5:1", "no step triggers it", "${operation.name}"),
        # -- faults ----------------------------------------------------------------------------
        (
            "when:\n  - get: X\nfaults:\n  - {fault: reset}",
            "7:1",
            "no step of `when` triggers it",
            "operation",
        ),
        (WHEN + "faults:\n  - {fault: status}", "8:5", "`status` needs `status`", "Add"),
        (WHEN + "faults:\n  - {fault: delay}", "8:5", "`delay` needs `delay_s`", "Add"),
        (WHEN + "faults:\n  - {fault: missing_field}", "8:5", "needs `field`", "Add"),
        (
            WHEN + "faults:\n  - {fault: reset, delay_s: 1}",
            "8:20",
            "the fault `reset` has no `delay_s`; beside `of` and `calls` it takes nothing",
            "",
        ),
        (
            WHEN + "faults:\n  - {fault: status, status: 503, field: A}",
            "8:34",
            "it takes status, retry_after_s",
            "",
        ),
        (
            WHEN + 'faults:\n  - {fault: reset, calls: "3-1"}',
            "8:27",
            "expected the first call before the last, found 3-1",
            "",
        ),
    ],
)
def test_what_cannot_work_is_told_with_place_and_remedy(tmp_path, body, where, message, hint):
    ((place, said, remedy),) = problems_of(tmp_path, body)

    assert place == f":{where}"
    assert message in said
    assert hint in remedy


@pytest.mark.parametrize(
    "body",
    [
        WHEN + "then:\n  - {get: X, within_s: 1}",
        WHEN + "then:\n  - {request: {path: /x}, within_s: 1, save: {a: rows.0}}",
        WHEN + "then:\n  - {exchanges: {}, within_s: 1, expect: {count: 1}}",
        WHEN + "then:\n  - {get: X, save: {a: count}}\n  - {get: X, where: {A: '${a}'}}",
        WHEN + "then:\n  - {get: X, save: {a: count}}\ncleanup:\n  - {get: X, where: {A: '${a}'}}",
        "values: {a: 1, b: '${values.a}'}\n" + WHEN.replace("sync", "'${values.b}'"),
        WHEN + "then:\n  - get: X\n    expect: {rows: [{A: {$regex: '^${run.id}('}}]}",
        WHEN + "then:\n  - get: X\n    expect: {rows: {$one_of: '${run.id}'}}",
        WHEN + "then:\n  - get: X\n    where: {A: '$${not} ${today(-1)} ${base64(run.id)}'}",
        WHEN + "faults:\n  - {fault: status, status: 503, retry_after_s: 1, calls: '2-'}",
    ],
)
def test_what_can_work_is_left_alone(tmp_path, body):
    assert load_scenario(write_scenario(tmp_path, body)).scenario == "one"
