import pytest

from koppeling_harness.emulator import Erp1
from koppeling_harness.errors import UsageError
from support.erp1 import Caller


def test_hundreds_of_environments_come_and_go_and_each_starts_clean():
    erp1 = Erp1()

    for _ in range(300):
        client = Caller(erp1, erp1.open_environment())
        client.delete("PtRealization/PtRealization/@Id/1")
        assert client.where("Profit_Realization", "Identity", "1").rows == []
        erp1.close_environment(client.access.environment)


def test_names_run_on_and_a_name_is_taken_once():
    erp1 = Erp1()
    names = [erp1.open_environment().environment for _ in range(28)]

    assert names[:2] == ["T12345AA", "T12345AB"]
    assert names[26:] == ["T12345BA", "T12345BB"]
    with pytest.raises(UsageError, match="already open"):
        erp1.open_environment(name="t12345aa")
    erp1.close()
    with pytest.raises(UsageError, match="is not open"):
        erp1.environment("T12345AA")


def test_tokens_differ_and_do_not_print():
    erp1 = Erp1()
    one, other = erp1.open_environment(), erp1.open_environment()

    assert one.token != other.token
    assert one.token.reveal() not in repr(one)
