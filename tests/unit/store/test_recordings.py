from koppeling_harness.store.recordings import newest_recordings, recording_file


def a_recording(reports, run, integration, scenario):
    path = recording_file(reports / run, integration, scenario)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")
    return path


def test_the_newest_run_that_has_any_tells(tmp_path):
    a_recording(tmp_path, "20261120T080000Z-aa", "uren", "a")
    newest = [a_recording(tmp_path, "20261121T080000Z-bb", "uren", each) for each in ("a", "b")]
    a_recording(tmp_path, "20261122T080000Z-cc", "winkel", "a")

    assert newest_recordings(tmp_path, "uren") == tuple(newest)
    assert newest_recordings(tmp_path, "boek") == ()
    assert newest_recordings(tmp_path / "absent", "uren") == ()


def test_a_generic_scenario_is_kept_by_its_operation(tmp_path):
    assert recording_file(tmp_path, "uren", "retry.after[push]") == (
        tmp_path / "traffic" / "uren" / "retry.after.push.har"
    )
