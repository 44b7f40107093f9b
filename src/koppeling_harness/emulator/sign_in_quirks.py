"""The switches of signing in: classic tokens, OAuth, keys of clients, DPoP.

The page of 30 September 2026 is the newest text of AFAS; what it says of Profit 9 stands nowhere
else. Where it says how a thing is done, ERP1 does it so and there is no switch.
"""

from koppeling_harness.emulator.quirk import AUTH_PAGE, INFERRED, Quirk
from koppeling_harness.emulator.quirk import quirk as _quirk

RFC_9449 = "RFC 9449"

SIGN_IN_QUIRKS: tuple[Quirk, ...] = (
    _quirk(
        "classic_token",
        "by_date accepted refused",
        AUTH_PAGE,
        "Classic tokens: those made before 1 May 2027 lapse on that day, none works after "
        "31 August 2027; or whatever the day.",
    ),
    _quirk(
        "token_expiry_shown",
        "given_only always",
        f"{INFERRED}; {AUTH_PAGE} names the dates, not how metainfo shows them",
        "Whether `tokenExpiry` of metainfo shows the day on which classic tokens lapse, or only an "
        "end that the token was given itself.",
    ),
    _quirk("challenge_401", "absent present", AUTH_PAGE, "`WWW-Authenticate` on every 401."),
    _quirk(
        "oauth_refresh_null",
        "present absent",
        AUTH_PAGE,
        '`"refresh_token": null` in the answer to client credentials.',
    ),
    _quirk(
        "oauth_client_authentication",
        "body body_or_basic body_basic_or_jwt",
        AUTH_PAGE,
        "How a client proves itself at the token endpoint: secret in the body, secret by HTTP "
        "Basic, `private_key_jwt`.",
    ),
    _quirk(
        "token_content_type",
        "form_only any",
        f"{AUTH_PAGE}; what another Content-Type gets is inferred",
        "Whether the token endpoint reads a body that is not called "
        "`application/x-www-form-urlencoded`; if not, `invalid_request`.",
    ),
    _quirk(
        "access_token_form",
        "jwt opaque",
        f"{AUTH_PAGE} (samples begin with the header of a JWT); its length inferred",
        "What an access token looks like: some 700 characters in three parts, or 64. To a client "
        "it is a text without a meaning, and may be long.",
    ),
    _quirk(
        "access_token_life",
        "3600_s 300_s 60_s 5_s",
        f"{AUTH_PAGE} (3600 s in every sample); shorter ones are for trying",
        "How long an access token works.",
    ),
    _quirk(
        "code_life",
        "300_s 60_s 5_s",
        f"{INFERRED}; {AUTH_PAGE} says short",
        "How long an authorization code may be exchanged.",
    ),
    _quirk(
        "refresh_reuse",
        "refused ends_chain",
        f"{AUTH_PAGE} (an old one is refused); that it ends the chain is inferred from RFC 9700",
        "What a refresh token does that was used before.",
    ),
    _quirk(
        "redirect_uri_case",
        "exact scheme_and_host_free",
        AUTH_PAGE,
        "Whether the case of scheme and host matters in a `redirect_uri`.",
    ),
    _quirk(
        "client_secret_validity",
        "unlimited limited",
        AUTH_PAGE,
        "Whether a client's secret ends; by default 180 days after the environment was opened.",
    ),
    _quirk(
        "assertion_typ",
        "jwt_or_none any",
        f"{AUTH_PAGE} names JWT and client-authentication+jwt; what others get is inferred",
        "Which other `typ` a client assertion may have; it then counts as JWT.",
    ),
    _quirk(
        "assertion_aud_list",
        "accepted refused",
        f"{INFERRED}; RFC 7519 allows a list",
        "Whether `aud` of a client assertion may be a list.",
    ),
    _quirk(
        "assertion_x5t_unknown",
        "refused all_tried",
        f"{AUTH_PAGE} (`x5t#S256` may point at a certificate); one that fits none is inferred",
        "What an `x5t#S256` of no certificate does, where `kid` is absent.",
    ),
    _quirk(
        "thumbprint_kid",
        "hex base64url",
        f"{AUTH_PAGE} (SHA-1 thumbprint); how it is written inferred",
        "How the `kid` of an uploaded certificate without a key id of its own is written.",
    ),
    _quirk(
        "expired_certificate",
        "not_tried tried",
        f"{AUTH_PAGE} (all valid certificates are tried); that an expired one is not, inferred",
        "Whether a client may sign with the key of a certificate that has ended.",
    ),
    _quirk(
        "jwks_long_max_age",
        "honoured hour_at_most",
        f"{AUTH_PAGE} (`Cache-Control` is honoured); longer than an hour inferred",
        "How long a key set is kept whose `max-age` is longer than an hour.",
    ),
    _quirk(
        "jwks_unreachable",
        "refused old_kept",
        INFERRED,
        "Whether keys that were fetched before go on working while their set cannot be fetched.",
    ),
    _quirk(
        "dpop",
        "absent present",
        AUTH_PAGE,
        "Public clients, and tokens that are bound to a key (DPoP).",
    ),
    _quirk(
        "dpop_confidential",
        "bound ignored",
        f"{AUTH_PAGE} (optional for a confidential client; without an example)",
        "What a proof does that a confidential client sends to the token endpoint.",
    ),
    _quirk(
        "dpop_proof_age",
        "60_s 300_s",
        f"{INFERRED}; 60 s is the skew of {AUTH_PAGE}",
        "How old a proof may be.",
    ),
    _quirk(
        "dpop_bad_proof",
        "invalid_dpop_proof invalid_request",
        f"{RFC_9449}; AFAS names no error",
        "Error of the token endpoint for a proof that is bad or missing.",
    ),
    _quirk(
        "dpop_nonce_on_calls",
        "required absent",
        f"{AUTH_PAGE} (the nonce is server-wide; the sample of a call carries one)",
        "Whether proofs on API calls need a nonce too.",
    ),
    _quirk(
        "dpop_nonce_status_on_calls",
        "401 400",
        f"{RFC_9449}; {AUTH_PAGE} speaks of 400, at the token endpoint",
        "Status of an API call whose proof lacks a valid nonce; 400 has the body of the token "
        "endpoint.",
    ),
    _quirk(
        "dpop_new_nonce",
        "when_due always challenge_only",
        f"{AUTH_PAGE} (any answer may carry a new one); when, inferred",
        "Which answers to a proof carry `DPoP-Nonce`: where the proof's own is not the newest any "
        "more, all, or refusals only.",
    ),
    _quirk(
        "dpop_nonce_life",
        "300_s 60_s 5_s",
        INFERRED,
        "After how long a newer nonce is given out; the one before it works as long again.",
    ),
    _quirk(
        "replay_store",
        "reachable unreachable",
        AUTH_PAGE,
        "Where Profit remembers proofs; API calls with DPoP answer 503 while it is not there.",
    ),
    _quirk(
        "cors_headers",
        "recorded with_sign_in",
        "recorded answers of AFAS, github.com/shoekstra/afashours; a browser client needs more",
        "Whether a preflight allows the headers `DPoP` and `IntegrationId` too.",
    ),
)
