import json

import pytest

from koppeling_harness.model.operation import OperationResult
from koppeling_harness.plugin.answer import read_answer


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("abc\ud83d", r"abc\ud83d"),
        ("\udc00x", r"\udc00x"),
        ("a\ud83d\ud83d\ude00b", "a\\ud83d\U0001f600b"),
        ("whole \U0001f600", "whole \U0001f600"),
        (r"written \ud83d out", r"written \ud83d out"),
        ("back\\\ud83d", "back\\\\ud83d"),
    ],
)
def test_half_a_character_is_written_out_and_costs_nobody_the_answer(given, read):
    answer = read_answer(OperationResult, {"ok": True, "output": given, "error": None}, of="x")

    assert isinstance(answer, OperationResult), answer
    assert answer.output == read
    assert json.dumps(answer.output, ensure_ascii=False).encode()
