import os
from pathlib import Path
from types import ModuleType

import pytest

from koppeling_harness import document, model
from koppeling_harness.document import KeptDocuments, code_of

NAME, TEXT, LINE = "a.yaml", 'title: "één"\n', '{"title":"één"}'


def keep(folder, *, name="set", code="1", text=TEXT, line=LINE):
    with KeptDocuments(folder, name, code=code) as kept:
        kept.keep(NAME, text, line, text=text)


def found(folder, *, name="set", code="1", document=NAME, text=TEXT):
    with KeptDocuments(folder, name, code=code) as kept:
        return kept.find(document, text)


def lines(folder):
    (file,) = folder.iterdir()
    return file.read_text(encoding="utf-8").splitlines()


def test_what_was_kept_of_a_document_is_found_again(tmp_path):
    keep(tmp_path / "made" / "anew")
    assert found(tmp_path / "made" / "anew") == LINE


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's cache apart itself")
def test_nobody_else_reads_what_was_kept(tmp_path):
    keep(tmp_path / "documents")
    assert (tmp_path / "documents").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "other", [{"text": "title: x\n"}, {"document": "b.yaml"}, {"code": "2"}, {"name": "other"}]
)
def test_another_text_file_code_or_set_is_not_mistaken_for_it(tmp_path, other):
    keep(tmp_path)
    assert found(tmp_path, **other) is None
    assert found(tmp_path) == LINE


def test_what_is_not_asked_for_any_more_goes_when_something_new_comes(tmp_path):
    with KeptDocuments(tmp_path, "set", code="1") as kept:
        for text in ("first", "second"):
            kept.keep(NAME, text, text.upper(), text=text)
    before = lines(tmp_path)
    assert found(tmp_path, text="first") == "FIRST"
    assert lines(tmp_path) == before
    with KeptDocuments(tmp_path, "set", code="1") as kept:
        assert kept.find(NAME, "second") == "SECOND"
        kept.keep(NAME, "third", "THIRD", text="third")
    assert [line.split(" ", 2)[2] for line in lines(tmp_path)] == ["THIRD", "SECOND"]


def test_a_line_of_which_a_letter_changed_is_not_taken(tmp_path):
    keep(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace(LINE, LINE.swapcase()))
    assert found(tmp_path) is None


def test_what_is_kept_anew_takes_the_place_of_what_was_found(tmp_path):
    keep(tmp_path, line="damaged")
    with KeptDocuments(tmp_path, "set", code="1") as kept:
        assert kept.find(NAME, TEXT) == "damaged"
        kept.keep(NAME, TEXT, LINE, text=TEXT)
    assert found(tmp_path) == LINE
    assert len(lines(tmp_path)) == 1


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"", b"0 1\n", b"{}\n\n \n"])
def test_a_damaged_file_is_as_good_as_none(tmp_path, damage):
    keep(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert found(tmp_path) is None
    keep(tmp_path)
    assert found(tmp_path) == LINE


def test_where_nothing_can_be_kept_nothing_is_found(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file" / "below", Path(os.devnull), None):
        keep(folder)
        assert found(folder) is None


def test_a_set_that_was_written_a_month_ago_is_forgotten(tmp_path):
    for days in (31, 29):
        before = set(tmp_path.iterdir())
        keep(tmp_path, name=f"{days} days ago")
        (file,) = set(tmp_path.iterdir()) - before
        written = file.stat().st_mtime - days * 24 * 3600
        os.utime(file, (written, written))
    recent = file
    keep(tmp_path, name="today")
    assert recent in set(tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 2


def a_package(init: Path) -> ModuleType:
    package = ModuleType("some_code")
    package.__file__ = str(init)
    return package


def test_code_is_another_when_a_file_of_it_was_written(tmp_path):
    package = a_package(tmp_path / "__init__.py")
    for name in ("__init__", "one"):
        (tmp_path / f"{name}.py").write_text("x = 1\n")
    before = code_of(package)
    assert code_of(package) == before
    (tmp_path / "one.py").write_text("x = 2; y = 3\n")
    assert code_of(package) != before
    assert code_of(document) != code_of(document, model)


def test_of_code_that_cannot_be_looked_at_nothing_is_kept(tmp_path):
    loop = tmp_path / "loop.py"
    loop.symlink_to(loop)
    code = code_of(a_package(tmp_path / "__init__.py"))
    assert code == ""
    keep(tmp_path / "cache", code=code)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "text",
    [
        "title: <token><version>1</version><data>0F1E</data></token>",
        f"title: {b'<token><version>1</version><data>0F1E2D'.hex()}",
        "title: PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24+PGRhdGE+MEYxRTJE",
    ],
)
def test_nothing_is_kept_of_a_document_that_may_have_a_token_in_it(tmp_path, text):
    with KeptDocuments(tmp_path, "set", code="code") as kept:
        kept.keep(NAME, "digest", LINE, text=text)
    assert not list(tmp_path.iterdir())
