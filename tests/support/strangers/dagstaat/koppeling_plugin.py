"""The way in by hooks."""

from dagstaat import Melding, bedien

from koppeling_harness import OperationCall, OperationResult, hookimpl


@hookimpl
def koppeling_trigger(call: OperationCall) -> OperationResult:
    context = call.context
    try:
        uit = bedien(
            call.operation,
            call.input,
            adres=context.base_url,
            sleutel=context.token,
            kenmerk=context.integration_id,
            map_=context.work_dir,
        )
    except Melding as fout:
        return OperationResult(ok=False, error=str(fout))
    return OperationResult(ok=not uit.get("mislukt"), output=uit, error=uit.get("melding"))
