"""Each result as it stands in the files of a run, made before the run is over.

What a file says of a result follows from that result alone, and a run waits most of its time. So a
result is put into its forms when it is there, and the files are put together of them.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from koppeling_harness.document import Json, dump_json, laid_out_pieces, members
from koppeling_harness.model.run import RunRecord, ScenarioResult
from koppeling_harness.report.ctrf import ctrf_test
from koppeling_harness.report.junit import JunitDialect, junit_case
from koppeling_harness.report.result import Form
from koppeling_harness.report.run_page import passed_row

_FORMS: Mapping[str, Form] = {
    "run.json": lambda _integration, _release, result: dump_json(result),
    "ctrf.json": ctrf_test,
    "junit.xml": partial(junit_case, dialect=JunitDialect.STRICT),
    "index.html": passed_row,
}

_ROOM = 8 * 1024 * 1024
"""Characters that are held at most: of some three thousand results."""


class ResultForms:
    """The forms of results, by the name of the file that each is for."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[ScenarioResult, Mapping[str, str]]] = {}
        self._room = _ROOM

    def make(self, integration: str, release: str, result: ScenarioResult) -> None:
        """Make all forms of a result, unless there is no room for more."""
        if self._room <= 0:
            return
        forms = {name: form(integration, release, result) for name, form in _FORMS.items()}
        self._room -= sum(len(each) for each in forms.values())
        self._made[id(result)] = result, forms

    def of(self, name: str) -> Form:
        """Return what gives the form for a file: as it was made, or made now.

        A result that was changed since is another one, and made anew.
        """

        def form(integration: str, release: str, result: ScenarioResult) -> str:
            made = self._made.get(id(result))
            return made[1][name] if made else _FORMS[name](integration, release, result)

        return form


def record_pieces(record: RunRecord, line_of: Form) -> Iterator[str]:
    """Yield piece by piece what `dump_json` returns of a run for people.

    Args:
        record: The run.
        line_of: Gives the line of a result.
    """
    whole = members(record) | {
        "integrations": (
            members(each)
            | {
                "results": (
                    Json(line_of(each.id, record.erp.label, result)) for result in each.results
                )
            }
            for each in record.integrations
        )
    }
    return laid_out_pieces(whole, levels=4)
