"""`python -m bench WHAT …`: everything that is measured, by one command."""

import importlib
import sys

WHAT = {
    "speed": ("bench.speed", "koppeling beside other tools: the table and plot of the docs"),
    "erp1": ("bench.erp1_bench", "the emulated ERP1 beside json-server"),
    "turns": ("bench.erp1_turns", "the emulated ERP1 beside itself in another revision"),
    "gateway": ("bench.gateway", "the gateway beside mitmproxy"),
    "rules": ("bench.gateway_rules", "the traffic rules on ten thousand exchanges"),
    "bad-fleet": ("bench.bad_fleet", "what is told of a fleet with twelve bad integrations"),
    "fleet": ("bench.fleet", "whole fleets of integrations, beside another revision"),
    "merge": ("bench.merge", "the shards of a fleet of 300 on three releases become one run"),
    "neighbours": ("bench.neighbours", "a good integration alone and beside each bad neighbour"),
    "evidence": ("bench.evidence", "signing a run, and verifying 500 packs"),
    "site": ("bench.report_site", "the pages over 500 registrations"),
}


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in WHAT:
        print(__doc__, *(f"  {each:10} {text}" for each, (_, text) in WHAT.items()), sep="\n")
        return 0 if name in {"", "-h", "--help"} else 2
    del sys.argv[1]
    module = importlib.import_module(WHAT[name][0])
    return getattr(module, "main", int)() or 0


if __name__ == "__main__":
    sys.exit(main())
