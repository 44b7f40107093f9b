import pytest

from koppeling_harness.model.exchange import Exchange, Sender


def exchange(path: str, **values: object) -> Exchange:
    return Exchange(
        **{
            "number": 3,
            "sender": Sender.INTEGRATION,
            "started_s": 0.0,
            "duration_s": 0.1,
            "method": "GET",
            "path": path,
            "query": "",
            "request_headers": (("Accept", "x"), ("accept", "y")),
            "request_body": None,
            "request_size": 0,
            "status": 200,
        }
        | values
    )


@pytest.mark.parametrize(
    ("path", "connector"),
    [
        ("/connectors/PtRealization", "PtRealization"),
        ("/Connectors/KnSubject/KnSubjectLink", "KnSubject"),
        ("/profitversion", None),
        ("/connectors", None),
    ],
)
def test_the_connector_is_read_from_the_path(path, connector):
    assert exchange(path).connector == connector


def test_a_header_is_found_by_any_case():
    assert exchange("/x").header("ACCEPT") == "x"
    assert exchange("/x").header("Host") is None


def test_a_lost_answer_is_said_in_the_label():
    assert exchange("/x", status=None).label() == "exchange 3: GET /x -> no answer"
