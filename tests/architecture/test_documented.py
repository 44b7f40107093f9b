"""What the program can say is documented, and the documentation says nothing else."""

import re
from pathlib import Path

import pytest

import koppeling_harness
from koppeling_harness.cli.group import COMMANDS
from koppeling_harness.cli.schema import NAMES
from koppeling_harness.errors import ExitCode
from koppeling_harness.model.order import DEFAULT_CONCURRENCY
from koppeling_harness.workflow.authoring.explain import CODES_PAGE, RULES_PAGE, explanations
from koppeling_harness.workflow.authoring.schemas import SCHEMAS, schema

ROOT = Path(__file__).parents[2]
needs_checkout = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="docs/ is not here")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@needs_checkout
def test_every_code_that_is_not_a_traffic_rule_has_its_line_in_the_codes_page():
    listed = re.findall(r"^\| `([A-Z0-9-]+)` \|", page(CODES_PAGE), flags=re.MULTILINE)
    known = [name for name, each in explanations().items() if each.page == CODES_PAGE]

    assert listed == known


@needs_checkout
def test_every_traffic_rule_is_in_the_rules_page():
    text = page(RULES_PAGE)
    known = [name for name, each in explanations().items() if each.page == RULES_PAGE]

    assert [name for name in known if f"`{name}`" not in text and f" {name}" not in text] == []


@needs_checkout
def test_every_exit_code_is_in_the_command_line_page():
    text = page("docs/reference/command-line.md")

    assert [code for code in ExitCode if f"| {int(code)} |" not in text] == []


@needs_checkout
def test_every_schema_is_in_the_command_line_page():
    text = page("docs/reference/command-line.md")

    assert [name for name in NAMES if f"`{name}`" not in text] == []


@needs_checkout
def test_every_exit_code_is_in_the_readme():
    _, codes = page("README.md").split("Exit codes: ")
    listed = {int(each) for each in re.findall(r"(\d+) [a-z]", codes.split("`koppeling")[0])}

    assert listed == {int(each) for each in ExitCode}


@needs_checkout
def test_the_speed_page_tells_how_many_scenarios_wait_at_once():
    words = {4: "Four", 8: "Eight", 16: "Sixteen", 32: "Thirty-two"}
    text = page("docs/explanation/speed.md")

    assert f"{words[DEFAULT_CONCURRENCY]} scenarios wait at once (`--concurrency`)" in text


@needs_checkout
def test_every_command_is_in_the_readme():
    text = page("README.md")

    missing = [name for name in COMMANDS if f"`koppeling {name}" not in text]
    assert missing == []


@needs_checkout
def test_every_command_module_exists():
    folder = ROOT / "src" / "koppeling_harness" / "cli"

    modules = {name: folder / f"{name.replace('-', '_')}.py" for name in COMMANDS}
    assert [name for name, module in modules.items() if not module.is_file()] == []


def test_every_schema_that_there_is_can_be_asked_for():
    assert set(NAMES) == set(SCHEMAS)


@pytest.mark.parametrize("name", NAMES)
def test_every_published_schema_can_be_printed(name):
    assert schema(name)["title"] == f"koppeling/{name}@1"


def test_everything_that_is_promised_can_be_imported():
    assert [
        name for name in koppeling_harness.__all__ if not hasattr(koppeling_harness, name)
    ] == []


@needs_checkout
def test_no_module_is_longer_than_500_lines():
    modules = sorted((ROOT / "src").rglob("*.py"))

    lengths = {
        each.relative_to(ROOT).as_posix(): len(each.read_text(encoding="utf-8").splitlines())
        for each in modules
    }
    assert len(lengths) == len(modules) > 300  # modules of one name are modules apart
    assert {name: lines for name, lines in lengths.items() if lines > 500} == {}
