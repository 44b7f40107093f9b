import json
from pathlib import Path

import pytest

from koppeling_harness.errors import DocumentError, UsageError
from koppeling_harness.workflow.recheck.necessity import necessities


def of(impact: Path | None = None, changes: Path | None = None):
    return necessities(impact=impact, changes=changes, plugins=(), runs=Path("reports"))


def test_without_a_file_everything_is_necessary():
    assert of() is None


def test_what_an_impact_says_is_read(tmp_path):
    path = tmp_path / "impact.json"
    said = [{"integration": "a", "class": "none"}, {"integration": "b", "class": "required"}]
    path.write_text(json.dumps(said), encoding="utf-8")

    assert of(impact=path) == {"a": "none", "b": "required"}


@pytest.mark.parametrize(
    "text",
    ["", "{}x", '[{"integration": "a"}]', '[{"integration": "a", "class": "maybe"}]', "[3]", "3"],
)
def test_another_file_is_told_with_what_writes_one(tmp_path, text):
    path = tmp_path / "impact.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match="koppeling updates impact --json"):
        of(impact=path)


def test_an_impact_and_the_changes_it_follows_from_do_not_go_together(tmp_path):
    with pytest.raises(UsageError, match="--impact and --changes"):
        of(impact=tmp_path, changes=tmp_path)
