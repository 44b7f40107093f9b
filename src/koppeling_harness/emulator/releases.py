"""The Profit releases that the emulator can be: data, and the switches that each one sets.

A next release is a line here, and a switch in `quirks` for what it changes.
"""

from collections.abc import Mapping

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.shape import Release
from koppeling_harness.rules.release_label import did_you_mean
from koppeling_harness.value import dataclass

_UNTIL_6 = {
    "decimals": "sql",
    "json_layout": "lines",
    "metainfo_custom_connectors": "absent",
    "plain_token": "tolerated",
    "slash": "escaped",
    "trace_identifier": "absent",
}
_UNTIL_7 = {
    "allocation_codes": "existing",
    "bi_row_filters": "ignored",
    "language_code_length": "3",
    "webhooks": "absent",
}
_FROM_9 = {
    "challenge_401": "present",
    "client_secret_validity": "limited",
    "dpop": "present",
    "oauth_client_authentication": "body_basic_or_jwt",
    "oauth_refresh_null": "absent",
    "redirect_uri_case": "scheme_and_host_free",
    "x_profit_error": "absent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """One release with what is different in it."""

    release: Release
    differences: Mapping[str, str]


_ALL = (
    Profit(release=Release(label="Profit 6", version="6.6.9"), differences=_UNTIL_6 | _UNTIL_7),
    Profit(release=Release(label="Profit 7", version="7.7.10"), differences=_UNTIL_7),
    Profit(release=Release(label="Profit 8", version="8.0.12"), differences={}),
    Profit(release=Release(label="Profit 9", version="9.0.3"), differences=_FROM_9),
)

RELEASES = {each.release.label: each for each in _ALL}


def find_release(label: str) -> Profit:
    """Return the release of that label.

    Raises:
        ConfigurationError: The emulator does not know it.
    """
    found = RELEASES.get(label)
    if found is None:
        message = f"release {label!r} is unknown, expected one of {', '.join(RELEASES)}"
        raise ConfigurationError(message, hint=did_you_mean(label, RELEASES))
    return found
