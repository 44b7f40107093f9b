"""The page says of each behaviour what the ledger says: as long as nobody looked, never."""

from pathlib import Path

import pytest

from support.parity_page import parity_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "parity.md"


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is in a checkout only")
def test_the_page_is_made_from_the_ledger():
    assert PAGE.read_text(encoding="utf-8") == parity_page()
