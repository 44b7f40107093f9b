"""AFAS's own export of a GetConnector is read; a damaged one is told, and never breaks a reader."""

import random
import struct
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from koppeling_harness.document.gcn import is_gcn, read_gcn
from koppeling_harness.errors import DocumentError
from support.gcn_file import MARK, Export, Field, gcn, inner, outer, projects, zipped

AFAS = sorted((Path(__file__).parents[4] / "shared" / "data" / "gcn" / "synthetic").glob("*.gcn"))


def refused(content):
    with pytest.raises(DocumentError) as caught:
        read_gcn(content, name="x.gcn")
    return [each.message for each in caught.value.problems]


def test_the_fields_come_under_their_own_names_with_where_they_really_are():
    found = read_gcn(gcn(projects()), name="x.gcn")
    assert found.id == "Voorbeeld_Projecten"
    assert found.names == ("projectcode", "omschrijving", "klant")
    assert [(each.table, each.field, each.path) for each in found.view.fields] == [
        ("PtPrj", "PrId", "Prj"),
        ("PtPrj", "Ds", "Prj"),
        ("PtPrj", "DbId", "Prj"),
    ]
    assert (found.view.main_table, found.view.tables) == ("PtPrj", ("AfasPtProject",))


def test_hidden_fields_functions_and_aggregates_are_known_and_not_shown():
    hidden = Field("Aut_Prj", "", "Prj", "EmId", "Prj", {"FixedField": "1"})
    summed = Field("U004", "uren", "Prj", "Qu", "Prj", {"AggFunc": 2, "SQLFunctionId": "Maand"})
    export = projects()
    export.fields.append(summed)
    export.hidden.append(hidden)
    export.view = {"Grouping": "1"}
    view = read_gcn(gcn(export), name="x.gcn").view
    assert (view.is_grouped, view.has_filter) == (True, False)
    assert (view.fields[3].aggregate, view.fields[3].function) == (2, "Maand")
    assert (view.fields[4].name, view.fields[4].is_fixed) == ("", True)


def test_tables_and_selects_are_counted_in_the_view_itself_and_not_in_comments():
    export = projects()
    export.sql = (
        "if exists (select * from sysobjects)\r\ndrop view dbo.X\r\nGO\r\ncreate  view X as\r\n"
        "/* SELECT a FROM AfasPtOld */ SELECT Prj.A, '(x)' -- FROM AfasPtOlder\r\n"
        "FROM AfasPtProject Prj\r\nLEFT JOIN AfasKnRelation R ON R.A = Prj.A\r\n"
        "JOIN AfasPtProject P2 ON 1=1 WHERE Prj.B = (SELECT max(B) FROM AfasPtStage)/*QWWhereAdd*/"
    )
    view = read_gcn(gcn(export), name="x.gcn").view
    assert view.tables == ("AfasPtProject", "AfasKnRelation", "AfasPtProject", "AfasPtStage")
    assert view.selects == 2


def test_texts_of_a_statement_may_hold_what_looks_like_its_end():
    export = projects()
    export.view = {"Description": "It's, (he said) ); -- 'x'\r\nand more"}
    assert read_gcn(gcn(export), name="x.gcn").description.startswith("It's, (he said) ); -- 'x'")


def test_a_file_is_known_by_its_first_bytes():
    assert is_gcn(gcn(projects()))
    assert not is_gcn(b'{"openapi": "3.0.1"}')


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "the file: byte 0: a type of 2 bytes, and 0 are left"),
        (b"hello, this is a text", "the file: byte 0: type 6568, expected one of 0003"),
        (gcn(projects())[:-1], "and 1 are left"),
        (gcn(projects()) + b"\0", "1 bytes after the end"),
        (struct.pack("<HHii", 0x200C, 1, 2**31 - 1, 0), "2147483647 elements from 0"),
        (struct.pack("<HHii", 0x200C, 1, -5, 0), "-5 elements from 0"),
        (struct.pack("<HHii", 0x200C, 1, 0, 0), "found 0 values, expected 17"),
        (struct.pack("<HHii", 0x200C, 1, 1, 0) * 400 + b"\3\0", "more than 16 arrays"),
        (outer("X", zipped(b"..."), kind=9), "a definition of kind 9, expected a GetConnector"),
        (outer("X", b"PK no zip"), "the ZIP in it cannot be read"),
        (outer("X", zipped(b"...", entry="Other")), "expected one, ExternalData"),
        (outer("X", zipped(b"...")), "the entry ExternalData: byte 0: expected the mark 15 D2"),
        (outer("X", zipped(MARK)), "byte 16: a type of 1 bytes, and 0 are left"),
        (outer("X", zipped(MARK + b"\0\0\x02\1\0\0\0")), "a type of 1 bytes"),
        (outer("X", zipped(MARK + b"\0\0\x0b")), "byte 18: type 0B, expected one of 00, 02"),
        (outer("X", zipped(MARK + b"\0\0\x09" + b"\xff" * 9)), "a length of more than 5 bytes"),
        (outer("X", zipped(MARK + b"\0\0\x09\2\xc3\x28")), "byte 20: expected UTF-8 text"),
    ],
)
def test_what_is_wrong_is_told_with_its_byte_and_what_was_expected(content, expected):
    assert expected in refused(content)[0]


def test_every_value_of_another_kind_is_told_at_once():
    values = b"".join(struct.pack("<Hi", 3, each) for each in range(17))
    found = refused(struct.pack("<HHii", 0x200C, 1, 17, 0) + values)
    assert len(found) == 13
    assert found[0] == "value 1 is not a text, as expected"


def test_every_name_that_cannot_be_one_is_told_at_once():
    export = projects("Mijn connector")
    export.fields += [Field("U004", "klant", "Prj", "Ds", "Prj")]
    export.fields += [Field("U005", "x" * 129, "Prj", "Ds", "Prj")]
    found = refused(gcn(export))
    assert [each.split(" ")[0] for each in found] == ["the", "2", "a"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("drop table AfasMdView", "statement 6: expected an insert of values"),
        ("insert X (A) values ('open", "statement 6, character 22: expected NULL"),
        ("insert X (A) values (1); delete X", "statement 6, character 24: expected its end"),
        ("insert X (A, B) values (1)", "statement 6: 2 columns and 1 values"),
        ("insert X (A) values (getdate())", "statement 6, character 22: expected NULL"),
    ],
)
def test_a_statement_is_read_as_values_and_nothing_else(statement, expected):
    export = projects()
    export.more = [statement]
    assert expected in refused(gcn(export))[0]


def test_a_file_that_unpacks_to_very_much_is_refused_quickly():
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ExternalData", b"A" * (64 * 1024 * 1024))
    began = time.perf_counter()
    assert "unpacks to more than" in refused(outer("X", held.getvalue()))[0]
    assert time.perf_counter() - began < 5


def test_an_encrypted_entry_is_told():
    packed = bytearray(zipped(inner(projects())))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert refused(outer("X", bytes(packed)))[0].endswith("the entry ExternalData is encrypted")


def test_comments_without_an_end_take_no_time():
    export = projects()
    export.sql = "CREATE VIEW X AS " + "/*" * 300_000
    began = time.perf_counter()
    assert read_gcn(gcn(export), name="x.gcn").view.selects == 0
    assert time.perf_counter() - began < 5


def damaged(rng, whole):
    """Return a file with some damage: bytes altered, cut out or put in, outside or inside."""
    content = bytearray(whole)
    for _ in range(rng.choice((1, 1, 1, 2, 5, 40))):
        at = rng.randrange(len(content))
        match rng.randrange(4):
            case 0:
                content[at] ^= 1 << rng.randrange(8)
            case 1:
                content[at] = rng.choice((0, 1, 2, 8, 9, 10, 0x7F, 0x80, 0xFF))
            case 2:
                del content[at : at + rng.choice((1, 2, 4, 100))]
            case _:
                content[at:at] = rng.randbytes(rng.choice((1, 4, 30)))
        content = content or bytearray(b"\0")
    return bytes(content)


def read_damaged(count, seed):
    """Read damaged files; return how many were read all the same, and how many were told."""
    rng = random.Random(seed)
    sources = [projects(), Export(name="Leeg", fields=[Field("A", "b", "T", "F", "P")])]
    read = told = 0
    for _ in range(count):
        export = rng.choice(sources)
        if rng.random() < 0.5:
            content = damaged(rng, gcn(export))
        else:  # whole outside, so that what is inside is reached
            content = outer(export.name, zipped(damaged(rng, inner(export))))
        try:
            read_gcn(content, name="x.gcn")
            read += 1
        except DocumentError as error:
            told += all(0 < len(each.message) < 400 and each.hint for each in error.problems)
    return read, told


def test_damaged_files_are_told_and_nothing_breaks():
    read, told = read_damaged(400, seed=1)
    assert read + told == 400
    assert told > read


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_thousand_damaged_files_break_nothing():
    read, told = read_damaged(10_000, seed=2)
    assert read + told == 10_000


@pytest.mark.skipif(not AFAS, reason="no samples of AFAS's form in ../shared/data/gcn")
@pytest.mark.parametrize("path", AFAS, ids=lambda path: path.stem)
def test_samples_of_the_form_are_read(path):
    assert read_gcn(path.read_bytes(), name=str(path)).names
