"""The public keys of clients: uploaded certificates, and key sets at an address of the client.

A key set is fetched over HTTPS without following redirects, may be 64 KB, and is kept for an hour
or as long as its `Cache-Control` says; a `kid` that is not in it has it fetched again at once.
Source: AFAS, docs.afas.help/profit/en/authentication.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.emulator.key_set import fetched_key_set

if TYPE_CHECKING:
    from koppeling_harness.emulator.signed import ClientKey

KEPT_FOR = timedelta(hours=1)
_FAILURE_KEPT_FOR = timedelta(seconds=2)
_MAX_AGE = re.compile(r'max-age\s*=\s*"?(\d{1,9})')
_UNKNOWN = "kid is of no key that the client registered for this alg"
_NO_KEYS = (
    'the set has no key to sign with, expected "use": "sig" and RSA of 2048 bits or EC of P-256'
)


class FetchFirstError(Exception):
    """Something must be fetched before a request can be answered.

    Attributes:
        fetch: Does so; it may take seconds. The request can be answered after it.
    """

    def __init__(self, fetch: Callable[[], None]) -> None:
        super().__init__("ask again")
        self.fetch = fetch


@dataclass(slots=True, kw_only=True)
class _Fetched:
    """A key set as it was fetched, or why it could not be."""

    keys: "tuple[ClientKey, ...]" = ()
    problem: str = ""
    until: datetime
    unused: bool = field(default=True)
    """Whether no request looked at it yet: the one that had it fetched is answered by it, however
    short it may be kept and whatever is in it."""


class ClientKeys:
    """The keys of the clients of one environment."""

    def __init__(self) -> None:
        self._fetched: dict[str, _Fetched] = {}

    def age(self, by: timedelta) -> None:
        """Let what was fetched be older."""
        for each in self._fetched.values():
            each.until -= by

    def candidates(
        self,
        app: AppConnector,
        header: Mapping[str, Any],
        settings: Mapping[str, str],
        now: datetime,
    ) -> "list[ClientKey]":
        """Return the keys of a client that may have signed an assertion, at least one.

        Args:
            app: The client.
            header: Of its assertion.
            settings: The environment's switches.
            now: The present moment.

        Raises:
            JwtError: There is none, or a certificate or key set is of no use.
            FetchFirstError: The key set is to be fetched first.
        """
        kid = header.get("kid")
        found = _pointed_at(_certificate_keys(app, settings, now), header, settings)
        if app.jwks_uri and not (kid is not None and found):
            keys = self._of_set(app.jwks_uri, kid, settings, now)
            found += _of_set_named(keys, kid, alone=not app.certificates)
        if not app.certificates and not app.jwks_uri:
            message = "the client registered no key"
            raise JwtError(message)
        found = [each for each in found if each.algorithm in {None, header["alg"]}]
        if not found:
            raise JwtError(
                _UNKNOWN if kid is not None else "no key that the client registered fits"
            )
        return found

    def _of_set(
        self, uri: str, kid: object, settings: Mapping[str, str], now: datetime
    ) -> "tuple[ClientKey, ...]":
        kept = self._fetched.get(uri)
        if kept is None or (kept.until <= now and not kept.unused):
            raise FetchFirstError(lambda: self._fetch(uri, settings, now))
        unused, kept.unused = kept.unused, False
        if not kept.problem and not kept.keys:
            message = f"jwks_uri: {_NO_KEYS}"
            raise JwtError(message)
        if kept.problem:
            message = f"jwks_uri: {kept.problem}"
            raise JwtError(message)
        if kid is not None and not unused and not any(kid in each.kids for each in kept.keys):
            raise FetchFirstError(lambda: self._fetch(uri, settings, now))
        return kept.keys

    def _fetch(self, uri: str, settings: Mapping[str, str], now: datetime) -> None:
        from koppeling_harness.emulator.signed import jwks_keys  # noqa: PLC0415

        try:
            body, cache_control = fetched_key_set(uri)
            until = now + _kept_for(cache_control, settings)
            made = _Fetched(keys=jwks_keys(body), until=until)
        except JwtError as error:
            kept = self._fetched.get(uri)
            if (
                kept
                and kept.keys
                and (kept.until > now or settings["jwks_unreachable"] == "old_kept")
            ):
                kept.unused = True
                return
            made = _Fetched(problem=str(error), until=now + _FAILURE_KEPT_FOR)
        self._fetched[uri] = made


def _certificate_keys(
    app: AppConnector, settings: Mapping[str, str], now: datetime
) -> "list[ClientKey]":
    if not app.certificates:
        return []
    # loading the library takes half a second, and few clients sign
    from koppeling_harness.emulator.signed import certificate_key  # noqa: PLC0415

    names = (*app.key_ids, *("",) * len(app.certificates))
    keys = [
        certificate_key(each, form=settings["thumbprint_kid"], key_id=name)
        for each, name in zip(app.certificates, names, strict=False)
    ]
    if settings["expired_certificate"] == "tried":
        return keys
    return [each for each in keys if each.ends is None or each.ends > now]


def _pointed_at(
    keys: "list[ClientKey]", header: Mapping[str, Any], settings: Mapping[str, str]
) -> "list[ClientKey]":
    """Return the certificates' keys that an assertion's header points at; without a word, all."""
    kid, x5t = header.get("kid"), header.get("x5t#S256")
    if kid is not None:
        return [each for each in keys if kid in each.kids]
    if x5t is None:
        return keys
    named = [each for each in keys if each.x5t == x5t]
    return named or (keys if settings["assertion_x5t_unknown"] == "all_tried" else [])


def _of_set_named(keys: "tuple[ClientKey, ...]", kid: object, *, alone: bool) -> "list[ClientKey]":
    """Return the keys of a set that a `kid` names; without one, the only key.

    Raises:
        JwtError: There is no `kid`, nor a certificate, and the set has several keys.
    """
    if kid is not None:
        return [each for each in keys if kid in each.kids]
    if len(keys) > 1 and alone:
        message = f"kid is missing, and the key set has {len(keys)} keys"
        raise JwtError(message)
    return list(keys) if len(keys) == 1 else []


def _kept_for(cache_control: str, settings: Mapping[str, str]) -> timedelta:
    """Return how long an answer may be kept."""
    said = cache_control.lower()
    if "no-store" in said or "no-cache" in said:
        return timedelta(0)
    found = _MAX_AGE.search(said)
    if found is None:
        return KEPT_FOR
    asked = timedelta(seconds=int(found[1]))
    return min(asked, KEPT_FOR) if settings["jwks_long_max_age"] == "hour_at_most" else asked
