"""Text that comes from others, in Markdown."""

import re
from collections.abc import Sequence

from koppeling_harness.report.clean import clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@$])")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, in one line: no links, mentions or markup."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))
    return escaped.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")  # no links of itself


def row(cells: Sequence[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |"
