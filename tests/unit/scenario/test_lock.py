import json
from hashlib import sha256

import pytest

from koppeling_harness.errors import ConfigurationError, DocumentError
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import lock_for, make_lock, verify_lock
from koppeling_harness.scenario.lock_file import LOCK_FILE, Lock, read_lock, render_lock
from support.problems import problems_when
from support.scenarios import BODY, HEAD, write_scenario

RELEASES = ("Profit 7", "Profit 8")


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    write_scenario(folder, name="alpha")
    write_scenario(folder, name="beta")
    write_scenario(folder, BODY + 'applies: {releases: ["Profit 8"]}\n', name="new")
    write_scenario(folder, name="aside", head=HEAD.replace("required", "recommended"))
    return folder


def lock(folder):
    made = make_lock(load_scenarios([folder]), RELEASES)
    (folder / LOCK_FILE).write_text(render_lock(made), encoding="utf-8")
    return made


def run_lock(folder, release="Profit 8"):
    return lock_for([folder], load_scenarios([folder]), release=release)


problems_of = problems_when(run_lock, "message")


def test_a_lock_lists_the_required_scenarios_of_each_release(pack):
    made = lock(pack)

    assert made.required("Profit 7") == ("alpha", "beta")
    assert made.required("Profit 8") == ("alpha", "beta", "new")


def test_a_lock_survives_its_file_which_has_a_line_per_scenario(pack):
    made = lock(pack)
    text = (pack / LOCK_FILE).read_text(encoding="utf-8")

    assert read_lock(pack) == made
    assert json.loads(text)["schema"] == "koppeling/scenario-lock@1"
    assert len([line for line in text.splitlines() if '"beta": ' in line]) == 2


def test_a_run_counts_against_the_lock_of_its_folder(pack):
    made = lock(pack)
    of_run = run_lock(pack)

    assert of_run.required("Profit 8") == ("alpha", "beta", "new")
    assert of_run.digest("Profit 8") == made.digest("Profit 8")
    assert run_lock(pack, "Profit 7").digest("Profit 7") != of_run.digest("Profit 8")


def test_a_folder_without_a_lock_is_locked_by_what_is_there(pack):
    assert read_lock(pack) is None
    assert run_lock(pack, "Profit 99").required("Profit 99") == ("alpha", "beta")


def test_files_by_themselves_are_locked_by_what_they_are(pack):
    lock(pack)
    path = pack / "alpha.scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# altered\n", encoding="utf-8")

    found = lock_for([path], load_scenarios([path]), release="Profit 8")
    assert found.required("Profit 8") == ("alpha",)


def test_a_file_that_changes_once_it_was_read_is_locked_by_what_was_read(pack):
    made = lock(pack)
    scenarios = load_scenarios([pack])
    path = pack / "alpha.scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# altered\n", encoding="utf-8")

    assert lock_for([pack], scenarios, release="Profit 8").of("Profit 8") == made.of("Profit 8")
    assert problems_of(pack) == ["the required scenario `alpha` was altered after it was locked"]


def test_what_is_kept_has_the_digest_of_the_file(pack, tmp_path):
    path = pack / "alpha.scenario.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    made = lock(pack)
    for _ in range(2):
        kept = load_scenarios([pack], kept_in=tmp_path / "cache")
        assert make_lock(kept, RELEASES) == made
    assert (
        made.of("Profit 8")["beta"]
        == sha256((pack / "beta.scenario.yaml").read_bytes()).hexdigest()
    )


def test_a_file_that_a_folder_only_links_to_is_not_of_that_folder(pack, tmp_path):
    lock(pack)
    elsewhere = write_scenario(tmp_path / "elsewhere", name="linked")
    (pack / "linked.scenario.yaml").symlink_to(elsewhere)
    paths = [pack, tmp_path / "elsewhere"]

    found = lock_for(paths, load_scenarios(paths), release="Profit 8")
    assert found.required("Profit 8") == ("alpha", "beta", "linked", "new")


def test_a_missing_an_altered_and_an_unlocked_required_scenario_are_problems(pack):
    lock(pack)
    (pack / "beta.scenario.yaml").unlink()
    path = pack / "alpha.scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "timeout_s: 1\n", encoding="utf-8")
    write_scenario(pack, name="zeta")

    assert problems_of(pack) == [
        "the required scenario `alpha` was altered after it was locked",
        "the required scenario `beta` of Profit 7 is locked, but is not there",
        "the scenario `zeta` is required on Profit 7, but is not locked",
    ]


def test_a_scenario_that_is_made_less_than_required_is_a_problem(pack):
    lock(pack)
    write_scenario(pack, name="alpha", head=HEAD.replace("required", "informative"))

    assert problems_of(pack) == [
        "the required scenario `alpha` of Profit 7 is locked, but is not there"
    ]


def test_other_scenarios_may_change_freely(pack):
    lock(pack)
    (pack / "aside.scenario.yaml").unlink()

    assert run_lock(pack).required("Profit 8")


def test_line_ends_do_not_alter_a_scenario(pack):
    made = lock(pack)
    for path in pack.glob("*.scenario.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert verify_lock(made, load_scenarios([pack]), where="lock") == []


def test_a_release_without_a_list_is_a_configuration_error(pack):
    lock(pack)

    with pytest.raises(ConfigurationError, match="no required scenarios are locked for Profit 9"):
        run_lock(pack, "Profit 9")


def test_the_digest_depends_on_ids_and_contents_and_not_on_their_order():
    one = Lock(releases={"P": {"a": "1", "b": "2"}})
    other = Lock(releases={"P": {"b": "2", "a": "1"}})
    altered = Lock(releases={"P": {"a": "1", "b": "3"}})

    assert one.digest("P") == other.digest("P")
    assert one.digest("P") != altered.digest("P")


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "other", "releases": {}}'])
def test_a_file_that_is_no_lock_is_a_document_error(tmp_path, text):
    (tmp_path / LOCK_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=r"scenarios\.lock"):
        read_lock(tmp_path)


def test_a_lock_that_cannot_be_read_is_a_document_error(tmp_path):
    (tmp_path / LOCK_FILE).mkdir()

    with pytest.raises(DocumentError, match="cannot be read"):
        read_lock(tmp_path)
