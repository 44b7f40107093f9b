"""The way in by a command line: the operation is the argument, the input is JSON on stdin."""

import json
import os
import sys

from dagstaat import Melding, bedien

try:
    uit = bedien(
        sys.argv[1],
        json.load(sys.stdin),
        adres=os.environ["KOPPELING_BASE_URL"],
        sleutel=os.environ["KOPPELING_TOKEN"],
        kenmerk=os.environ["KOPPELING_INTEGRATION_ID"],
        map_=os.environ["KOPPELING_WORK_DIR"],
    )
except Melding as fout:
    uit = {"mislukt": [str(fout)], "melding": str(fout)}
print(json.dumps({"ok": not uit.get("mislukt"), "output": uit, "error": uit.get("melding")}))
