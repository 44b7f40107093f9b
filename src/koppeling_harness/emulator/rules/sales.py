"""Articles and sales orders.

Source: AFAS, docs.afas.help/apidoc, Artikelen and Verkoop en Orders.
"""

from koppeling_harness.emulator.change import Change, Rules
from koppeling_harness.emulator.literals import new_guid
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.rules.attachments import store_stream


def _prepare_article(change: Change) -> None:
    values, database = change.values, change.database
    store_stream(change)
    automatic = values.pop("AuId", None)
    if change.action == "delete":
        code = change.row["ItCd"] if change.row else ""
        if database.one("SELECT 1 FROM sales_line WHERE ItCd = ?", code):
            raise Refusal(Reason.IN_USE, object="FbItemArticle", key=code)
        return
    if not change.inserting:
        values.pop("VaIt", None)
        return
    values["VaIt"] = "2"
    if automatic and values.get("ItCd") is None:
        values["ItCd"] = str(database.next_number("ItCd", 90000))
    change.need("ItCd")
    taken = "SELECT 1 FROM article WHERE ItCd = ? AND VaIt = '2'"
    if database.one(taken, values["ItCd"]):
        raise Refusal(Reason.EXISTS, object="FbItemArticle", key=values["ItCd"])


def _resolve_article(change: Change) -> None:
    change.values["VaIt"] = "2"


def _prepare_order(change: Change) -> None:
    values, database = change.values, change.database
    if change.action == "delete" and change.row:
        database.connection.execute("DELETE FROM sales_line WHERE OrNu = ?", (change.row["OrNu"],))
        return
    if change.inserting:
        if values.get("OrNu") is None:
            values["OrNu"] = str(database.next_number("OrNu", 30000))
        elif database.one("SELECT 1 FROM sales_order WHERE OrNu = ?", values["OrNu"]):
            raise Refusal(Reason.EXISTS, object="FbSales", key=values["OrNu"])
        values.setdefault("OrDa", f"{database.now[:10]}T00:00:00")
        values["Status"] = "Openstaand"


def _resolve_line(change: Change) -> None:
    """Find an existing line by its GUID, or by item code and type."""
    if change.inserting:
        return
    values, parent = change.values, change.parent
    order = parent.row["OrNu"] if parent and parent.row else None
    if values.get("GuLi") is not None:
        change.row = change.database.row(
            "sales_line", "OrNu = ? AND GuLi = ?", order, values["GuLi"]
        )
    elif values.get("ItCd") is not None:
        change.row = change.database.row(
            "sales_line",
            "OrNu = ? AND ItCd = ? AND VaIt = coalesce(?, VaIt)",
            order,
            values["ItCd"],
            values.get("VaIt"),
        )


def _prepare_line(change: Change) -> None:
    values, database = change.values, change.database
    if not change.inserting:
        values.pop("GuLi", None)
        return
    order = change.parent.row["OrNu"] if change.parent and change.parent.row else None
    values["GuLi"] = new_guid()
    change.need("VaIt")
    article = None
    if values.get("ItCd") is not None:
        article = database.row(
            "article", "ItCd = ? AND VaIt = ?", values["ItCd"], str(values["VaIt"])
        )
        if article is None:
            raise change.does_not_exist(name="ItCd")
    if article is not None:
        values["ItCd"] = article["ItCd"]
        values.setdefault("Ds", article["Ds"])
        values.setdefault("BiUn", article["BiUn"])
        values.setdefault("Upri", article["SaPrice"])
    if str(values["VaIt"]) in ("1", "2", "6", "7"):
        change.need("ItCd", "BiUn", "QuUn")
    sql = "SELECT coalesce(max(SeqNo), 0) + 1 FROM sales_line WHERE OrNu = ?"
    values["SeqNo"] = database.one(sql, order)
    values["Status"] = "O"


def _finish_line(change: Change) -> None:
    """Let a change of a line count as a change of its order."""
    if change.parent is not None and change.parent.row is not None:
        change.database.update("sales_order", change.parent.row["rowid"], {})


RULES = {
    "FbItemArticle": Rules(
        table="article",
        keys=("ItCd", "VaIt"),
        mandatory=("Grp", "BiUn", "VaRc"),
        references={"Grp": "article_group", "BiUn": "unit", "VaRc": "vat_group"},
        defaults={"BiSt": 0, "Bl": 0, "BiDc": 0, "PrFc": 1, "VaTp": "0"},
        resolve=_resolve_article,
        prepare=_prepare_article,
    ),
    "FbSales": Rules(
        table="sales_order",
        keys=("OrNu",),
        mandatory=("DbId",),
        references={
            "DbId": "sales_relation.DbId",
            "CuId": "currency",
            "War": "warehouse",
            "PrId": "project.PrId",
            "PaCd": "payment_condition",
            "Unit": "administration.UnId",
        },
        defaults={"CuId": "EUR"},
        prepare=_prepare_order,
        open_codes=frozenset({"SaCh", "Rout", "PkTp"}),
    ),
    "FbSalesLines": Rules(
        table="sales_line",
        keys=("GuLi",),
        link={"OrNu": "OrNu"},
        references={"BiUn": "unit", "War": "warehouse"},
        resolve=_resolve_line,
        prepare=_prepare_line,
        finish=_finish_line,
    ),
}
