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


@pytest.mark.parametrize(
    "id_",
    ["x" * 264, "é" * 90, "con", "aux.x", "NUL.push", "a/../../b", 'a:b*?"<>|', "ends.", "a\nb"],
)
def test_a_recording_has_a_name_that_every_file_system_takes(id_):
    path = ResultId(id_).recording("uren")

    folder, name = path.rsplit("/", 1)
    assert folder == "traffic/uren"
    assert len(name.encode()) < 130
    assert not set(name) & set('<>:"/\\|?*\n')
    assert name.split(".")[0].lower() not in {"con", "aux", "nul"}
    assert path != ResultId(f"{id_}x").recording("uren")


def test_an_integration_named_like_a_device_has_a_folder_of_its_own():
    assert ResultId("a").recording("con") != ResultId("a").recording("nul")
    assert ResultId("a").recording("con").split("/")[1] != "con"
