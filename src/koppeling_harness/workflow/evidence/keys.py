"""Keys of a partner, made and found; what is private is never shown."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM, Clock, today
from koppeling_harness.config.folders import MANIFEST, PLUGINS, is_a_partners
from koppeling_harness.document import read_content, read_text, read_yaml
from koppeling_harness.errors import ConfigurationError, DocumentError, UsageError
from koppeling_harness.evidence.keys import ED25519, P256, SigningKey, new_key, read_signing_key
from koppeling_harness.evidence.signers import signer_line
from koppeling_harness.evidence.sshsig import DECISIONS, NAMESPACE
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.environment.access import ask_keyring

KEY_VARIABLE = "KOPPELING_EVIDENCE_KEY"
"""Holds the key itself where a CI system keeps secrets; a file and the keyring come first."""
TYPES = {"ed25519": ED25519, "p256": P256}
"""Names of the key types on the command line."""

AFAS = "afas"
"""Principal of a key that signs AFAS's decisions."""

_COUNTS_FOR = timedelta(days=730)
_INTEGRATION_ID = re.compile(r"[0-9]+_[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """A key that was made.

    Attributes:
        private: Its file, which only its owner reads.
        public: The file of its public half.
        signers: The file with the line that AFAS registers.
        line: That line.
        fingerprint: By which it is known.
    """

    private: Path
    public: Path
    signers: Path
    line: str
    fingerprint: str


def make_key(
    out: Path,
    *,
    clock: Clock,
    principals: Sequence[str] = (),
    kind: str = "ed25519",
    until: date | None = None,
    decisions: bool = False,
) -> KeyMade:
    """Make a key; write it, its public half, and the line with which it is registered.

    Args:
        out: File of the private key; the others lie beside it.
        clock: Tells from when it counts.
        principals: IntegrationIds that it signs for; those of the manifests here when empty.
        kind: `ed25519` or `p256`.
        until: Last day on which it counts; two years from now when None.
        decisions: Whether it is AFAS's own, for decisions and not for evidence.

    Raises:
        UsageError: It is not known for which integration, or the day lies behind.
        ConfigurationError: One of the files is there already, cannot be written, or would lie among
            those of an integration.
    """
    if decisions and principals:
        message = "--decisions is of a key of AFAS, which is for no integration"
        raise UsageError(message, hint="Leave out --for, or --decisions.")
    ids = (AFAS,) if decisions else tuple(principals) or _integration_ids()
    for each in ids:
        if not decisions and not _INTEGRATION_ID.fullmatch(each):
            message = f"--for: found {each!r}, expected an IntegrationId such as 12345_678900"
            raise UsageError(message)
    if not ids:
        message = "no integration here, so it is not known whose key it is"
        raise UsageError(message, hint="Name its IntegrationId: --for 12345_678900.")
    day = today(clock)
    last = until or day + _COUNTS_FOR
    if last <= day:
        message = f"--until: found {last}, expected a day after {day}"
        raise UsageError(message)
    if is_a_partners(out):
        message = f"{out}: lies in the folder of an integration, and would be a part of it"
        raise ConfigurationError(
            message, hint=f"Keep it out of what you hand over: --out ../{out.name}"
        )
    public, signers = (Path(f"{out}{end}") for end in (".pub", ".allowed_signers"))
    for path in (out, public, signers):
        if path.exists() or path.is_symlink():
            message = f"{path}: is there already; a key is never written over"
            raise ConfigurationError(message, hint="Name another file with --out.")
    key = new_key(TYPES[kind])
    line = signer_line(
        key.public,
        ids,
        after=_midnight(day),
        before=_midnight(last) + timedelta(1),
        namespace=DECISIONS if decisions else NAMESPACE,
    )
    _write_private(out, key.written())
    write_files(
        out.parent,
        {
            public.name: f"{key.public.text} {','.join(ids)}\n".encode(),
            signers.name: f"{line}\n".encode(),
        },
    )
    return KeyMade(
        private=out,
        public=public,
        signers=signers,
        line=line,
        fingerprint=key.public.fingerprint,
    )


def find_key(
    file: Path | None = None, keyring: str = "", *, environ: Mapping[str, str] = os.environ
) -> SigningKey:
    """Return the key to sign with: of a file, of the keyring, or of `KOPPELING_EVIDENCE_KEY`.

    Raises:
        ConfigurationError: There is none, or it is not one to sign with.
        DocumentError: The file cannot be read.
    """
    if file is not None:
        return read_signing_key(read_content(file), where=str(file))
    if keyring:
        text = ask_keyring(keyring)
        if text is None:
            message = f"the keyring holds no {keyring!r} of service koppeling"
            hint = f"`keyring set koppeling {keyring}` puts it there; it needs the package keyring."
            raise ConfigurationError(message, hint=hint)
        return read_signing_key(text.encode(), where=f"the keyring's {keyring!r}")
    text = environ.get(KEY_VARIABLE)
    if not text:
        message = "no key to sign with"
        hint = (
            f"Name it with --key FILE or --keyring NAME, or have {KEY_VARIABLE} hold it. "
            "`koppeling evidence keygen --out FILE` makes one."
        )
        raise ConfigurationError(message, hint=hint)
    # CI systems strip the last line end, and some write \\n for the others
    whole = text.replace("\\n", "\n").strip() + "\n"
    return read_signing_key(whole.encode(), where=KEY_VARIABLE)


def _integration_ids() -> tuple[str, ...]:
    """Return the IntegrationIds of the manifests in this project."""
    here = [Path(MANIFEST)] if Path(MANIFEST).is_file() else sorted(PLUGINS.glob(f"*/{MANIFEST}"))
    found = []
    for path in here:
        try:
            data = read_yaml(read_text(path), name=str(path)).data
        except DocumentError:
            continue  # told by `koppeling plugins check`
        name = data.get("integration_id") if isinstance(data, dict) else None
        if isinstance(name, str):
            found.append(name)
    return tuple(dict.fromkeys(found))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)


def _write_private(path: Path, content: bytes) -> None:
    """Write what only its owner may read, never in the place of something else.

    On Windows the folder decides who may read it, as it does for any file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}"
        raise ConfigurationError(message, hint="Name another file with --out.") from None
