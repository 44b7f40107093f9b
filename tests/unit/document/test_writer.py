import json
import math
from datetime import date

import pytest

from koppeling_harness.document import dump_json, laid_out
from koppeling_harness.document.writer import plain
from koppeling_harness.model.shape import Text

DATA = {"a": {"b": {"c": [1, 2]}}, "é": [], "list": [{"x": 1}, {"x": None}]}


@pytest.mark.parametrize("levels", [0, 1, 2, 3, 9])
def test_the_upper_levels_stand_on_lines_of_their_own_and_all_of_it_is_json(levels):
    text = laid_out(DATA, levels=levels)

    assert json.loads(text) == DATA
    assert laid_out(DATA, levels=9) == json.dumps(DATA, indent=1, ensure_ascii=False)


def test_what_lies_deeper_stands_on_one_line():
    assert laid_out(DATA, levels=2).splitlines()[2] == '  "b": {"c": [1, 2]}'


def test_a_value_without_indent_stands_on_one_line():
    assert dump_json(Text(nl="één", en="one")) == '{"nl": "één", "en": "one"}'


@pytest.mark.parametrize("levels", [0, 1, 9])
def test_a_number_that_json_does_not_know_is_null(levels):
    text = laid_out({"a": [math.inf, 1.5, frozenset({date(2026, 5, 1)})]}, levels=levels)

    assert json.loads(text) == {"a": [None, 1.5, ["2026-05-01"]]}


@pytest.mark.parametrize("write", [plain, dump_json])
def test_what_no_document_holds_is_refused(write):
    with pytest.raises(TypeError, match="set is not a kind of value"):
        write({"a": {1}})
