"""What it would take to see a behaviour of ERP1 that no stranger can probe."""

from collections.abc import Mapping

_BOOKS = "it would book an entry, which AFAS lets nobody take back"
_SETTING = "somebody has to set up, in Profit, "
_USER = f"{_SETTING}an authorization-code client and sign in as a user"
_KEYS = f"{_SETTING}a client with keys of its own (private_key_jwt)"
_OLD_NONCE = "a nonce would have to grow old, which takes minutes"
_WEBHOOK = f"{_SETTING}a webhook and a receiver that AFAS reaches"
_STAFF = "it would write to an employee, whose moment of change nobody puts back"
_FILE = "it would leave a file: that it goes with its dossier item AFAS does not say"

NEEDS: Mapping[str, str] = {
    "allocation_codes": _SETTING + "allocation codes, and it would make a purchase requisition",
    "bare_results": "it would write through six connectors that cannot be undone",
    "base64_line_breaks": _FILE,
    "bi_row_filters": _SETTING + "a BI feed and a filter on its rows",
    "classic_token": "its days are told by AFAS; until 1 May 2027 both do the same",
    "client_secret_validity": "a secret would have to end, which takes months",
    "code_life": _USER,
    "dpop_new_nonce": _OLD_NONCE,
    "dpop_nonce_life": _OLD_NONCE,
    "empty_201_type": "it would write through a connector whose answer has no body",
    "expired_certificate": _KEYS,
    "fi_entries_results": _BOOKS,
    "jwks_long_max_age": _KEYS,
    "jwks_unreachable": _KEYS,
    "put_without_key": _FILE,
    "redirect_uri_case": _USER,
    "refresh_reuse": _USER,
    "replay_store": "AFAS's own store of proofs would have to fail",
    "results_name": _BOOKS,
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
