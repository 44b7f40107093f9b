"""How long judging ten thousand exchanges takes, and redacting some: python -m bench rules."""

import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.snapshot import MetainfoField, UpdateMetainfo
from koppeling_harness.traffic.checks import RULES, check_exchanges
from koppeling_harness.traffic.private_exchange import Privacy
from koppeling_harness.traffic.redactor import Redactor
from support.exchanges import PROFIT_8, Tape, a_manifest, rows_of

HOURS = UpdateMetainfo(
    fields=(
        MetainfoField(field_id="EmId", data_type="string", length=15),
        MetainfoField(field_id="Qu", data_type="decimal"),
        MetainfoField(field_id="DaTi", data_type="date", mandatory=True),
    )
)
SORTED = {"take": 100, "orderbyfieldids": "EmployeeId", "filterfieldids": "Name"}


def main():
    tape = Tape()
    for reading in range(100):
        for page in range(49):
            rows = rows_of(100 if page < 48 else 7)
            tape.read(rows=rows, query={"skip": page * 100, "filtervalues": reading, **SORTED})
        for number in range(51):
            tape.write({"EmId": str(number), "Qu": "7.5", "DaTi": "2026-11-24"})
    size_mb = sum(len(each.response_body or "") for each in tape.exchanges) / 1e6
    took_s = []
    for _ in range(3):
        started_s = time.process_time()
        check_exchanges(
            tape.exchanges,
            manifest=a_manifest(),
            release=PROFIT_8,
            definitions={"ptrealization": HOURS},
        )
        took_s.append(time.process_time() - started_s)
    print(
        f"{len(tape.exchanges)} exchanges, {size_mb:.0f} MB of answers, {len(RULES)} rules: "
        f"{min(took_s):.2f} s of processor time"
    )
    redact(tape.exchanges[:1000])


def redact(exchanges):
    """Print what it takes to keep exchanges, by a redactor that knows 400 tokens."""
    size_mb = sum(len(each.response_body or "") for each in exchanges) / 1e6
    took_s = []
    for _ in range(3):
        redactor = Redactor(b"key")
        for number in range(400):
            data = hashlib.sha256(bytes(str(number), "ascii")).hexdigest().upper()
            redactor.add_secret(Secret(f"<token><version>1</version><data>{data}</data></token>"))
        started_s = time.process_time()
        for each in exchanges:
            redactor.secrets(each.request_body or "")
            redactor.secrets(each.response_body or "")
        secrets_s = time.process_time() - started_s
        Privacy(redactor, a_manifest()).kept(Recording(exchanges=tuple(exchanges)))
        took_s.append((secrets_s, time.process_time() - started_s - secrets_s))
    secrets_s, private_s = (min(each) for each in zip(*took_s, strict=True))
    print(
        f"{len(exchanges)} exchanges, {size_mb:.1f} MB of answers: {secrets_s:.2f} s for secrets, "
        f"{private_s:.2f} s for what is private"
    )


if __name__ == "__main__":
    main()
