"""Lets koppeling-harness drive Bijlagearchief over stdin and stdout: nothing but the way in.

JSON-RPC 2.0, a message on a line; docs/reference/stdio-protocol.md of the harness describes it.
"""

import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bijlagearchief.afas import Afas, AfasError
from bijlagearchief.archive import Archive

NO_METHOD, NO_PARAMS, BROKE_DOWN = -32601, -32602, -32000


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # whatever prints, prints to the log
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue  # cancel
        answer = {"jsonrpc": "2.0", "id": message["id"], **answered(message)}
        print(json.dumps(answer), file=answers, flush=True)


def answered(message):
    method, params = message["method"], message.get("params", {})
    if method == "initialize":
        if 1 not in params.get("versions", []):
            return failed(BROKE_DOWN, "speaks version 1 only")
        return {"result": {"version": 1, "hooks": ["trigger"]}}
    if method == "shutdown":
        return {"result": None}
    if method != "trigger":
        return failed(NO_METHOD, f"there is no method {method}")
    call = params.get("call")
    if not isinstance(call, dict):
        return failed(NO_PARAMS, "no call")
    try:
        return {"result": carried_out(call)}
    except Exception as error:  # noqa: BLE001 - whatever broke is an answer
        return failed(BROKE_DOWN, repr(error))


def carried_out(call):
    operation = {"archive": archive, "download": download}.get(call["operation"])
    if operation is None:
        return {"ok": False, "error": f"Bijlagearchief kent geen opdracht {call['operation']}."}
    context = call["context"]
    client = (context["client_id"], context["client_secret"]) if context["client_id"] else None
    afas = Afas(context["base_url"], context["token"], context["integration_id"], client=client)
    try:
        return operation(afas, Path(context["work_dir"]) / "archief", call["input"] or {})
    except AfasError as error:
        if error.reference:
            print(f"AFAS: profitLogReference {error.reference}", file=sys.stderr)
        return {"ok": False, "error": str(error)}
    finally:
        afas.close()


def archive(afas, folder, _given):
    output = Archive(folder).add_new(afas)
    missing = output["missing"]
    if missing:
        told = ", ".join(map(str, missing))
        return {
            "ok": False,
            "output": output,
            "error": f"Profit geeft deze bijlagen niet, morgen opnieuw: {told}",
        }
    return {"ok": True, "output": output}


def download(afas, _folder, given):
    content = afas.file(given["file"], given["name"])
    digest = hashlib.sha256(content).hexdigest()
    return {"ok": True, "output": {"bytes": len(content), "sha256": digest}}


def failed(code, said):
    return {"error": {"code": code, "message": said}}


if __name__ == "__main__":
    main()
