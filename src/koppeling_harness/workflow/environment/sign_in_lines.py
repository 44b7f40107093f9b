"""What the doctor says of signing in: the harness's own, the integrations', and classic tokens."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.sign_in import OAuthSignIn
from koppeling_harness.errors import ConfigurationError, ErpUnavailableError, SignInRefusedError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess, OAuthClient
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.model.environment import EnvironmentSetting, SignInSetting
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.verdict import Cause
from koppeling_harness.rules.deadlines import coming, deadline_named
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.diagnosis_lines import (
    ends_soon,
    failed,
    passed,
    skipped,
)

_SOON_DAYS = 30
_RENEWED = {
    "secret": "Make a new secret on the app connector beside the old one, put it here, and then "
    "revoke the old one.",
    "certificate": "Make a new key and certificate, put that on the app connector beside the old "
    "one, and then sign with it.",
}
"""How AFAS says to renew them. Source: docs.afas.help/profit/en/authentication."""


async def own_sign_in(
    setting: SignInSetting, access: ErpAccess, *, connection: Connection, clock: Clock
) -> tuple[DoctorLine, ErpAccess]:
    """Sign the harness in by OAuth; return what there is to say, and the way in with it kept up.

    Args:
        setting: How it signs in.
        access: The way to the environment.
        connection: What carries the requests.
        clock: Tells the time.
    """
    assert access.own_client is not None  # noqa: S101 - asked of who has one
    line, kept = await _signed_in(
        "sign-in", setting, access.own_client, access, connection=connection, clock=clock
    )
    return line, replace(access, signed_in=kept)


async def integrations_sign_in(
    setting: SignInSetting,
    access: ErpAccess,
    manifests: Sequence[Manifest],
    *,
    connection: Connection,
    clock: Clock,
) -> AsyncIterator[DoctorLine]:
    """Yield what there is to say of how integrations sign in, where that is another way.

    Args:
        setting: How they do.
        access: The way to the environment.
        manifests: Of the integrations that will run.
        connection: What carries the requests.
        clock: Tells the time.
    """
    if access.client is not None and access.client != access.own_client:
        line, _ = await _signed_in(
            "sign-in of integrations",
            setting,
            access.client,
            access,
            connection=connection,
            clock=clock,
        )
        yield line
    for each in manifests:
        if each.oauth is None and not access.token.reveal():
            yield failed(
                f"{each.id}: sign-in",
                "its manifest says nothing of OAuth, and there is no classic token for it",
                "`oauth` in its manifest, or a classic token",
                'Add `oauth: {}` to koppeling.yaml, or set sign_in = "token" under '
                f"[environments.{access.environment}.integration].",
            )


async def _signed_in(
    what: str,
    setting: SignInSetting,
    client: OAuthClient,
    access: ErpAccess,
    *,
    connection: Connection,
    clock: Clock,
) -> tuple[DoctorLine, OAuthSignIn | None]:
    expected = "a token by OAuth"
    try:
        kept = OAuthSignIn(client, base_url=access.base_url, connection=connection, clock=clock)
        await kept.authorization()
    except SignInRefusedError as error:
        until, hint = setting.secret_until, error.hint
        if until is not None and until < today(clock):
            hint = f"By `client_secret_until` the secret ended on {until:%d-%m-%Y}. {hint}"
        return failed(what, error.message, expected, hint), None
    except ErpUnavailableError as error:
        return failed(what, error.message, expected, error.hint, Cause.ENVIRONMENT), None
    except ConfigurationError as error:
        hint = error.hint or "Name another file as assertion_key."
        return failed(what, f"{setting.key_file}: {error.message}", expected, hint), None
    found = f"{setting.method.value}, client {client.client_id}, a token for {kept.life_s} s"
    ends = kept.certificate_ends
    last, thing = (ends.date(), "certificate") if ends else (setting.secret_until, "secret")
    if last is None:
        return passed(what, found, expected), kept
    line = passed(what, f"{found}, {thing} until {last:%Y-%m-%d}", expected)
    left = (last - today(clock)).days
    if left < 0 and thing == "secret":
        return ends_soon(
            line, "It still works: set `client_secret_until` to what Profit shows."
        ), kept
    if left <= _SOON_DAYS:
        return ends_soon(line, f"{_RENEWED[thing]} {left} days are left."), kept
    return line, kept


async def classic_tokens(
    setting: EnvironmentSetting,
    access: ErpAccess,
    *,
    sources: TokenSources,
    connection: Connection,
    clock: Clock,
) -> DoctorLine:
    """Return whether the environment still takes classic tokens, as far as that can be seen.

    Args:
        setting: The environment.
        access: The way to it, by OAuth or by a classic token.
        sources: Where a classic token may come from; nobody is asked for one.
        connection: What carries the request.
        clock: Tells the time.
    """
    what, expected = "classic tokens", "OAuth before they end"
    ends, day = deadline_named("classic-token"), today(clock)
    days = "; ".join(f"{each.day:%d-%m-%Y}: {each.then.en}" for each in coming(ends, day))
    if not days:
        return passed(what, "none works any more", expected)
    if access.own_client is None:
        return passed(what, f"taken, and in use here; {days}: see `sign_in`", expected)
    try:
        token = sources.classic_token(setting.sign_in)
    except ConfigurationError:
        token = None
    if token is None:
        return skipped(what, f"a token in {setting.sign_in.token_env} to try; {days}")
    classic = replace(access, token=token, own_token=None, own_client=None, signed_in=None)
    try:
        client = ErpClient(classic, connection=connection, clock=clock)
        answer = await client.send(ErpCall(method="GET", path="/profitversion"))
    except ErpUnavailableError as error:
        return skipped(what, f"an answer to a classic token: {error.message}")
    if answer.status == 200:
        return passed(what, f"still taken; {days}", expected)
    return passed(what, f"the one that is set is not taken ({answer.status})", expected)


def client_certificate(setting: EnvironmentSetting, now: datetime) -> DoctorLine | None:
    """Return what there is to say of the certificate that is shown in TLS; None without one."""
    if not setting.client_certificate:
        return None
    # loading the library takes half a second, and few show a certificate
    from koppeling_harness.erp.keys import certificate_ends  # noqa: PLC0415

    text = Path(setting.client_certificate).read_text("utf-8", errors="replace")
    ends = certificate_ends(text)
    what, expected = "client certificate", "a certificate that has not ended"
    if ends is None:
        return skipped(what, expected)
    found = f"until {ends.astimezone(UTC):%Y-%m-%d}"
    if ends > now:
        return passed(what, found, expected)
    return failed(what, found, expected, "Make a new one, and let the environment know it.")
