import pickle

import pytest

from koppeling_harness.model.result_id import ResultId


@pytest.mark.parametrize(
    ("id_", "text", "recording"),
    [
        (ResultId("retry.after", "push"), "retry.after[push]", "traffic/uren/retry.after.push.har"),
        (ResultId("retry.after"), "retry.after", "traffic/uren/retry.after.har"),
        (ResultId("retry.after", None), "retry.after", "traffic/uren/retry.after.har"),
    ],
)
def test_the_id_of_a_result_is_its_text_and_names_its_recording(id_, text, recording):
    again = ResultId.read(text)

    assert id_ == text == again
    assert (again.scenario, again.operation) == (id_.scenario, id_.operation)
    assert id_.recording("uren") == again.recording("uren") == recording
    assert pickle.loads(pickle.dumps(id_)).operation == id_.operation
    assert ResultId.read(id_) is id_
