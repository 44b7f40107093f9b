"""Lets koppeling-harness drive Opzoekhulp: nothing but the way in.

The operation is the argument, its input is JSON on standard input. Out goes one JSON object; why a
question is not answered is the last line on standard error, with exit code 75.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from opzoekhulp import lookup
from opzoekhulp.afas import Afas, AfasError

REFUSED = 75
PARTICIPANT = "12345"  # what the customer fills in; the address of Profit is made of it


def client():
    """Return the client of OAuth, where there is one."""
    client_id = os.environ.get("KOPPELING_CLIENT_ID")
    return (client_id, os.environ["KOPPELING_CLIENT_SECRET"]) if client_id else None


def main() -> int:
    afas = Afas(
        PARTICIPANT,
        os.environ["KOPPELING_TOKEN"],
        os.environ["KOPPELING_INTEGRATION_ID"],
        client=client(),
    )
    given = json.load(sys.stdin) or {}
    operations = {"find-contact": lookup.find_contact, "open-project": lookup.open_project}
    asked = operations.get(sys.argv[1])
    if asked is None:
        print(f"Opzoekhulp kent geen opdracht {sys.argv[1]}.", file=sys.stderr)
        return REFUSED
    try:
        output = asked(afas, **given)
    except (AfasError, lookup.QuestionError) as error:
        if reference := getattr(error, "reference", ""):
            print(f"AFAS: profitLogReference {reference}", file=sys.stderr)
        print(error, file=sys.stderr)
        return REFUSED
    finally:
        afas.close()
    print(json.dumps({"output": output}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
