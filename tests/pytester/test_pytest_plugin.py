"""The pytest plugin from outside: pytest's own options, selection and words keep working."""

import re
from pathlib import Path

import pytest

from support.cli import Ran, pytest_
from support.tiny import scenario, tiny_plugin


@pytest.fixture
def project(tmp_path: Path) -> Path:
    tiny_plugin(tmp_path / "plugins" / "tiny")
    scenario(tmp_path / "scenarios", name="good")
    scenario(tmp_path / "scenarios", name="bad", expect="{output: {count: -1}}")
    scenario(tmp_path / "scenarios", name="extra", level="recommended")
    return tmp_path


def counts(ran: Ran) -> dict[str, int]:
    found = re.findall(r"(\d+) (passed|failed|errors?|skipped|deselected)", ran.out)
    return {word.rstrip("s") if word.startswith("error") else word: int(n) for n, word in found}


def test_each_scenario_is_an_item_and_a_failed_one_a_failure(project):
    ran = pytest_("scenarios", cwd=project, measured=True)

    assert ran.code == 1, ran.all
    assert counts(ran) == {"passed": 2, "failed": 1}
    assert "scenarios/bad.scenario.yaml" in ran.out.replace("\\", "/")
    assert "`output.count`" in ran.out
    assert "Traceback" not in ran.all


def test_a_failure_tells_expected_found_and_where_to_read_more(project):
    out = pytest_("scenarios", "-k", "bad", cwd=project).out

    assert "expected -1" in out
    assert "koppeling explain EXPECTATION" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-k", "good"], {"passed": 1, "deselected": 2}),
        (["-m", "recommended"], {"passed": 1, "deselected": 2}),
        (["-m", "required and koppeling"], {"passed": 1, "failed": 1, "deselected": 1}),
    ],
)
def test_selection_is_that_of_pytest(project, arguments, expected):
    assert counts(pytest_("scenarios", *arguments, cwd=project)) == expected


def test_x_stops_at_the_first_failure(project):
    for number in range(30):
        scenario(project / "scenarios", name=f"zz{number:02}")
    ran = pytest_("scenarios", "-x", "--koppeling-concurrency=1", cwd=project)

    assert counts(ran) == {"failed": 1}
    assert ran.code == 1


def test_lf_repeats_what_failed(project):
    before = pytest_("scenarios", cwd=project)
    ran = pytest_("scenarios", "--lf", cwd=project)

    assert counts(before)["failed"] == 1, before.all
    assert counts(ran)["failed"] == 1
    assert "passed" not in counts(ran), before.all + ran.all


def test_junitxml_is_written_by_pytest(project):
    pytest_("scenarios", "--junitxml=out.xml", cwd=project)

    text = (project / "out.xml").read_text(encoding="utf-8")
    assert 'tests="3"' in text
    assert 'failures="1"' in text
    assert 'errors="0"' in text


def test_two_workers_give_the_same_outcomes(project):
    ran = pytest_("scenarios", "-n", "2", cwd=project, measured=True)

    assert counts(ran) == {"passed": 2, "failed": 1}, ran.all


def test_collecting_only_runs_nothing(project):
    ran = pytest_("scenarios", "--collect-only", "-q", cwd=project)

    assert "good.scenario.yaml::tiny" in ran.out
    assert ran.code == 0


def test_a_bad_file_is_a_collection_error_with_its_place_and_the_others_run(project):
    (project / "scenarios" / "broken.scenario.yaml").write_text("scenario: 1.10\n")
    ran = pytest_("scenarios", "--continue-on-collection-errors", cwd=project, measured=True)

    assert "broken.scenario.yaml:1:" in ran.out
    assert counts(ran)["passed"] == 2
    assert "Traceback" not in ran.all


def test_ordinary_tests_run_beside_scenarios(project):
    (project / "scenarios" / "test_plain.py").write_text("def test_plain():\n    pass\n")

    assert counts(pytest_("scenarios", cwd=project)) == {"passed": 3, "failed": 1}


def test_what_cannot_be_judged_is_an_error_and_never_a_failure(project):
    scenario(
        project / "scenarios",
        name="refused",
        extra="given: [{insert: PtProject, fields: {Nonsense: 1}}]\n",
    )
    ran = pytest_("scenarios", "-k", "refused", cwd=project)

    assert counts(ran)["error"] == 1
    assert "failed" not in counts(ran)


def test_what_erp1_lacks_is_told_once_and_no_scenario_runs(project):
    path = project / "plugins" / "tiny" / "koppeling.yaml"
    path.write_text(path.read_text().replace("Profit_Projects", "Profit_Projecten"))

    ran = pytest_("scenarios", cwd=project)

    assert ran.code == 2, ran.all  # pytest's own code when something cannot be collected
    assert ran.all.count("its source 'Profit_Projecten' is no GetConnector of ERP1") == 1
    assert "Did you mean `Profit_Projects`?" in ran.all
    assert counts(ran) == {"error": 1}
    assert "Traceback" not in ran.all


def test_without_integrations_nothing_is_collected_and_it_says_why(tmp_path):
    scenario(tmp_path / "scenarios")
    ran = pytest_("scenarios", cwd=tmp_path)

    assert ran.code == 5
    assert "found no integration for the scenarios" in ran.out
    assert "--koppeling-plugins" in ran.out


def test_in_the_folder_of_an_integration_pytest_takes_it(tmp_path):
    own = tiny_plugin(tmp_path / "elsewhere")
    scenario(own / "scenarios")

    assert counts(pytest_("scenarios", cwd=own)) == {"passed": 1}
    assert counts(pytest_("scenarios/", "-p", "no:cacheprovider", cwd=own)) == {"passed": 1}


def test_the_scenarios_of_an_integration_are_run_for_it_from_anywhere(project):
    own = project / "plugins" / "tiny" / "scenarios"
    scenario(own, name="own")
    tiny_plugin(project / "plugins" / "other", name="other")

    assert counts(pytest_("plugins/tiny/scenarios", cwd=project)) == {"passed": 1}
    from_below = pytest_("own.scenario.yaml", cwd=own)
    assert counts(from_below) == {"passed": 1}
    above = pytest_(project / "scenarios" / "good.scenario.yaml", cwd=project.parent)
    assert counts(above) == {"passed": 2}


@pytest.mark.parametrize(
    "settings",
    [
        "[pytest]\naddopts = --strict-markers --strict-config --import-mode=importlib -ra\n",
        "[pytest]\nfilterwarnings = error\nxfail_strict = true\npython_files = check_*.py\n",
        "[pytest]\ntestpaths = scenarios\nnorecursedirs = plugins\nconsole_output_style = count\n",
        "[pytest]\naddopts = -p no:cacheprovider -p no:junitxml -p no:pastebin -x -v --tb=native\n",
    ],
)
def test_scenarios_run_with_any_settings_of_pytest(project, settings):
    (project / "scenarios" / "bad.scenario.yaml").unlink()
    (project / "pytest.ini").write_text(settings)
    ran = pytest_("scenarios", cwd=project)

    assert ran.code == 0, ran.all


def test_the_release_is_the_current_one_of_the_settings(project):
    (project / "koppeling.toml").write_text('[releases]\ncurrent = "Profit 9"\n')
    expect = "{output: {count: -1}}"
    scenario(
        project / "scenarios", name="nine", expect=expect, extra="applies: {releases: [Profit 9]}\n"
    )

    assert counts(pytest_("scenarios", "-k", "nine", cwd=project)) == {"failed": 1, "deselected": 3}
    (project / "koppeling.toml").unlink()
    assert counts(pytest_("scenarios", "-k", "nine", cwd=project)) == {"deselected": 3}


def test_the_packs_run_in_a_clone_without_what_only_its_own_tests_need():
    clone = Path(__file__).parents[2]
    only = ("-k", "lost", "--koppeling-plugins", "plugins/urenportaal")
    ran = pytest_("scenarios", *only, "-p", "no:cacheprovider", cwd=clone)

    assert ran.code == 0, ran.all
    assert counts(ran)["passed"] > 0
