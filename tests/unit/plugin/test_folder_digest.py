"""That a folder is read within limits, and that nothing in it that is no file is opened."""

import os
import socket
import sys

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.plugin import folder_digest as module
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.folder_digest import folder_digest
from support.plugins import a_plugin

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.txt").write_text("a")
    return tmp_path / "own"


@POSIX
@pytest.mark.parametrize("linked", [True, False])
def test_a_pipe_is_named_and_not_opened(folder, tmp_path, linked):
    pipe = (tmp_path if linked else folder) / "pipe"
    os.mkfifo(pipe)
    if linked:
        (folder / "pipe").symlink_to(pipe)
    with pytest.raises(ConfigurationError, match="pipe: expected a file, found a pipe"):
        folder_digest(folder)


@POSIX
def test_a_device_is_named_and_not_read(folder):
    (folder / "model.bin").symlink_to("/dev/zero")
    with pytest.raises(ConfigurationError, match=r"model\.bin: expected a file, found a device"):
        folder_digest(folder)


@POSIX
def test_a_socket_is_named(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as own:
        own.bind("s")
        with pytest.raises(ConfigurationError, match="s: expected a file, found a socket"):
            folder_digest(folder)


@POSIX
def test_links_that_lead_nowhere_or_round_count_with_their_own_text(folder):
    (folder / "gone").symlink_to("missing")
    (folder / "round").symlink_to("round")
    (folder / "up").symlink_to("..", target_is_directory=True)
    first = folder_digest(folder)
    (folder / "gone").unlink()
    (folder / "gone").symlink_to("missing-too")
    assert folder_digest(folder) != first


@POSIX
def test_a_link_counts_with_the_content_of_its_file(folder, tmp_path):
    (tmp_path / "shared.py").write_text("one")
    (folder / "shared.py").symlink_to(tmp_path / "shared.py")
    first = folder_digest(folder)
    (tmp_path / "shared.py").write_text("two")
    assert folder_digest(folder) != first


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("MOST_FILES", 3, "at most 3 files"),
        ("MOST_BYTES", 10, "GiB in all"),
        ("MOST_LEVELS", 2, "at most 2 folders in one another"),
    ],
)
def test_a_folder_has_limits(folder, monkeypatch, limit, value, told):
    deep = folder
    for name in "xyz":
        deep = deep / name
        deep.mkdir()
        (deep / "file").write_text("content")
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(ConfigurationError, match=told):
        folder_digest(folder)


@POSIX
def test_one_that_cannot_be_read_does_not_hide_another(tmp_path):
    bad, good = tmp_path / "bad", tmp_path / "good"
    a_plugin(bad)
    a_plugin(good)
    os.mkfifo(bad / "pipe")

    found = discover([tmp_path], entry_points=False)

    assert len(found.integrations) == 1
    assert [each.name for each in found.set_aside] == ["bad"]
    assert "pipe" in found.set_aside[0].problem


RUN = "reports/20261201T051634Z-17cdf1"
OF_A_RUN = ("run.json", "index.html", "traffic/tiny/read.har", "results.jsonl", "evidence.tsr")


def written(folder, name, content="{}"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)


def test_what_runs_left_in_it_does_not_make_it_another(folder):
    first = folder_digest(folder)
    for name in ("reports/latest.json", *(f"{RUN}/{each}" for each in OF_A_RUN)):
        written(folder, name)
    assert folder_digest(folder) == first


@pytest.mark.parametrize(
    "name",
    [
        "reports/monthly.py",
        f"{RUN}/main.py",
        f"{RUN}/traffic/main.mjs",
        "reports/other/run.json",
        f"inside/{RUN}/run.json",
    ],
)
def test_a_program_that_is_hidden_among_reports_counts(folder, name):
    written(folder, "reports/latest.json")
    written(folder, f"{RUN}/run.json")
    first = folder_digest(folder)
    written(folder, name, "a = 1")
    assert folder_digest(folder) != first
