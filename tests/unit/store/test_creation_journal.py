import os

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.exchange import Sender
from koppeling_harness.model.journal import Fate, JournalRun, WriteKind
from koppeling_harness.store.creation_journal import (
    CreationJournal,
    abandoned_journals,
    left_for_a_person,
    read_journal,
)

RUN = JournalRun(run_id="r1", environment="T12345AA", started_at="2026-11-25T00:00:00+00:00")


def write(journal, *, connector="PtRealization", keys=(), marks=()):
    return journal.write(
        WriteKind.CREATE,
        sender=Sender.INTEGRATION,
        scenario=("urenportaal", "s"),
        connector=connector,
        keys=tuple(keys),
        marks=marks,
        at="2026-11-25T00:00:01+00:00",
    )


def broken_off(folder):
    """Leave a journal as a process that was killed does."""
    journal = CreationJournal(folder, RUN)
    journal.scenario("urenportaal", "s")
    number = write(journal, marks=["abc123"])
    journal.answer(number, status=201, keys=({"Id": "301"},))
    write(journal, marks=["abc123"])
    journal._lock.release()  # what the system does with the locks of a process that is gone
    return folder / "journal" / "r1.jsonl"


def test_what_was_written_is_on_disk_before_it_is_answered(tmp_path):
    journal = CreationJournal(tmp_path, RUN)
    write(journal, keys=[{"PrId": "P1"}], connector="PtProject")

    [found] = read_journal(tmp_path / "journal" / "r1.jsonl").written

    assert (found.answer, found.element_keys()) == (None, ({"PrId": "P1"},))
    journal.close()


def test_a_line_is_forced_onto_the_disk_before_the_write_goes_on(tmp_path, monkeypatch):
    forced: list[bytes] = []
    journal = CreationJournal(tmp_path, RUN)
    path = tmp_path / "journal" / "r1.jsonl"
    monkeypatch.setattr(os, "fsync", lambda _file: forced.append(path.read_bytes()))
    write(journal, keys=[{"PrId": "P1"}], connector="PtProject")

    assert forced[-1] == path.read_bytes()
    assert b"PtProject" in forced[-1]
    journal.close()


def test_a_run_that_was_cut_off_is_found_with_what_it_left(tmp_path):
    broken_off(tmp_path)

    [found] = abandoned_journals(tmp_path)

    assert found.started == (("urenportaal", "s"),)
    assert [each.element_keys() for each in found.unsettled] == [({"Id": "301"},), ()]
    assert found.unsettled[1].line.marks == ("abc123",)


def test_half_a_line_at_the_end_takes_nothing_else_with_it(tmp_path):
    path = broken_off(tmp_path)
    path.write_bytes(path.read_bytes() + b'{"kind": "answer", "number": 2, "sta')

    journal = CreationJournal(tmp_path, RUN)
    journal.fate(2, Fate.GONE)
    journal.close()

    assert len(read_journal(path).unsettled) == 1


def test_a_run_that_is_still_going_is_left_alone(tmp_path):
    journal = CreationJournal(tmp_path, RUN)
    write(journal)

    assert list(abandoned_journals(tmp_path)) == []
    with pytest.raises(ConfigurationError, match="still being carried out"):
        CreationJournal(tmp_path, RUN)
    journal.close()


def test_a_journal_goes_when_all_is_settled_and_stays_for_a_person_when_something_was_left(
    tmp_path,
):
    path = broken_off(tmp_path)
    journal = CreationJournal(tmp_path, RUN)
    journal.fate(1, Fate.DELETED)
    journal.fate(2, Fate.LEFT, "AFAS deletes none")
    journal.close()

    assert not path.exists()
    [kept] = left_for_a_person(tmp_path)
    assert read_journal(kept).written[1].fate.note == "AFAS deletes none"


def test_a_write_that_was_refused_needs_nothing(tmp_path):
    journal = CreationJournal(tmp_path, RUN)
    journal.answer(write(journal), status=500, keys=())
    journal.close()

    assert list((tmp_path / "journal").glob("*.jsonl")) == []
