"""A folder on its way to another machine."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.plugin.folder_digest import files_of, folder_digest
from koppeling_harness.workflow.cluster.parcel import lay_out, packed


def test_what_arrives_is_the_same_integration(tmp_path: Path):
    there = tmp_path / "there"
    here = tmp_path / "here"
    (here / "lib").mkdir(parents=True)
    (here / "koppeling.yaml").write_text("id: a")
    (here / "lib" / "run.sh").write_text("#!/bin/sh")
    (here / "lib" / "run.sh").chmod(0o755)
    (here / "link").symlink_to("koppeling.yaml")

    parcel = packed(here, files_of(here))
    lay_out(parcel, there)

    assert folder_digest(there) == folder_digest(here)
    assert parcel == packed(here, files_of(here))
    if sys.platform != "win32":
        assert (there / "lib" / "run.sh").stat().st_mode & 0o111


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", "C:/out"])
def test_nothing_is_laid_out_elsewhere(tmp_path: Path, name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parcel:
        parcel.writestr(name, "x")

    with pytest.raises(ConfigurationError, match="refused"):
        lay_out(content.getvalue(), tmp_path / "there")
    assert not (tmp_path / "out").exists()


def test_what_is_no_parcel_is_told(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot be laid out"):
        lay_out(b"nothing", tmp_path)
