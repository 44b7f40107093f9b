from koppeling_harness.model.run import ExchangeRecord
from koppeling_harness.rules.scope import exercised
from support.records import a_result


def called(*paths):
    exchanges = [
        ExchangeRecord(number=at, method="GET", path=path, status=200, duration_s=0.1)
        for at, path in enumerate(paths, start=1)
    ]
    return [a_result(exchanges=tuple(exchanges))]


DECLARED = ("Acme_Uren", "file", "metainfo", "PtProject", "subject")


def test_what_was_called_is_told_as_the_manifest_spells_it():
    results = called("/connectors/acme_uren?take=1", "/SubjectConnector/26/ABC", "/metainfo")

    assert exercised(results, DECLARED) == ("Acme_Uren", "metainfo", "subject")


def test_what_was_not_declared_and_what_is_no_endpoint_is_not_among_it():
    assert (
        exercised(called("/profitversion", "/connectors", "12345.rest.afas.online:443"), ()) == ()
    )
    assert exercised(called("/file/1", "12345.rest.afas.online:443"), DECLARED) == ()
