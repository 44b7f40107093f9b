"""ERP1's own OpenAPI document says what it takes, and schemathesis cannot upset it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.openapi_export import export_openapi
from koppeling_harness.emulator.openapi_import import import_openapi
from support.erp1 import caller

CLIENT = caller()
DOCUMENT = export_openapi(own_catalogue().values(), supplied().values(), CLIENT.erp1.release)


def test_what_is_exported_is_imported_again():
    found = import_openapi(json.dumps(DOCUMENT), name="own")

    assert found.not_understood == ()
    assert {each.id: each for each in found.connectors} == {
        each.id: each for each in own_catalogue().values()
    }


@pytest.mark.slow
def test_schemathesis_cannot_upset_any_operation():
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) > 80

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy())
        # Without a body schemathesis has a mark of its own there, which `default` makes text.
        body = json.dumps(case.body, default=str).encode()
        query = {name: str(value) for name, value in (case.query or {}).items()}
        reply = CLIENT.call(case.method, case.formatted_path, body, **query)
        assert reply.status in {200, 201, 404, 500}, case.formatted_path
        if reply.status == 500:
            assert set(reply.json()) == {"externalMessage", "errorNumber", "profitLogReference"}

    run()
