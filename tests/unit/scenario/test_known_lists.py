import json
import re
from pathlib import Path

import pytest

from koppeling_harness.scenario.known_lists import (
    KNOWN_LISTS,
    known_lists,
    list_book,
    read_known_lists,
)
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock_file import read_lock
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.workflow.authoring.scenarios import lock

CHANGELOG = Path(__file__).parents[3] / "CHANGELOG.md"


def test_the_lists_of_the_shipped_packs_are_known_as_they_are():
    """Write them anew with `koppeling scenarios lock` after a change of the packs."""
    packs = packs_folder()
    locked = read_lock(packs)
    kept = {(each.release, each.digest): each for each in read_known_lists(packs)}

    for label in locked.releases:
        found = kept[label, locked.digest(label)]
        assert found.required == locked.required(label)
        assert found.everyone


def test_every_released_version_of_the_program_has_its_lists():
    """A release dates the lists of its version in `known-lists.json`."""
    if not CHANGELOG.is_file():
        pytest.skip("CHANGELOG.md is not here")
    released = set(re.findall(r"^## (\d+\.\d+\.\d+)", CHANGELOG.read_text("utf-8"), re.MULTILINE))
    dated = {each.version for each in read_known_lists(packs_folder()) if each.released}

    assert released - dated == set()


def a_pack(folder, level="required", extra=""):
    (folder / "one.scenario.yaml").write_text(
        f"scenario: one\ntitle: {{nl: Een, en: One}}\nlevel: {level}\nproves: [one]\n"
        f"when:\n  - operation: ping\n{extra}",
        encoding="utf-8",
    )


def test_locking_keeps_what_was_released_and_writes_what_is_there_now(tmp_path):
    a_pack(tmp_path)
    (tmp_path / KNOWN_LISTS).write_text(
        json.dumps({"schema": "koppeling/known-lists@1", "lists": []}), encoding="utf-8"
    )
    lock(tmp_path, ["Profit 8"])
    [first] = read_known_lists(tmp_path)
    text = (tmp_path / KNOWN_LISTS).read_text("utf-8")
    dated = text.replace('"released": null', '"released": "2026-11-30"')
    (tmp_path / KNOWN_LISTS).write_text(dated, encoding="utf-8")
    a_pack(tmp_path, level="recommended")
    lock(tmp_path, ["Profit 8"])
    second = read_known_lists(tmp_path)

    assert (first.required, first.everyone) == (("one",), ("one",))
    assert [each.required for each in second] == [("one",), ()]
    assert len(load_scenarios([tmp_path])) == 1


def test_a_folder_of_others_gets_no_known_lists(tmp_path):
    a_pack(tmp_path)
    lock(tmp_path, ["Profit 8"])

    assert not (tmp_path / KNOWN_LISTS).exists()


def test_a_lock_that_was_not_written_down_is_known_all_the_same(tmp_path):
    a_pack(tmp_path)
    lock(tmp_path, ["Profit 8"])

    assert [each.digest for each in known_lists(tmp_path)] == [
        read_lock(tmp_path).digest("Profit 8")
    ]


def test_a_reader_may_write_the_digest_of_an_own_list_in_capitals():
    assert list_book({"ours": "AB" * 32}).own == {"ab" * 32: "ours"}


@pytest.mark.parametrize(
    ("restriction", "is_for_everyone"),
    [
        ('{releases: ["Profit 8"]}', True),
        ("{oauth: true}", False),
        ("{trigger: [person]}", False),
        ("{integration: other}", False),
    ],
)
def test_what_is_asked_of_some_is_not_asked_of_everyone(restriction, is_for_everyone, tmp_path):
    a_pack(tmp_path, extra=f"applies: {restriction}\n")
    (tmp_path / KNOWN_LISTS).write_text(
        json.dumps({"schema": "koppeling/known-lists@1", "lists": []}), encoding="utf-8"
    )

    lock(tmp_path, ["Profit 8"])

    [found] = read_known_lists(tmp_path)
    assert found.required == ("one",)
    assert bool(found.everyone) is is_for_everyone
