"""Reading a page as a person does."""

import re
from collections.abc import Collection

from koppeling_harness.model.result_id import page_name
from koppeling_harness.model.run import RunRecord
from koppeling_harness.report.run_index import run_index_pieces
from koppeling_harness.report.texts import Language


def text_of(page: str) -> str:
    """Return what a reader sees, in both languages, on one line."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    shown = " ".join(re.sub(r"<[^>]+>", " ", body).split())
    return shown.replace("&#39;", "'").replace("&#34;", '"')


def is_harmless(page: str) -> bool:
    """Return whether nothing of the hostile text became markup or kept its control characters."""
    return (
        page.count("<script>") == page.count("</script>") == 1
        and page.count("</style>") == 1
        and "<img" not in page
        and not re.search("[\u202a-\u202e\u2066-\u2069\ufeff\x00\x1b\x9b]", page)
    )


def render_run_index(
    *records: RunRecord, advisory: Collection[str] = (), language: Language = Language.NL
) -> str:
    """Return what `run_index_pieces` yields, with pages by their usual names."""
    pages = {each.id: page_name(each.id) for run in records for each in run.integrations}
    return "".join(run_index_pieces(records, pages=pages, advisory=advisory, language=language))
