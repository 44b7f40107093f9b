"""Purchase requisitions: which allocation codes a line may have.

Source: AFAS, docs.afas.help/profit/en/news-profit8 (14 July 2026): from Profit 8 a code must stand
in an allocation assignment of the account below. Which accounts lie below what is bought is a
setting; here goods are bought on one account, and everything else on another.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.messages import Reason, Refusal

_GOODS, _GOODS_ACCOUNT, _OTHER_ACCOUNT = "Art", "7000", "4300"


def _prepare_line(change: Change) -> None:
    code, database = change.values.get("V1Cd"), change.database
    if code is None:
        return
    found = database.code("cost_centre", code)
    if found is None:
        raise change.does_not_exist(name="V1Cd")
    change.values["V1Cd"] = found
    if database.settings["allocation_codes"] == "existing":
        return
    account = _GOODS_ACCOUNT if change.values.get("VaIt") == _GOODS else _OTHER_ACCOUNT
    # An account that asks for allocation has every code of the demo company assigned to it.
    if not database.one("SELECT Axis1 FROM account WHERE AcNr = ?", account):
        raise Refusal(Reason.ALLOCATION_NOT_ASSIGNED, code=found, account=account)


RULES = {"FbPurRequisitionLines": Rules(table="record", prepare=_prepare_line)}
