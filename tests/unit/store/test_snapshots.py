from datetime import UTC, datetime, timedelta

from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.store.snapshots import newest_snapshot, save_snapshot, snapshot_folder

AT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def a_snapshot(**values):
    return Snapshot(**{"version": "8.0.12", "taken_at": AT, "get": {}, "update": {}, **values})


def test_the_last_one_taken_is_the_newest_whatever_its_version(tmp_path):
    folder = snapshot_folder(tmp_path, "demo")
    save_snapshot(folder, a_snapshot(version="9.0.3"))
    last = save_snapshot(folder, a_snapshot(taken_at=AT + timedelta(seconds=1)))

    assert newest_snapshot(folder) == last
    assert last.parent == tmp_path / "snapshots" / "demo"


def test_nothing_is_known_of_an_environment_that_was_never_seen(tmp_path):
    assert newest_snapshot(snapshot_folder(tmp_path, "demo")) is None


def test_a_version_cannot_lead_out_of_the_folder(tmp_path):
    path = save_snapshot(tmp_path, a_snapshot(version="../../9"))

    assert path.parent == tmp_path
    assert path.is_file()
