import json
import os
from pathlib import Path

import pytest

from koppeling_harness.document import KeptReadings, read_yaml
from koppeling_harness.errors import DocumentError

TEXT = """\
scenario: a.b
given:
  - insert: KnSubject
    fields: {StId: 1, Am: 2.50, Ds: "é 1", On: true, Off: null}
"""


def read(text, folder, name="set"):
    with KeptReadings(folder, name) as kept:
        return read_yaml(text, name="a.yaml", kept=kept)


def lines(folder):
    (file,) = folder.iterdir()
    return file.read_text().splitlines()


def plant(folder, data):
    """Have the file say of its only document that it holds something else."""
    (file,) = folder.iterdir()
    digest, _, rest = file.read_text().partition(" ")
    file.write_text(f"{digest} {json.dumps([data, json.loads(rest)[1]])}\n")


def test_a_document_means_the_same_whether_it_is_parsed_or_kept(tmp_path):
    fresh = read_yaml(TEXT, name="a.yaml")
    for _ in range(2):
        source = read(TEXT, tmp_path)
        assert source.data == fresh.data
        assert type(source.data["given"][0]["fields"]["Am"]) is float
        for path in [(), ("scenario",), ("given", 0), ("given", 0, "fields", "Ds")]:
            assert source.place(path) == fresh.place(path)
        assert source.place(("given", 0, "fields"), key=True) == "a.yaml:4:5"
        assert source.raw == fresh.raw


def test_a_text_that_was_read_before_is_not_parsed_again(tmp_path):
    read(TEXT, tmp_path)
    plant(tmp_path, {"as": "kept"})
    assert read(TEXT, tmp_path).data == {"as": "kept"}


def test_a_changed_text_is_parsed(tmp_path):
    read(TEXT, tmp_path)
    plant(tmp_path, {"as": "kept"})
    assert read(TEXT.replace("a.b", "a.c"), tmp_path).data["scenario"] == "a.c"


def test_another_set_has_a_file_of_its_own(tmp_path):
    read(TEXT, tmp_path, "one")
    plant(tmp_path, {"as": "kept"})
    assert read(TEXT, tmp_path, "other").data["scenario"] == "a.b"
    assert read(TEXT, tmp_path, "one").data == {"as": "kept"}


def test_what_is_not_asked_for_any_more_goes_when_something_new_comes(tmp_path):
    first, second, third = (TEXT.replace("a.b", name) for name in ("a.1", "a.2", "a.3"))
    with KeptReadings(tmp_path, "set") as kept:
        for text in (first, second):
            read_yaml(text, name="a.yaml", kept=kept)
    before = lines(tmp_path)
    read(first, tmp_path)
    assert lines(tmp_path) == before
    with KeptReadings(tmp_path, "set") as kept:
        for text in (second, third):
            read_yaml(text, name="a.yaml", kept=kept)
    after = lines(tmp_path)
    assert len(after) == 2
    assert before[1] in after


def test_a_set_that_was_written_a_month_ago_is_forgotten(tmp_path):
    for days in (31, 29):
        before = set(tmp_path.iterdir())
        read(TEXT, tmp_path, f"{days} days ago")
        (file,) = set(tmp_path.iterdir()) - before
        written = file.stat().st_mtime - days * 24 * 3600
        os.utime(file, (written, written))
    recent = file
    read(TEXT, tmp_path, "today")
    assert recent in set(tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == 2


def test_a_document_with_problems_is_not_kept(tmp_path):
    for text in ("a: [", "a: 1\na: 2\n", "a: 007\n", "a: &x 1\n"):
        with pytest.raises(DocumentError):
            read(text, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"", b"0 1\n", b'{"a": 1}\n'])
def test_a_damaged_file_is_made_anew(tmp_path, damage):
    read(TEXT, tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert read(TEXT, tmp_path).data["scenario"] == "a.b"
    assert file.read_bytes() == whole


def test_a_line_that_was_cut_off_is_made_anew(tmp_path):
    read(TEXT, tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-30])
    assert read(TEXT, tmp_path).data["scenario"] == "a.b"
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_everything_is_read(tmp_path):
    nowhere = tmp_path / "file" / "below"
    (tmp_path / "file").write_text("in the way")
    assert read(TEXT, nowhere).data["scenario"] == "a.b"
    assert read(TEXT, Path(os.devnull)).data["scenario"] == "a.b"
    assert read(TEXT, None).data["scenario"] == "a.b"
