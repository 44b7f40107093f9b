"""The page of the documentation that says of each behaviour of ERP1 when it was seen at AFAS.

PYTHONPATH=tests python -m support.parity_page > docs/reference/parity.md
"""

import sys

from koppeling_harness.emulator.ledger import last_seen
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.erp.probe_needs import NEEDS
from koppeling_harness.erp.probes import PROBES

_INTRODUCTION = """\
# Parity with AFAS

ERP1 rests on what AFAS and others publish. Where texts leave something open or contradict each
other it has a [switch](erp1.md#switches): {total} behaviours. Of these **{seen} were seen at AFAS**
to be as ERP1 has them; each row says when, on which release, or *never*. This page is made from the
ledger that travels with the program, and a test keeps it so.

## `koppeling parity --env NAME`

Sends the same probes to ERP1, at the release that runs there, and to a test or accept environment
of the [settings](settings.md), and says where the answers differ: status, headers, members and
kinds of values, layout, message. Production is refused, as always. Calls stay within the
environment's `max_parallel` and `budget`; some {calls} calls. Where the environment is signed
in to by OAuth, the own client asks for a few tokens too and is refused some; nothing of them is
kept.

- `--write` sends the probes too that make a dossier item. Each write is noted in the journal before
  it is sent and taken away at the end; `koppeling sweep` takes away what a killed run left. Without
  it nothing comes to be: reads, metainfo, errors, and writes that are refused.
- `--out FILE` keeps the comparison, for `parity adopt`.
- `--json` prints `koppeling/parity@1`: `release`, `version`, `at_afas`, `behaviours` (`as_here`,
  `otherwise`, `not_shown`, `not_asked`, each with its `value` or `why`), `differences`, `probes`.

Exit code 0: no difference; 16: it differs; 10 and 11 as the doctor has them. The app connector
needs {connectors}; what is not on it is not asked, and said so.

A behaviour counts as seen when one value of its switch fits the answers better than every other.
Of what the environment holds nothing is kept, only forms: no id, address, token, row, nor any word
of a message that is not one of ERP1's own.

## `koppeling parity adopt FILE`

Takes over what a comparison saw: into the ledger goes, per release, the day and how it was. Where
it was otherwise than ERP1's default, ERP1 does so on that release from then on. Differences that no
value of any switch explains are listed: they ask for a new switch. Only what was seen at AFAS
(`*.afas.online`) is taken. `--ledger FILE` names another ledger than the program's own.

## `koppeling parity compare ONE OTHER`

Holds two files of `--out` against each other and sends nothing: the test environment and accept,
which shows what the next release does otherwise, or one environment on two days. Told is what the
probes have that both got answers to. `--json`: `koppeling/parity-pair@1`. Exit code 0: no
difference; 16: they differ.

## Every behaviour

| behaviour | seen at AFAS | probe, or what it would take |
|---|---|---|
"""


def parity_page() -> str:
    """Return the page as Markdown."""
    seen = last_seen()
    probes = {name: probe for probe in PROBES for name in probe.shows}
    connectors = sorted({name for probe in PROBES for name in (*probe.reads, *probe.updates)})
    lines = []
    for each in QUIRKS:
        found = seen.get(each.name)
        when = f"{found.day}, {found.release}: `{found.value}`" if found else "never"
        probe = probes.get(each.name)
        how = f"`{probe.id}`{' (`--write`)' if probe.writes else ''}" if probe else NEEDS[each.name]
        lines.append(f"| `{each.name}` | {when} | {how} |")
    introduction = _INTRODUCTION.format(
        total=len(QUIRKS),
        seen=len(seen),
        calls=120,
        connectors=", ".join(f"`{each}`" for each in connectors),
    )
    return introduction + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(parity_page())
