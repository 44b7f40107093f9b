"""Evidence is verified by software that nobody here wrote; what was tampered with it refuses."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from koppeling_harness.evidence.bundle import ENVELOPE, SSH_SIGNATURE, STATEMENT
from koppeling_harness.evidence.dsse import pae, read_envelope
from koppeling_harness.evidence.keys import ED25519, P256, PublicKey, new_key, read_signing_key
from koppeling_harness.evidence.revoked import read_revoked
from koppeling_harness.evidence.signers import read_signers
from koppeling_harness.evidence.sshsig import NAMESPACE, ssh_signer
from support.evidence import NOW, a_signed_run, line
from support.records import IDENTITY

VERIFIER = Path(__file__).with_name("verify_with_sigstore.js")
PACKAGES = ("@sigstore/verify@3.1.1", "@sigstore/bundle@4.0.0")

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")


@pytest.fixture(scope="module", params=[ED25519, P256])
def key(request):
    return new_key(request.param)


@pytest.fixture
def signed(key, tmp_path):
    """The folder of a run that is signed."""
    return a_signed_run(tmp_path, key)


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory):
    """A folder with the packages of npm, fetched once."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("no Node.js with npm here")
    folder = tmp_path_factory.mktemp("sigstore")
    (folder / "package.json").write_text("{}")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]
    try:
        subprocess.run(
            [*command, "--prefer-offline", *PACKAGES],
            cwd=folder,
            capture_output=True,
            timeout=60,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"npm cannot fetch its packages here: {type(error).__name__}")
    shutil.copy(VERIFIER, folder)
    return folder


def pem(public: PublicKey) -> bytes:
    loaded = serialization.load_ssh_public_key(public.text.encode())
    return loaded.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def tampered(folder: Path) -> None:
    """Make a failed verdict of a passed one in the envelope, as a forger would."""
    envelope = json.loads((folder / ENVELOPE).read_bytes())
    envelope["payload"] = envelope["payload"][:-8] + "e30gICAg"
    (folder / ENVELOPE).write_text(json.dumps(envelope))


def test_securesystemslib_verifies_the_envelope(key, signed):
    public = SSlibKey.from_crypto(
        serialization.load_ssh_public_key(key.public.text.encode()), keyid=key.public.fingerprint
    )

    def verify() -> None:
        Envelope.from_dict(json.loads((signed / ENVELOPE).read_bytes())).verify([public], 1)

    verify()
    tampered(signed)
    with pytest.raises(VerificationError):
        verify()


def test_sigstore_of_npm_verifies_the_envelope(key, signed, node_modules, tmp_path):
    public = tmp_path / "key.pem"
    public.write_bytes(pem(key.public))
    command = ["node", VERIFIER.name, str(signed / ENVELOPE), str(public)]

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=node_modules, capture_output=True, text=True, check=False
        )

    assert verify().stdout == "verified\n"
    tampered(signed)
    assert "SIGNATURE_ERROR" in verify().stderr


@needs_openssl
def test_openssl_verifies_the_signature(key, signed, tmp_path):
    public, data, signature = (tmp_path / name for name in ("key.pem", "pae", "sig"))
    envelope = read_envelope((signed / ENVELOPE).read_bytes())
    public.write_bytes(pem(key.public))
    data.write_bytes(pae(envelope.payload_type, envelope.payload))
    signature.write_bytes(envelope.signatures[0].sig)
    command = {
        ED25519: ["pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", data,
                  "-sigfile", signature],
        P256: ["dgst", "-sha256", "-verify", public, "-signature", signature, data],
    }[key.public.type]  # fmt: skip

    def verify() -> int:
        return subprocess.run(["openssl", *command], capture_output=True, check=False).returncode

    assert verify() == 0
    data.write_bytes(data.read_bytes().replace(b"PASSED", b"FAILED"))
    assert verify() != 0


def ssh_verify(folder: Path, signers: Path, *, day: str = "20261124", revoked: Path | None = None):
    command = [
        "ssh-keygen", "-Y", "verify", "-f", signers, "-I", IDENTITY.integration_id,
        "-n", NAMESPACE, "-s", folder / SSH_SIGNATURE, "-O", f"verify-time={day}120000Z",
    ]  # fmt: skip
    if revoked is not None:
        command += ["-r", revoked]
    return subprocess.run(
        command,
        input=(folder / STATEMENT).read_bytes(),
        capture_output=True,
        check=False,
    ).returncode


@needs_ssh
def test_ssh_keygen_verifies_the_statement_alone(key, signed, tmp_path):
    signers = tmp_path / "allowed_signers"
    signers.write_text(line(key) + "\n")

    assert ssh_verify(signed, signers) == 0
    assert ssh_verify(signed, signers, day="20270601") != 0  # the key has ended
    statement = signed / STATEMENT
    statement.write_bytes(statement.read_bytes().replace(b"PASSED", b"FAILED"))
    assert ssh_verify(signed, signers) != 0


@needs_ssh
def test_a_key_in_a_revocation_list_of_ssh_keygen_is_revoked_for_both(key, signed, tmp_path):
    signers, public, krl = (tmp_path / name for name in ("allowed_signers", "key.pub", "krl"))
    signers.write_text(line(key) + "\n")
    public.write_text(key.public.text + "\n")
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", krl, public], check=True)

    assert ssh_verify(signed, signers, revoked=krl) != 0
    assert read_revoked(krl.read_bytes(), name="krl")(key.public)
    assert not read_revoked(krl.read_bytes(), name="krl")(new_key().public)


@needs_ssh
@pytest.mark.parametrize("kind", ["sha1", "sha256", "hash"])
def test_a_revocation_list_by_fingerprint_is_read(kind, key, tmp_path):
    listed, krl = tmp_path / "listed", tmp_path / "krl"
    named = key.public.fingerprint if kind == "hash" else key.public.text
    listed.write_text(f"{kind}: {named}\n")
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", krl, listed], check=True)

    assert read_revoked(krl.read_bytes(), name="krl")(key.public)


@needs_ssh
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_keys_and_signatures_of_ssh_keygen_are_read(kind, tmp_path):
    private = tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", private], check=True)
    key = read_signing_key(private.read_bytes(), where="id")
    data = tmp_path / "data"
    data.write_bytes(b"some bytes")
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", private, "-n", NAMESPACE, data],
        check=True,
        capture_output=True,
    )

    (signer,) = read_signers(
        f"12345_* {private.with_suffix('.pub').read_text()}",
        name="allowed_signers",
        zone=NOW.now().tzinfo,
    )
    assert ssh_signer(b"some bytes", data.with_suffix(".sig").read_bytes()) == key.public
    assert signer.key == key.public
    assert signer.is_for("12345_678900")
    assert not signer.is_for("99999_1")


def test_the_vector_of_the_dsse_specification_is_reproduced():
    # secure-systems-lab/dsse, protocol.md, section "Test Vectors"
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
