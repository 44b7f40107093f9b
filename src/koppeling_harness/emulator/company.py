"""The demo company of every environment: small, Dutch, plausible, the same for the same seed.

It holds the hard cases on purpose: prefixes and diacritics in names, a person with two
employments, a birthday on a leap day, negative hours, an employee who left, a blocked period.
"""

import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from koppeling_harness.emulator.company_facts import (
    ACCOUNTS,
    CODES,
    COMPANIES,
    MORE,
    PEOPLE,
    USERS,
    countries,
)
from koppeling_harness.emulator.definition import supplied_names

Row: TypeAlias = tuple[Any, ...]

_START = datetime.fromisoformat("2025-01-06T08:00:00")
_LEDGER_START = datetime.fromisoformat("2025-01-01T00:00:00")
_CREATED = "2025-01-02T09:15:42.187500"
FILE_ID = "5D0C2F7A9B614E3D8A1F0C4B7E926D35"
"""Of the one attachment, the same in every environment, so that an example can name it."""
IMAGE_ID = "A3E81B6C4F2D49709C5E7D1A8B30F246"
"""Of the one image, of an employee and of an article."""


def build(connection: sqlite3.Connection, *, seed: int, rows: int) -> None:
    """Fill the tables of a new environment.

    Args:
        connection: An environment with empty tables.
        seed: Equal seeds make equal companies.
        rows: How many post-calculation lines; other tables that grow follow it.
    """
    chance = random.Random(seed)  # noqa: S311 - an invented company is no secret
    connection.execute("BEGIN")
    _codes(connection)
    _people(connection, chance)
    _companies(connection, chance)
    _articles(connection, chance)
    _projects(connection, chance)
    _orders(connection, chance)
    _ledger(connection, chance, lines=max(120, min(rows, 30_000)))
    if rows:
        _realization(connection, rows, seed)
    # Not after a ledger of any length: the company is the same however many rows it has.
    _subjects(connection, random.Random(f"{seed}.subjects"))  # noqa: S311
    _numbers(connection)
    connection.execute("COMMIT")


def _fill(
    connection: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]] | Any
) -> None:
    marks = ", ".join("?" * len(columns.split(",")))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def _moment(chance: random.Random, days: int) -> str:
    """Return some moment within so many days after the start, with fractions of a second."""
    offset = timedelta(days=chance.randrange(days), microseconds=chance.randrange(36_000_000_000))
    moment = _START + offset
    return moment.isoformat()


def _codes(connection: sqlite3.Connection) -> None:
    pairs = [
        (kind, *pair.split("=", 1)) for kind, text in CODES.items() for pair in text.split("|")
    ]
    rows: list[Row] = [
        (kind, id_, text, 0, MORE.get(kind, {}).get(id_), _CREATED, _CREATED)
        for kind, id_, text in pairs
    ]
    rows += [("country", code, name, 0, None, _CREATED, _CREATED) for code, _, name in countries()]
    rows += [
        ("get_connector", id_, description, 0, None, _CREATED, _CREATED)
        for id_, description in supplied_names()
    ]
    _fill(connection, "code", "kind, id, ds, bl, more, created, modified", rows)
    _fill(
        connection,
        "administration",
        "UnId, Ds, Cd",
        [(1, "Van der Meulen & Zonen B.V.", "VDM"), (2, "Meulen Diensten B.V.", "MDB")],
    )
    _fill(connection, "account", "AcNr, Ds, Type, ColA, VatCode, Axis1, ToPr", ACCOUNTS)
    journals = [("10", "Bank"), ("50", "Inkoop"), ("70", "Verkoop"), ("90", "Memoriaal")]
    _fill(
        connection,
        "journal",
        "UnId, JoCo, Ds, Type",
        [(unit, code, name, name[0]) for unit in (1, 2) for code, name in journals],
    )
    periods = [
        (unit, year, number, int(year == 2024))
        for unit in (1, 2)
        for year in range(2024, 2029)
        for number in range(1, 13)
    ]
    _fill(connection, "period", "UnId, Year, Peri, Blocked", periods)


def _bsn(chance: random.Random) -> str:
    while True:
        digits = [chance.randrange(10) for _ in range(8)]
        rest = sum(d * w for d, w in zip(digits, range(9, 1, -1), strict=True)) % 11
        if rest < 10 and any(digits[:2]):
            return "".join(map(str, [*digits, rest]))


def _iban(chance: random.Random) -> str:
    account = f"INGB{chance.randrange(10**9):010d}"
    number = "".join(str(int(each, 36)) for each in f"{account}NL00")
    return f"NL{98 - int(number) % 97:02d}{account}"


_WITHOUT_ADDRESS = 14
"""The employee who has no address of work yet."""


def _people(connection: sqlite3.Connection, chance: random.Random) -> None:
    for index, (first, initials, prefix, last, gender, born, job, unit, hours) in enumerate(
        PEOPLE, start=1
    ):
        created, changed = _moment(chance, 20), _moment(chance, 300)
        stamps = (created, max(created, changed))
        number = 1000000 + index
        employee = f"{1000 + index:09d}"
        name = " ".join(part for part in (first, prefix, last) if part)
        own = f"{first[0]}.{last}@vandermeulen.example".lower().replace(" ", "").replace("'", "")
        mail = None if index == _WITHOUT_ADDRESS else own
        zip_ = f"{3800 + index * 7} {chr(65 + index)}{chr(66 + index)}"
        _fill(
            connection, "address", "AddressId, PbAd, Ad, HmNr, ZpCd, Rs, CoId, created, modified",
            [(index, 0, "Lindelaan", index * 3, zip_, "Amersfoort", "NL", *stamps)],
        )  # fmt: skip
        _fill(
            connection,
            "relation",
            'BcId, BcCo, kind, SeNm, Nm, FiNm, "In", "Is", LaNm, CaNm, ViGe, ViUs, ViCs, DaBi, '
            "SoSe, TeNr, MbNr, EmAd, EmA2, Adr, Pad, created, modified",
            [(index, str(number), "P", last[:10].upper(), name, first, initials, prefix, last, last,
              gender, "0", "OG", f"{born}T00:00:00", _bsn(chance), f"033-43{index:05d}",
              f"06-{20000000 + index * 1313}", mail, f"{first.lower()}@prive.example", index, index,
              *stamps)],
        )  # fmt: skip
        _fill(
            connection, "employee", "EmId, BcId, ViSe, created, modified",
            [(employee, index, "U" if index == 8 else "I", *stamps)],
        )  # fmt: skip
        _employment(connection, index, employee, (job, unit, hours), stamps)
    _fill(
        connection,
        "profit_user",
        "UsId, Nm, Connector, Bl, created, modified",
        [(*user, 0, _CREATED, _CREATED) for user in USERS],
    )
    # of two employees, the eighth of whom has left: somebody forgot to block this user
    for index in (1, 8):
        connection.execute(
            "INSERT INTO profit_user (UsId, Nm, EmAd, InSi, Bl, BcCo, created, modified) "
            "SELECT '12345.' || upper(substr(r.FiNm, 1, 1) || replace(r.LaNm, ' ', '')), r.Nm, "
            "r.EmAd, 1, 0, r.BcCo, ?, ? FROM relation r WHERE r.BcId = ?",
            (_CREATED, _CREATED, index),
        )
    _fill(connection, "user_group", "GrId, UsId", [("Koppeling", "12345.KOPPELING")])


def _employment(
    connection: sqlite3.Connection,
    index: int,
    employee: str,
    work: tuple[str, str, int],
    stamps: tuple[str, str],
) -> None:
    """Give an employee a contract; the sixth has a second employment, the eighth has left."""
    job, unit, hours = work
    kind = "F" if hours == 40 else "P"
    spans: list[Row] = [("2019-09-01T00:00:00", 1, None, "1")]
    if index == 6:
        spans = [
            ("2016-02-29T00:00:00", 1, "2022-12-31T00:00:00", "2"),
            ("2023-01-01T00:00:00", 2, None, "1"),
        ]
    if index == 8:
        spans = [("2009-05-01T00:00:00", 1, "2025-04-30T00:00:00", "1")]
    for start, number, end, employer in spans:
        _fill(
            connection,
            "contract",
            "EmId, DaBe, DvSn, DaEn, DaEe, CmId, ViEt, EmMt, ApCo, created, modified",
            [(employee, start, number, end, end, employer, kind, "1", "O", *stamps)],
        )
        _fill(
            connection, "orgunit_function", "EmId, DaBe, DvSn, DpId, FuId, CrId, created, modified",
            [(employee, start, number, unit, job, "200", *stamps)],
        )  # fmt: skip
        _fill(
            connection, "timetable", "EmId, DaBg, DvSn, DyWk, HrWk, PcPt, created, modified",
            [(employee, start, number, hours / 8, float(hours), hours * 2.5, *stamps)],
        )  # fmt: skip
    balance = [(employee, 1, "V", 2026, hours * 5, index * 2)]
    _fill(connection, "leave_balance", "EmId, DvSn, ViAt, Year, Entitlement, Taken", balance)
    if index % 4 == 1:
        span = ("2026-07-20T00:00:00", "2026-07-31T00:00:00")
        _fill(
            connection, "absence", "EmId, EnSe, ViAt, DaBe, DaEn, DuRa, LeDt, created, modified",
            [(employee, 1, "V", *span, 80, 0, *stamps)],
        )  # fmt: skip


def _companies(connection: sqlite3.Connection, chance: random.Random) -> None:
    for index, (name, street, house, extra, zip_, city) in enumerate(COMPANIES, start=1):
        created, changed = _moment(chance, 30), _moment(chance, 300)
        stamps = (created, max(created, changed))
        id_, address = 100 + index, 100 + index
        country = "D" if city == "Düsseldorf" else "NL"
        _fill(
            connection,
            "address",
            "AddressId, PbAd, Ad, HmNr, HmAd, ZpCd, Rs, CoId, created, modified",
            [(address, 0, street, house, extra, zip_, city, country, *stamps)],
        )
        _fill(
            connection,
            "relation",
            "BcId, BcCo, kind, SeNm, Nm, CcNr, FiNr, TeNr, EmAd, HoPa, Adr, Pad, created, modified",
            [(id_, str(1000100 + index), "O", name[:10].upper(), name, f"{30000000 + index * 4711}",
              f"{800000000 + index}", f"033-45{index:05d}", f"info@bedrijf{index}.example",
              f"https://bedrijf{index}.example", address, address, *stamps)],
        )  # fmt: skip
        iban = _iban(chance)
        _fill(
            connection, "bank_account", "BcId, Iban, CoId, Bic, created, modified",
            [(id_, iban, "NL", "INGBNL2A", *stamps)],
        )  # fmt: skip
        trade = (id_, "EUR", "30", "1" if country == "NL" else "2", 25000.0, 0, 0, "A", *stamps)
        shape = "BcId, CuId, PaCd, VaDu, Krli, AuPa, Bl, InPv, created, modified"
        if index <= 7:
            _fill(
                connection, "sales_relation", f"DbId, ColA, {shape}",
                [(str(10000 + index), "1300", *trade)],
            )  # fmt: skip
        if index >= 6:
            _fill(
                connection, "purchase_relation", f"CrId, ColA, {shape}",
                [(str(50000 + index), "1600", *trade)],
            )  # fmt: skip
        if index <= len(PEOPLE) // 2:
            _fill(
                connection,
                "contact",
                "CdId, BcOrg, BcPer, ViKc, FuDs, TeNr, EmAd, Bl, created, modified",
                [(index, id_, index + 8, "PRS", "Contactpersoon", f"033-46{index:05d}",
                  f"contact@bedrijf{index}.example", 0, *stamps)],
            )  # fmt: skip


def _articles(connection: sqlite3.Connection, chance: random.Random) -> None:
    shape = (
        "VaIt, ItCd, Ds, BiUn, PrFc, Grp, Bl, BaCo, VaRc, BiSt, BiDc, VaTp, SaPrice, data, "
        "created, modified"
    )
    goods = (
        "Laptop",
        'Monitor 27"',
        "Toetsenbord",
        "Licentie",
        "Bureaustoel",
        "Papier A4",
        "Kabel",
    )
    groups = ("HARD", "HARD", "HARD", "SOFT", "KANT", "KANT", "HARD")
    rows: list[Row] = []
    for index in range(1, 41):
        created, changed = _moment(chance, 60), _moment(chance, 300)
        kind = index % len(goods)
        rows.append(
            ("2", f"A{index:05d}", f"{goods[kind]} model {index}", "STK", 1, groups[kind],
             int(index == 40), f"87100{index:08d}", "1", int(kind != 3), 0, "0",
             round(chance.uniform(5, 900), 2), json.dumps({"InSt": index * 7 % 53 / 2}), created,
             max(created, changed))
        )  # fmt: skip
    work = ("Advies", "Ontwikkeling", "Projectleiding", "Reistijd", "Verlof")
    for index, name in enumerate(work):
        rows.append(
            ("1", str(300 + index), name, "UUR", 1, "DIEN", 0, None, "1", 0, 2, None, 95.0, None,
             _CREATED, _CREATED)
        )  # fmt: skip
    for code, name in (("K01", "Kilometers"), ("K04", "Lunch"), ("K05", "Parkeren")):
        rows.append(
            ("6", code, name, "STK", 1, "DIEN", 0, None, "1", 0, 2, None, 0.23, None, _CREATED,
             _CREATED)
        )  # fmt: skip
    _fill(connection, "article", shape, rows)


def _projects(connection: sqlite3.Connection, chance: random.Random) -> None:
    rows, stages = [], []
    for index in range(1, 21):
        created, changed = _moment(chance, 90), _moment(chance, 300)
        stamps = (created, max(created, changed))
        debtor = 10000 + (index - 1) % 7 + 1
        relation = str(1000100 + (index - 1) % 7 + 1)
        done = index % 9 == 0
        rows.append(
            (str(500000 + index), f"Project {COMPANIES[(index - 1) % 7][0]}"[:100], 1 + index % 2,
             "INT" if index % 5 == 0 else "EXT", int(done), relation, str(debtor),
             f"{1001 + index % 16:09d}", "2025-01-06T00:00:00",
             "2026-01-31T00:00:00" if done else None, int(index % 5 != 0), *stamps)
        )  # fmt: skip
        stages += [
            (str(500000 + index), code, name, 0, *stamps)
            for code, name in (("10", "Voorbereiding"), ("20", "Uitvoering"))
        ]
    _fill(
        connection,
        "project",
        "PrId, Ds, UnFi, PrGp, ChOu, BcCo, DbId, EmId, DaSt, DtGw, Ch, created, modified",
        rows,
    )
    _fill(connection, "project_stage", "PrId, PrSt, Ds, ChOu, created, modified", stages)


def _orders(connection: sqlite3.Connection, chance: random.Random) -> None:
    orders, lines = [], []
    for index in range(1, 31):
        number = str(20000 + index)
        created = _moment(chance, 280)
        orders.append(
            (number, f"{created[:10]}T00:00:00", str(10000 + index % 7 + 1), "EUR",
             f"PO-{index:04d}", "Openstaand" if index > 8 else "Gefactureerd", created, created)
        )  # fmt: skip
        for position in range(1, chance.randrange(2, 5)):
            article = chance.randrange(1, 40)
            guid = f"{{{chance.getrandbits(128):032X}}}"
            guid = f"{guid[:9]}-{guid[9:13]}-{guid[13:17]}-{guid[17:21]}-{guid[21:]}"
            lines.append(
                (number, position, guid, "2", f"A{article:05d}", f"Regel {position}", "STK",
                 float(chance.randrange(1, 12)), round(chance.uniform(5, 900), 2), "O", created,
                 created)
            )  # fmt: skip
    _fill(
        connection, "sales_order", "OrNu, OrDa, DbId, CuId, RfCs, Status, created, modified", orders
    )
    _fill(
        connection,
        "sales_line",
        "OrNu, SeqNo, GuLi, VaIt, ItCd, Ds, BiUn, QuUn, Upri, Status, created, modified",
        lines,
    )


def _ledger(connection: sqlite3.Connection, chance: random.Random, *, lines: int) -> None:
    def entries() -> Iterator[tuple[Any, ...]]:
        for number in range(1, lines // 3 + 1):
            day = _LEDGER_START + timedelta(days=number % 600)
            moment = day.isoformat()
            stamp = (day + timedelta(microseconds=chance.randrange(8 * 10**10))).isoformat()
            net = round(chance.uniform(50, 5000), 2)
            vat = round(net * 0.21, 2)
            invoice = f"{number:08d}"
            head = (1, number)
            tail = (day.year, day.month, "70", moment, moment, invoice, "Verkoopfactuur")
            for position, (kind, account, debit, credit) in enumerate(
                (("2", str(10001 + number % 7), round(net + vat, 2), None),
                 ("1", "8000", None, net), ("1", "1510", None, vat)), start=1
            ):  # fmt: skip
                kept = tail if position == 1 else (*tail[:5], None, tail[6])
                yield (*head, position, *kept, kind, account, debit, credit, stamp, stamp)

    _fill(
        connection,
        "journal_line",
        "UnId, EnNo, SeNo, Year, Peri, JoCo, EnDa, BpDa, InId, Ds, VaAs, AcNr, AmDe, AmCr, "
        "created, modified",
        entries(),
    )
    connection.execute(
        "INSERT INTO entry_day SELECT EnDa, max(modified) FROM journal_line GROUP BY EnDa"
    )


def _realization(connection: sqlite3.Connection, rows: int, seed: int) -> None:
    """Add post-calculation lines, in SQL: a million of them in seconds.

    Indexes come afterwards; to build them once is quicker than to keep them.
    """
    spread = max(1, rows // 250)
    days = [(day, f"{_START + timedelta(days=day):%Y-%m-%d}") for day in range(rows // spread + 1)]
    connection.execute("CREATE TEMP TABLE day(n INTEGER PRIMARY KEY, text TEXT)")
    connection.executemany("INSERT INTO day VALUES (?, ?)", days)
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'realization'"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute(
        """
        WITH RECURSIVE line(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM line WHERE i < :rows),
        made AS (SELECT i, day.text AS d, (i * 7919 + :seed * 104729) AS h FROM line
                 JOIN day ON day.n = i / :spread)
        INSERT INTO realization
            (Id, DaTi, EmId, PrId, VaIt, ItCd, StId, Qu, Ds, Ch, Ap, Pr, EnSe, created, modified)
        SELECT i, d || 'T00:00:00', printf('%09d', 1001 + i % 16),
               CAST(500001 + i * 3 % 20 AS TEXT), '1', CAST(300 + i % 4 AS TEXT),
               iif(i % 13 = 0, 'O', 'N'), iif(i % 97 = 0, -4.0, (1 + i * 7 % 16) / 2.0),
               'Uren ' || (1 + i % 8), i % 5 <> 0, i % 3 = 0, 0, 1,
               d || printf('T%02d:%02d:%02d.%06d', 8 + i % 9, h % 60, i % 60, h % 999983),
               d || printf('T%02d:%02d:%02d.%06d', 8 + i % 9, h % 60, i % 60, h % 999983)
        FROM made
        """,
        {"rows": rows, "seed": seed, "spread": spread},
    )
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("DROP TABLE day")
    connection.execute(
        "INSERT INTO realization_day SELECT DaTi, max(modified) FROM realization GROUP BY DaTi"
    )


def _subjects(connection: sqlite3.Connection, chance: random.Random) -> None:
    subjects, links = [], []
    for index in range(1, 26):
        created = _moment(chance, 250)
        kind = (1, 1, 2, 4)[index % 4]
        subjects.append(
            (index, kind, f"Dossieritem {index}", "Toelichting bij dit dossieritem",
             f"{created[:10]}T00:00:00", "12345.BEHEER", int(index % 6 == 0), "N", created, created)
        )  # fmt: skip
        relation = str(1000100 + (index - 1) % 10 + 1)
        links.append((index, 1, relation, created, created))
    _fill(
        connection,
        "subject",
        "SbId, StId, Ds, SbTx, Da, UsId, St, ViPr, created, modified",
        subjects,
    )
    _fill(connection, "subject_link", "SbId, ToBC, BcId, created, modified", links)
    text = b"Dit is een bijlage van de demo-omgeving.\n"
    connection.execute(
        "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
        (FILE_ID, "notitie.txt", "text/plain", text, "KnSubjectAttachment", _CREATED),
    )
    # Without content: an image of the demo company is drawn in the size that is asked for.
    connection.execute(
        "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
        (IMAGE_ID, "medewerker.png", "image/png", None, "KnPerson", _CREATED),
    )
    connection.execute(
        "UPDATE relation SET data = json_object('FileId', ?) WHERE BcId = 1", (IMAGE_ID,)
    )
    connection.execute(
        "UPDATE article SET data = json_set(data, '$.FileId', ?) WHERE ItCd = 'A00001'", (IMAGE_ID,)
    )
    connection.execute("UPDATE subject SET StId = -2 WHERE SbId = 25")
    _fill(
        connection,
        "subject_attachment",
        "SbId, FileId, FileName, created, modified",
        [(25, FILE_ID, "notitie.txt", _CREATED, _CREATED)],
    )


def _numbers(connection: sqlite3.Connection) -> None:
    """Let new numbers start beyond those in use."""
    highest = connection.execute("SELECT max(EnNo) FROM journal_line").fetchone()[0] or 0
    series = {
        "BcCo": 1000499, "DbId": 20000, "CrId": 60000, "EmId": 1100, "PrId": 599999,
        "ItCd": 90000, "OrNu": 30000, "EnNo.1": highest, "InId": 1000,
    }  # fmt: skip
    connection.executemany("INSERT INTO sequence VALUES (?, ?)", series.items())
