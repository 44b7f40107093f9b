"""What a status can say is in its documentation, and the examples there work."""

import re
from pathlib import Path

import pytest

from koppeling_harness.config.registration import parse_registration
from koppeling_harness.config.settings import load_settings
from koppeling_harness.model.registration import DecisionKind, Registration
from koppeling_harness.model.status import RegistrationStatus, Status
from koppeling_harness.rules.catalogue import RULES

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="docs/ is not here")


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def flags_in_code():
    text = "\n".join(
        each.read_text(encoding="utf-8")
        for each in (ROOT / "src" / "koppeling_harness" / "rules").glob("*.py")
    )
    return set(
        re.findall(
            r'"([A-Z]+(?:-[A-Z]+)+|RED|ORANGE|LAPSED|WAIVED|SIGNAL|GAP|APPLYING|TERMINATED)"', text
        )
    )


def test_every_flag_is_listed_and_no_other():
    table = page("reference/status.md").split("## Flags")[1].split("## ")[0]

    assert set(re.findall(r"`([A-Z-]+)`", table)) == flags_in_code()


def test_every_member_and_every_status_is_named():
    text = page("reference/status.md")
    names = [*RegistrationStatus.__dataclass_fields__, *(each.value for each in Status)]

    assert [name for name in names if f"`{name}" not in text and name != "schema"] == []


def test_every_member_and_every_decision_of_a_registration_is_named():
    text = page("reference/registration-file.md")
    names = [*Registration.__dataclass_fields__, *(each.value for each in DecisionKind)]

    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_explanation_names_every_rule():
    text = page("explanation/how-a-status-is-reached.md").split("## Rules")[1]
    named = set(re.findall(r"\b([RCAD][0-9]+|INPUT|PAST|WORD)\b", text))
    for first, last in re.findall(r"\bR([0-9]+)-R([0-9]+)\b", text):
        named |= {f"R{number}" for number in range(int(first), int(last) + 1)}

    assert named == set(RULES)


def test_the_registration_in_the_documentation_is_in_order():
    text = page("reference/registration-file.md").split("```yaml\n")[1].split("```")[0]

    assert parse_registration(text, name="docs").registration.registration == "urenportaal"


def test_the_settings_in_the_documentation_are_in_order(tmp_path):
    text = page("reference/status.md").split("```toml\n")[1].split("```")[0]
    (tmp_path / "koppeling.toml").write_text(text, encoding="utf-8")

    assert load_settings(tmp_path).policies["own"].green.valid_months == 24
