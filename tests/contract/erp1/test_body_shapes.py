"""Every shape of body that AFAS's examples show is taken, with values of this company."""

import pytest

from contract.erp1.table import shows
from support.body_shapes import SHAPES
from support.erp1 import caller


@shows("write.body-shapes")
@pytest.mark.parametrize("name", SHAPES)
def test_a_body_of_this_shape_is_taken(name):
    method, path, body = SHAPES[name]

    reply = caller().call(method, f"/connectors/{path}", body)

    assert reply.status == 201, reply.text
