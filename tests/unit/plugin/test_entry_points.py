"""That a quick look for installed plugins never misses one that the standard would find."""

import importlib.abc
import importlib.metadata
import sys
import zipfile
from importlib.machinery import PathFinder

import pytest

from koppeling_harness.plugin.entry_points import ENTRY_POINTS, announced, package_folder

FILE = f"[{ENTRY_POINTS}]\nacme = acme_uren\n"
METADATA = "Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n"


def names():
    return {each.name for each in announced()}


@pytest.mark.parametrize("folder", ["acme-1.2.dist-info", "acme.egg-info", "Acme-1.2.Dist-Info"])
def test_one_that_is_installed_is_found(tmp_path, monkeypatch, folder):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "METADATA").write_text(METADATA)
    (tmp_path / folder / "PKG-INFO").write_text(METADATA)
    (tmp_path / folder / "entry_points.txt").write_text(FILE)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert "acme" in names()


def test_one_in_the_working_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "acme-1.2.dist-info").mkdir()
    (tmp_path / "acme-1.2.dist-info" / "METADATA").write_text(METADATA)
    (tmp_path / "acme-1.2.dist-info" / "entry_points.txt").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")

    assert "acme" in names()


def test_one_in_an_archive_is_found(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "acme.zip", "w") as archive:
        archive.writestr("acme-1.2.dist-info/METADATA", METADATA)
        archive.writestr("acme-1.2.dist-info/entry_points.txt", FILE)
    monkeypatch.syspath_prepend(str(tmp_path / "acme.zip"))

    assert "acme" in names()


def test_one_that_another_finder_knows_of_is_found(monkeypatch):
    class Distribution(importlib.metadata.Distribution):
        def read_text(self, filename):
            return {"METADATA": METADATA, "entry_points.txt": FILE}.get(filename)

        def locate_file(self, path):
            return path

    class Finder(importlib.abc.MetaPathFinder):
        def find_distributions(self, context=None):
            return [Distribution()]

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])

    assert "acme" in names()


def test_nothing_is_asked_where_nothing_is_announced(tmp_path, monkeypatch):
    (tmp_path / "other-1.0.dist-info").mkdir()
    (tmp_path / "other-1.0.dist-info" / "entry_points.txt").write_text("[other]\na = b\n")
    (tmp_path / "silent-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "gone")])
    # without what other libraries add once they are imported, such as `importlib_metadata`
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    monkeypatch.setattr(importlib.metadata, "entry_points", _asked)

    assert names() == set()


def _asked(**_):
    message = "the slow way was taken"
    raise AssertionError(message)


@pytest.mark.parametrize("outer", ["raise SystemExit(0)", "raise RuntimeError", "1 / 0", "x = ("])
def test_a_package_is_found_without_importing_it_or_what_it_lies_in(tmp_path, monkeypatch, outer):
    inner = tmp_path / "acme_outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "acme_outer" / "__init__.py").write_text(outer)
    (inner / "__init__.py").write_text(outer)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert package_folder("acme_outer.inner") == inner
    assert package_folder("acme_outer") == tmp_path / "acme_outer"
    assert not {"acme_outer", "acme_outer.inner"} & set(sys.modules)


def test_a_module_and_a_package_without_init_are_found(tmp_path, monkeypatch):
    (tmp_path / "acme_space" / "certification").mkdir(parents=True)
    (tmp_path / "acme_alone.py").write_text("raise SystemExit(0)")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert package_folder("acme_space.certification") == tmp_path / "acme_space" / "certification"
    assert package_folder("acme_alone") == tmp_path


@pytest.mark.parametrize("name", ["acme_absent", "json.absent", "json.decoder.absent", ""])
def test_a_package_that_is_not_there_is_told(name):
    with pytest.raises(ImportError):
        package_folder(name)
