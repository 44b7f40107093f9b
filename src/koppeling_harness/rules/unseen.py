"""Which behaviours of ERP1 the answers to an integration rested on, as far as its calls tell.

Only those that can change an outcome; what no call shows, such as a header that nobody has to read,
is not among them. The names are those of ERP1's switches.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from koppeling_harness.model.run import ExchangeRecord, ScenarioResult
from koppeling_harness.model.verdict import Outcome

_BY_CONNECTOR = {
    "fientries": ("fi_entries_results", "results_name", "zero_amount"),
    "knemployee": ("results_name", "unchanged_put", "put_without_key"),
    "ptrealization": ("times_quantity",),
    "knuser": ("user_name", "user_sites"),
    "hrabsence": ("absence_key",),
    "fbpurrequisition": ("allocation_codes",),
    "knsubject": ("base64_line_breaks",),
}
"""By UpdateConnector in lower case, when it is written to."""
_BY_METHOD = {
    "POST": ("post_status", "unknown_field"),
    "PUT": ("put_status", "put_without_key", "unknown_field"),
    "DELETE": ("delete_forms",),
}
_BY_ENDPOINT = {
    "otprequest": ("otp_request_status",),
    "oauth": ("access_token_form", "oauth_client_authentication", "token_content_type"),
    "bi": ("bi_row_filters",),
}
_RELATIONS = frozenset({"knperson", "knorganisation"})


def behaviours_of(exchanges: Iterable[ExchangeRecord]) -> frozenset[str]:
    """Return the behaviours that the answers of ERP1 rested on; what a fault answered is not."""
    return frozenset(
        name for each in exchanges if each.fault is None for name in _of_exchange(each)
    )


def with_unseen(
    results: Sequence[ScenarioResult], seen: Collection[str]
) -> tuple[ScenarioResult, ...]:
    """Return results of which those that failed say which of it was never seen at AFAS.

    Args:
        results: On the emulator.
        seen: The behaviours that were seen at AFAS on that release.
    """
    return tuple(
        replace(each, unseen=tuple(sorted(behaviours_of(each.exchanges) - set(seen))))
        if each.outcome is Outcome.FAILED
        else each
        for each in results
    )


def _of_exchange(each: ExchangeRecord) -> Iterator[str]:
    path, _, query = each.path.partition("?")
    parts = [part.lower() for part in path.split("/") if part]
    if "//" in path:
        yield "double_slash"
    if not parts:
        return
    yield from _BY_ENDPOINT.get(parts[0], ())
    if parts[0] != "connectors" or len(parts) < 2:
        return
    if each.status in {401, 500}:
        yield "unlinked_connector"
    if each.method == "GET":
        yield from _of_read(query)
    else:
        yield from _of_write(each, parts)


def _of_write(each: ExchangeRecord, parts: Sequence[str]) -> Iterator[str]:
    yield from _BY_METHOD.get(each.method, ())
    yield from _BY_CONNECTOR.get(parts[1], ())
    if each.status == 400:
        yield "invalid_json"
    if each.method == "PUT" and len(parts) > 2:
        yield "sub_object_put"
    if parts[1] in _RELATIONS:
        yield from ("relation_delete",) if each.method == "DELETE" else ("update_keys",)


def _of_read(query: str) -> Iterator[str]:
    asked = {name.lower(): value for name, value in parse_qsl(query, keep_blank_values=True)}
    if "orderbyfieldids" not in asked:
        yield "unordered_paging"
    if asked.get("take") == "0":
        yield "take_zero"
    if "filterjson" in asked:
        yield "filterjson_encoding"
    fields, values = asked.get("filterfieldids", ""), asked.get("filtervalues", "")
    if "," in fields and ";" in fields:
        yield "filter_precedence"
    operators = asked.get("operatortypes", "").replace(";", ",").split(",")
    if "7" in operators:
        yield from ("not_equal_empty", "not_equal_wildcards")
    if "%" in values:
        yield "filter_wildcards"
    if values.endswith("Z"):
        yield "filter_date_z"
