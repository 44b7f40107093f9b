"""What it would take to see a behaviour of ERP1 that no stranger can probe."""

from collections.abc import Mapping

_BOOKS = "it would book an entry, which AFAS lets nobody take back"
_SETTING = "somebody has to set up, in Profit, "
_USER = f"{_SETTING}an authorization-code client and sign in as a user"
_KEYS = f"{_SETTING}a client with keys of its own (private_key_jwt)"
_BOUND = f"{_SETTING}a client whose tokens are bound to a key (DPoP)"
_SECRET = f"{_SETTING}a client with a secret"
_WEBHOOK = f"{_SETTING}a webhook and a receiver that AFAS reaches"
_STAFF = "it would change an employee, which is not taken back whole"

NEEDS: Mapping[str, str] = {
    "access_token_form": _SECRET,
    "access_token_life": _SECRET,
    "allocation_codes": _SETTING + "allocation codes, and it would make a purchase requisition",
    "assertion_aud_list": _KEYS,
    "assertion_typ": _KEYS,
    "assertion_x5t_unknown": _KEYS,
    "bare_results": "it would write through six connectors that cannot be undone",
    "base64_line_breaks": "it would leave a file in a dossier",
    "bi_row_filters": _SETTING + "a BI feed and a filter on its rows",
    "classic_token": "its days are told by AFAS; until 1 May 2027 both do the same",
    "client_secret_validity": _SECRET + ", and wait until it ends",
    "code_life": _USER,
    "datetime_output": "the fractions of a moment are seen inside Profit alone",
    "dotted_names": _SETTING + "a GetConnector with a period in the name of a field",
    "dpop_confidential": _BOUND,
    "dpop_new_nonce": _BOUND,
    "dpop_nonce_life": _BOUND,
    "dpop_nonce_on_calls": _BOUND,
    "dpop_nonce_status_on_calls": _BOUND,
    "dpop_proof_age": _BOUND,
    "empty_201_type": "it would write through a connector whose answer has no body",
    "expired_certificate": _KEYS,
    "fi_entries_results": _BOOKS,
    "jwks_long_max_age": _KEYS,
    "jwks_unreachable": _KEYS,
    "oauth_refresh_null": _SECRET,
    "put_without_key": _STAFF,
    "redirect_uri_case": _USER,
    "refresh_reuse": _USER,
    "relation_delete": "it would delete a person",
    "replay_store": "AFAS's own store of proofs would have to fail",
    "results_name": _BOOKS,
    "thumbprint_kid": _KEYS,
    "times_quantity": _SETTING + "an employee and a project to book hours on",
    "unchanged_put": _STAFF,
    "update_keys": "it would make a person, whom AFAS lets nobody delete",
    "user_name": "it would change a user",
    "user_sites": "it would change a user",
    "webhook_coalescing": _WEBHOOK,
    "webhook_environment": _WEBHOOK,
    "webhook_timestamp": _WEBHOOK,
    "webhooks": _WEBHOOK,
    "zero_amount": _BOOKS,
}
"""Behaviours that no stranger can probe, and what it would take."""
