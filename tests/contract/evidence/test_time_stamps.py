"""A signature is stamped by an authority of `openssl ts`, and the stamp is believed for that."""

import base64
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from koppeling_harness.errors import ConfigurationError, ErpUnavailableError, UsageError
from koppeling_harness.evidence.bundle import ENVELOPE, TIME_STAMP
from koppeling_harness.evidence.dsse import read_envelope
from koppeling_harness.evidence.time_stamp import read_authorities
from koppeling_harness.model.evidence import Step
from koppeling_harness.workflow.evidence.sign import sign
from koppeling_harness.workflow.evidence.stamp import require_address, stamp
from koppeling_harness.workflow.evidence.trust import Trust
from support.clock import FixedClock
from support.evidence import a_key, a_run_folder, a_signed_record, line, looked_at, trust_in
from support.time_stamps import Authority, answering

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
pytest.importorskip("rfc3161_client", reason="needs the extra time-stamps")

KEY = a_key()
TODAY = datetime.now(UTC)  # noqa: TID251 - an authority stamps with the machine's own time


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture
def stamped(authority, tmp_path):
    """The folder of a run of today, signed and stamped; signed, it says, a day ago."""
    began = TODAY - timedelta(days=1, hours=1)
    record = a_signed_record(
        started_at=began,
        finished_at=began + timedelta(seconds=4),
        run_id=f"{began:%Y%m%dT%H%M%SZ}-1a2b3c",
    )
    folder = a_run_folder(tmp_path / "reports", record)
    clock = FixedClock((TODAY - timedelta(days=1)).isoformat())
    with answering(authority.reply) as url:
        sign(folder, KEY, clock=clock, time_stamps=url)
    return folder


def trusting(authority: Authority | None, *lines: str) -> Trust:
    trust = trust_in(*(lines or [line(KEY, before="2100-01-01")]))
    if authority is None:
        return trust
    certificates = authority.certificates.read_bytes()
    return Trust(signers=trust.signers, place=trust.place, time_stampers=certificates)


def test_the_moment_is_that_of_the_stamp(authority, stamped):
    verified = looked_at(stamped, trusting(authority), now=TODAY)

    assert verified.holds, [each.said.en for each in verified.refused]
    assert verified.is_stamped
    assert abs(verified.signed_at - TODAY) < timedelta(minutes=10)
    assert "by its time stamp" in verified.steps[2].said.en


def test_openssl_verifies_the_stamp_over_the_signature(authority, stamped, tmp_path):
    signature = tmp_path / "signature"
    signature.write_bytes(read_envelope((stamped / ENVELOPE).read_bytes()).signatures[0].sig)

    assert authority.verifies(stamped / TIME_STAMP, signature)
    signature.write_bytes(b"another")
    assert not authority.verifies(stamped / TIME_STAMP, signature)


def test_a_key_that_had_ended_when_it_was_stamped_cannot_be_dated_back(authority, stamped):
    moment = f"{TODAY - timedelta(hours=12):%Y%m%d%H%M}Z"
    ended = line(KEY, after="2020-01-01").replace(
        'valid-before="20270101"', f'valid-before="{moment}"'
    )

    stated = looked_at(stamped, trusting(None, ended), now=TODAY)
    by_stamp = looked_at(stamped, trusting(authority, ended), now=TODAY)

    assert stated.holds, [each.said.en for each in stated.refused]
    assert [(each.step, each.code) for each in by_stamp.refused] == [(Step.KEY_VALID, "key_ended")]


def test_a_stamp_over_an_older_signature_beside_it_dates_nothing_back(authority, stamped):
    """Who has an ended key has old stamps of its signatures too."""
    envelope = json.loads((stamped / ENVELOPE).read_bytes())
    with answering(authority.reply) as url:
        (stamped / TIME_STAMP).write_bytes(stamp(b"an older signature", url))
    older = base64.b64encode(b"an older signature").decode()
    envelope["signatures"].insert(0, {"keyid": "older", "sig": older})
    (stamped / ENVELOPE).write_text(json.dumps(envelope))

    (refused, *_) = looked_at(stamped, trusting(authority), now=TODAY).refused

    assert refused.step is Step.KEY_VALID
    assert "not over this signature" in refused.said.en


def test_a_stamp_of_somebody_else_is_refused(stamped, tmp_path):
    other = Authority(tmp_path / "other")

    (refused, *_) = looked_at(stamped, trusting(other), now=TODAY).refused

    assert refused.step is Step.KEY_VALID
    assert "not of one who is known" in refused.said.en


def test_a_stamp_over_another_signature_is_refused(authority, stamped):
    with answering(authority.reply) as url:
        (stamped / TIME_STAMP).write_bytes(stamp(b"another signature", url))

    (refused, *_) = looked_at(stamped, trusting(authority), now=TODAY).refused

    assert refused.step is Step.KEY_VALID


@pytest.mark.parametrize("damage", [b"", b"no stamp", b"\x30\x82\xff\xff"])
def test_what_is_no_stamp_is_refused(damage, authority, stamped):
    (stamped / TIME_STAMP).write_bytes(damage)

    (refused, *_) = looked_at(stamped, trusting(authority), now=TODAY).refused

    assert refused.step is Step.KEY_VALID


def test_who_trusts_no_authority_sees_the_date_as_stated(stamped):
    verified = looked_at(stamped, trusting(None), now=TODAY)

    assert verified.holds
    assert not verified.is_stamped
    assert "as stated by the signer" in verified.steps[2].said.en


def test_to_sign_again_without_a_stamp_takes_the_old_one_away(stamped):
    sign(stamped, KEY, clock=FixedClock(TODAY.isoformat()))

    assert not (stamped / TIME_STAMP).exists()


def test_an_authority_that_answers_nonsense_leaves_the_run_as_it_was(tmp_path):
    folder = a_run_folder(tmp_path)
    with answering(lambda _query: b"<html>") as url, pytest.raises(ErpUnavailableError):
        sign(folder, KEY, clock=FixedClock("2026-11-24T09:00:00+00:00"), time_stamps=url)

    assert not list(folder.glob("evidence*"))


def test_an_authority_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ErpUnavailableError, match="no time stamp"):
        stamp(b"signature", "http://127.0.0.1:9/tsr")


@pytest.mark.parametrize("url", ["", "tsa", "file:///etc/passwd", "http:///x"])
def test_what_is_no_address_is_told_before_anything_is_signed(url):
    with pytest.raises(UsageError, match="--timestamp"):
        require_address(url)


def test_what_are_no_certificates_is_told():
    with pytest.raises(ConfigurationError, match="expected certificates in PEM"):
        read_authorities(b"nothing", name="tsa.pem")
