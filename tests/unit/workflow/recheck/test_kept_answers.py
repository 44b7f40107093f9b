"""Answers of earlier rechecks, read from the files that a recheck writes."""

from dataclasses import replace
from pathlib import Path

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.model.recheck import Movement, Whose
from koppeling_harness.workflow.recheck.kept_answers import KeptAnswers
from support.rechecks import a_recheck, a_scenario

ANSWER = a_scenario().attribution


def a_told(whose=Whose.PROFIT, **changes):
    answer = replace(ANSWER, whose=whose, missing=())
    return a_scenario("a", **{"code": "PAGE", "attribution": answer, **changes})


def kept(folder: Path, *scenarios, number: int = 1, **release):
    record = a_recheck(*scenarios)
    name = f"recheck-2026112{number}T083015Z-1a2b3c"
    first, *others = record.releases
    first = replace(first, **{"list_digest": "l", **release})
    record = replace(record, recheck_id=name, releases=(first, *others))
    (folder / name).mkdir()
    (folder / name / "recheck.json").write_text(dump_json(record), encoding="utf-8")
    return first


def now(folder: Path, release, **changes):
    still = a_told(movement=Movement.STILL_FAILING, **changes)
    asked = replace(still, attribution=None, table=None)
    found = KeptAnswers(folder).of(release, release.integrations[0], asked)
    return found and (found.attribution.whose, found.attribution.given_in, found.movement)


def test_an_answer_that_was_given_is_kept_and_says_where(tmp_path):
    release = kept(tmp_path, a_told())

    where = "recheck-20261121T083015Z-1a2b3c"
    assert now(tmp_path, release) == (Whose.PROFIT, where, Movement.STILL_FAILING)


def test_one_that_was_kept_before_says_where_it_was_given_first(tmp_path):
    first = replace(a_told().attribution, given_in="recheck-of-before")
    release = kept(tmp_path, replace(a_told(), attribution=first), number=2)

    assert now(tmp_path, release)[1] == "recheck-of-before"


@pytest.mark.parametrize("whose", [Whose.CANNOT_TELL, Whose.ENVIRONMENT])
def test_what_could_not_be_told_is_asked_again(tmp_path, whose):
    assert now(tmp_path, kept(tmp_path, a_told(whose))) is None


@pytest.mark.parametrize(
    "changes",
    [{"version": "8.0.99"}, {"release": "Profit 9"}, {"list_digest": "another"}],
)
def test_on_another_release_or_list_it_is_asked_again(tmp_path, changes):
    release = replace(kept(tmp_path, a_told()), **changes)

    assert now(tmp_path, release) is None


def test_of_other_files_or_for_another_reason_it_is_asked_again(tmp_path):
    release = kept(tmp_path, a_told())
    (integration,) = release.integrations
    other = replace(release, integrations=(replace(integration, digest="d" * 64),))

    assert now(tmp_path, other) is None
    assert now(tmp_path, release, code="OTHER") is None


def test_a_recheck_that_cannot_be_read_or_is_of_before_gives_no_answer(tmp_path):
    release = kept(tmp_path, a_told(), list_digest="")
    (tmp_path / "recheck-20261130T000000Z-torn").mkdir()
    (tmp_path / "recheck-20261130T000000Z-torn" / "recheck.json").write_text("{")

    assert now(tmp_path, replace(release, list_digest="")) is None
