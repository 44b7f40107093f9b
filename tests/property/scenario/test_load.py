"""Whatever a file holds, it is read or refused as a document with problems at places."""

import json
import re
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.errors import DocumentError
from koppeling_harness.scenario.load import load_scenario

GOOD = {
    "scenario": "one",
    "title": {"nl": "Titel", "en": "Title"},
    "level": "required",
    "proves": ["test"],
    "values": {"a": "${unique(3)}"},
    "given": [{"insert": "PtProject", "fields": {"A": "${values.a}"}, "save": {"b": "body.x"}}],
    "when": [{"operation": "sync", "input": {"b": "${b}"}, "expect": {"ok": True}}],
    "faults": [{"fault": "status", "status": 503, "calls": "1"}],
    "then": [{"get": "X", "expect": {"rows": {"$each": {"A": {"$regex": "^a"}}}}}],
}
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "${", "${b}"])
NAMES = st.sampled_from(
    ["operation", "get", "expect", "save", "$each", "$regex", "place", "fault", "calls", "x"]
)
RUBBISH = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def load(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.scenario.yaml"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            load_scenario(path)
        except DocumentError as error:
            return error.problems
    return ()


@given(st.data())
def test_a_scenario_with_rubbish_somewhere_is_read_or_refused_with_places(data):
    whole = json.loads(json.dumps(GOOD))
    node = whole
    for _ in range(data.draw(st.integers(0, 4))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        inner = [key for key in keys if isinstance(node[key], (dict, list)) and node[key]]
        if not inner:
            break
        node = node[data.draw(st.sampled_from(inner))]
    key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(RUBBISH)

    for problem in load(json.dumps(whole)):
        assert re.search(r"yaml:\d+:\d+$", problem.where)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused(text):
    assert load(text)


@given(st.lists(st.sampled_from([*"-:[]{}&*!|>'\"#%@,? \n", "a", "when", "scenario"]), max_size=30))
def test_any_punctuation_is_read_or_refused(pieces):
    assert load("".join(pieces))
