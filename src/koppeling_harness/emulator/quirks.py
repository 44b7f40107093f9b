"""Every behaviour that AFAS's texts leave open or contradict, and those that releases changed.

Each is a switch with a name. A release sets some of them (`releases`), the user may set any. Those
of signing in stand in `sign_in_quirks`.
"""

from collections.abc import Mapping

from koppeling_harness.emulator.quirk import (
    DUTCHGRIT,
    GET_PAGE,
    INFERRED,
    NEWS,
    OPENAPI,
    PRACTICAL,
    RECORDED,
    TROUBLE_PAGE,
    UPDATE_PAGE,
    WEBHOOK_PAGE,
    Quirk,
)
from koppeling_harness.emulator.quirk import quirk as _quirk
from koppeling_harness.emulator.sign_in_quirks import SIGN_IN_QUIRKS
from koppeling_harness.errors import ConfigurationError

QUIRKS: tuple[Quirk, ...] = (
    _quirk(
        "unlinked_connector",
        "error_500 unauthorized_401",
        f"{TROUBLE_PAGE} against help.afas.nl 120612",
        "A connector that is not on the app connector: 500 with a message, or an empty 401.",
    ),
    _quirk("put_status", "201 200", f"{UPDATE_PAGE}; clients accept both", "Status of a PUT."),
    _quirk("post_status", "201 200", f"{UPDATE_PAGE}; clients accept both", "Status of a POST."),
    _quirk(
        "results_name",
        "root connector",
        f"AFAS howto-ats against {OPENAPI}",
        "Name under `results` when root object and connector differ (KnEmployee, FiEntries).",
    ),
    _quirk(
        "fi_entries_results",
        "wrapped bare",
        "github.com/tim-online/go-afas-profit-rest against AFAS howto-finance-mutation",
        "Whether the answer of FiEntries stands under `results`.",
    ),
    _quirk(
        "bare_results",
        "as_listed wrapped",
        OPENAPI,
        "The six connectors whose answer AFAS lists without `results`.",
    ),
    _quirk(
        "otp_request_status",
        "201 200",
        f"{DUTCHGRIT} against {OPENAPI}",
        "Status of OtpRequest.",
    ),
    _quirk(
        "double_slash",
        "refused taken",
        INFERRED,
        "Two slashes in a row in a path: 404, or read as one.",
    ),
    _quirk(
        "invalid_json",
        "400 500",
        "github.com/tim-online/go-afas-profit-rest (text); status inferred",
        "Status of a body that is not JSON; 500 brings the standard error.",
    ),
    _quirk(
        "filter_precedence",
        "and_first left_to_right",
        f"AFAS howto-medewerker-ad against {DUTCHGRIT}",
        "How `,` (and) and `;` (or) bind in one compact filter.",
    ),
    _quirk(
        "filter_wildcards",
        "strip literal",
        f"{GET_PAGE}, help.afas.nl XML filter page",
        "A `%` around the value of contains, starts and ends.",
    ),
    _quirk(
        "not_equal_wildcards",
        "does_not_contain not_equal",
        f"help.afas.nl XML filter page, {DUTCHGRIT}, BrynQ SDK",
        "Operator 7 with `%` around the value: does not contain (`x%` and `%x`, does not start and "
        "end with, inferred), or compared with the signs as they are.",
    ),
    _quirk(
        "dotted_names",
        "bracketed either",
        "forums.invantive.com, topic 641",
        "How `orderbyfieldids` names a field with a period: as `['A.b']` only, or plain too.",
    ),
    _quirk(
        "sub_object_put",
        "update not_found",
        f"HR clients in production; {OPENAPI} lists POST only",
        "PUT on the address of a sub-object: an update of parent and sub-object, or 404.",
    ),
    _quirk(
        "delete_forms",
        "as_used documented",
        f"{INFERRED}; forms in use by public clients",
        "DELETE without the object in its address, or with the record in a body.",
    ),
    _quirk(
        "update_keys",
        "given none",
        f"{OPENAPI} against AFAS endpoint/knperson-put (March 2026)",
        "Whether a PUT of KnPerson and KnOrganisation gives their keys back.",
    ),
    _quirk(
        "empty_201_type",
        "absent xml",
        f"{OPENAPI} (lists one for the empty 200 and 401 only)",
        "`Content-Type` of a 201 without a body.",
    ),
    _quirk(
        "earliest_date",
        "0001 1753",
        f"{INFERRED}; SQL Server's datetime begins in 1753",
        "The first year of a date that is taken.",
    ),
    _quirk(
        "slash",
        "plain escaped",
        RECORDED,
        "`/` in rows as it is, or as `\\/`, as recorded from Profit 6.",
    ),
    _quirk(
        "proxy_version",
        "5.0.0.0 4.3.0.0",
        f"{RECORDED} against {OPENAPI}",
        "The header X-AFAS-Proxy-Version.",
    ),
    _quirk("filter_date_z", "refused accepted", GET_PAGE, "A date with a `Z` as filter value."),
    _quirk(
        "filterjson_encoding",
        "once_or_twice once",
        "github.com/GarbageSlave/afas-connect encodes it twice",
        "Whether a `filterjson` that was URL-encoded twice is read all the same.",
    ),
    _quirk(
        "not_equal_empty",
        "excluded included",
        INFERRED,
        "Whether an empty field counts as not equal to, or not containing, a value.",
    ),
    _quirk(
        "unordered_paging",
        "stable shuffled",
        f"{GET_PAGE} (rule); shuffling inferred",
        "Order of pages without `orderbyfieldids`; shuffled shows who forgot it.",
    ),
    _quirk(
        "datetime_output",
        "rounded truncated",
        PRACTICAL,
        "How moments with fractions of a second are shown; comparisons use the fraction.",
    ),
    _quirk("take_zero", "one none default", PRACTICAL, "How many rows `take=0` gives."),
    _quirk(
        "decimals",
        "json sql",
        f"{NEWS}7",
        "`-0.5`, or `-.5` as SQL Server wrote it until Profit 6 (which is not valid JSON).",
    ),
    _quirk("json_layout", "single_line lines", f"{NEWS}7", "The layout of rows and of metainfo."),
    _quirk(
        "plain_token",
        "error_500 tolerated unauthorized_401",
        f"{NEWS}6, {NEWS}7",
        "A classic token that is not base64.",
    ),
    _quirk(
        "x_profit_error",
        "present absent",
        f"{NEWS}5, {NEWS}6, {TROUBLE_PAGE}",
        "The obsolete header with the message in base64.",
    ),
    _quirk("trace_identifier", "present absent", f"{NEWS}7", "The header X-Trace-Identifier."),
    _quirk(
        "metainfo_custom_connectors",
        "present absent",
        f"{NEWS}7",
        "`customConnectors` in metainfo.",
    ),
    _quirk(
        "bi_row_filters",
        "applied ignored",
        f"{NEWS}8",
        "Whether a BI feed leaves out rows that the user's authorisation filters.",
    ),
    _quirk("webhooks", "present absent", f"{NEWS}8", "Outgoing webhooks."),
    _quirk(
        "webhook_timestamp",
        "seven_decimals no_decimals",
        f"{WEBHOOK_PAGE} (sample); that trailing zeros stay is inferred",
        "How `Timestamp` of a webhook is written.",
    ),
    _quirk(
        "webhook_environment",
        "without_letter with_letter",
        f"{WEBHOOK_PAGE} (sample 12345AA); metainfo and the path have the letter",
        "Whether `EnvironmentId` of a webhook begins with the letter of the kind of environment.",
    ),
    _quirk(
        "webhook_coalescing",
        "200_ms 1_s 5_s off",
        f"{WEBHOOK_PAGE} (only the last of identical events in quick succession); how quick "
        "inferred",
        "Within which time an identical event takes the place of the one before it.",
    ),
    _quirk(
        "language_code_length",
        "5 3",
        f"{NEWS}8",
        "Most characters of a language code (`LgId`).",
    ),
    _quirk(
        "message_language",
        "nl en",
        f"{OPENAPI} (Accept-Language); default inferred",
        "Language of the environment; Accept-Language overrules it.",
    ),
    _quirk(
        "unchanged_put",
        "accept error",
        "github.com/Tools4everBV (compare before update)",
        "A PUT on an HR connector that changes nothing.",
    ),
    _quirk(
        "put_without_key",
        "error insert",
        f"{INFERRED}; {PRACTICAL} for XML",
        "A sub-object without its key in a PUT.",
    ),
    _quirk(
        "absence_key",
        "lenient listed",
        "AFAS endpoint/hrabsence-post and -put (March 2026)",
        "Whether EnSe and LeDt of a leave booking may be left out, or are asked for as listed.",
    ),
    _quirk(
        "allocation_codes",
        "assigned existing",
        f"{NEWS}8",
        "Allocation codes of a purchase requisition: those that are assigned to the account below, "
        "or any that exists.",
    ),
    _quirk(
        "zero_amount",
        "refused allowed",
        "AFAS endpoint/fientries-post (March 2026), setting AfasFiAllowZeroAmount",
        "Lines of an entry, and of its allocation, of which debit and credit are both nothing.",
    ),
    _quirk(
        "times_quantity",
        "hours one",
        f"{INFERRED}; public hour programs send times without a quantity",
        "Quantity of a post-calculation line with `StTi` and `EnTi` and no `Qu`: the hours between "
        "them, or 1.",
    ),
    _quirk(
        "user_name",
        "kept changed",
        "github.com/Tools4everBV, HelloID-Conn-Prov-Target-AFAS-Profit-Users",
        "What `Nm` does in a PUT of KnUser, where it is required: nothing, or change the name.",
    ),
    _quirk(
        "user_sites",
        "tied free",
        "github.com/Tools4everBV, HelloID-Conn-Prov-Target-AFAS-Profit-Users",
        "Whether Profit Windows needs InSite, and OutSite an e-mail address.",
    ),
    _quirk(
        "relation_delete",
        "by_match refused",
        "AFAS endpoint/knperson-delete (March 2026) against AFAS, docs.afas.help/apidoc",
        "DELETE of KnPerson and KnOrganisation, which AFAS's OpenAPI does not list.",
    ),
    _quirk(
        "base64_line_breaks",
        "accepted refused",
        f"{INFERRED}; .NET's decoder takes them",
        "Blanks and line breaks in a base64 text.",
    ),
    _quirk(
        "unknown_field",
        "error ignore",
        INFERRED,
        "A field that the connector does not have.",
    ),
    *SIGN_IN_QUIRKS,
)

_BY_NAME = {each.name: each for each in QUIRKS}


def settle(differences: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every switch.

    Args:
        differences: What the release sets.
        chosen: What the user sets; it wins.

    Raises:
        ConfigurationError: A name or value does not exist.
    """
    problems = [each for name, value in chosen.items() if (each := _problem(name, value))]
    if problems:
        raise ConfigurationError("\n".join(problems), hint="koppeling erp1 quirks lists them all")
    return {each.name: each.default for each in QUIRKS} | dict(differences) | dict(chosen)


def _problem(name: str, value: str) -> str:
    known = _BY_NAME.get(name)
    if known is None:
        return f"erp1.quirks: {name} is not a switch"
    if value not in known.values:
        return f"erp1.quirks: {name} is {value!r}, expected one of {', '.join(known.values)}"
    return ""
