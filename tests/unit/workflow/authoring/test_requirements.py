from pathlib import Path

from support.requirements_page import requirements_page

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "requirements.md"


def test_the_page_lists_every_requirement_as_the_registry_has_it():
    assert PAGE.read_text(encoding="utf-8") == requirements_page()
