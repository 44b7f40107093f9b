from koppeling_harness.emulator import company
from koppeling_harness.emulator.environment import empty_database
from koppeling_harness.emulator.rules.checks import is_bsn, is_iban


def made(seed: int = 1, rows: int = 300):
    connection = empty_database()
    company.build(connection, seed=seed, rows=rows)
    return connection


def everything(connection):
    return "\n".join(connection.iterdump())


def test_equal_seeds_make_equal_companies_and_others_do_not():
    one, same, other = made(1), made(1), made(2)

    assert everything(one) == everything(same)
    assert everything(one) != everything(other)
    for connection in (one, same, other):
        connection.close()


def test_the_hard_cases_are_there():
    connection = made(rows=10_000)

    def one(sql):
        return connection.execute(sql).fetchone()[0]

    assert one("SELECT max(n) FROM (SELECT count(*) n FROM contract GROUP BY EmId)") == 2
    assert one("SELECT count(*) FROM relation WHERE DaBi LIKE '%-02-29%'") == 1
    assert one("SELECT count(*) FROM realization WHERE Qu < 0") > 100
    assert one("SELECT count(*) FROM realization") == 10_000
    assert one("SELECT count(*) FROM journal_line WHERE UnId = 1") >= 9_999
    assert one("SELECT abs(total(AmDe) - total(AmCr)) < 0.01 FROM journal_line") == 1
    assert one("SELECT count(*) FROM relation WHERE Nm LIKE '%ç%' OR Nm LIKE '%Ø%'") >= 1
    connection.close()


def test_its_numbers_pass_their_own_tests():
    connection = made()
    bsns = connection.execute("SELECT SoSe FROM relation WHERE SoSe IS NOT NULL").fetchall()
    ibans = connection.execute("SELECT Iban FROM bank_account").fetchall()

    assert len(bsns) == 16
    assert all(is_bsn(bsn) for (bsn,) in bsns)
    assert all(is_iban(iban) for (iban,) in ibans)
    connection.close()


def test_an_empty_company_is_possible():
    connection = made(rows=0)

    assert connection.execute("SELECT count(*) FROM realization").fetchone()[0] == 0
    connection.close()
