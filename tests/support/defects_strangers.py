"""The part of the detection table about integrations that the packs were not made beside.

They have no scenarios of their own: what catches these defects is the packs alone.
"""

from dataclasses import replace

from support.defect import Defect, Edit, edit

DAY = "dagstaat.py"
MANIFEST = "koppeling.yaml"

BY_COMMAND = Edit(
    file=MANIFEST,
    old="  kind: python\n  plugin: koppeling_plugin.py\n",
    new='  kind: command\n  command: [python3, "{folder}/run_dagstaat.py", "{operation}"]\n',
)
"""The same program, started by a command line instead of hooks."""

_DOWN = "            if antwoord.status == 503:\n"
_GONE = "    except Kwijt:\n        pass\n    if staat_er(profit, velden):\n        return\n"
_PEOPLE = 'rijen = profit.rijen("Dagstaat_Mensen", "EmployeeId")'
_HOURS = 'return str((Decimal(minuten) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP))'
_LOOKED = (
    "    rijen = profit.rijen(\n"
    '        "Dagstaat_Geboekt",\n'
    '        "Identity",\n'
    '        ("EmployeeId", velden["EmId"], 1),\n'
    '        ("ProjectId", velden["PrId"], 1),\n'
    '        ("DateTime", velden["DaTi"], 1),\n'
    "    )\n"
)
_AS_IF_NOT_THERE = "    except Melding:\n        return False\n"
_UNREAD = '        raise Melding("Profit gaf geen leesbaar antwoord; er is niets bijgewerkt")\n'
_PARSED = "            wat = json.loads(tekst) if tekst else {}\n"
_LOGGED = (
    "            with open(self.log, 'a') as log:\n                print(self.kop, wat, file=log)\n"
)
_STARTED = "    profit = Profit(adres, sleutel, kenmerk)\n"

MUST_NOT_PASS: tuple[Defect, ...] = (
    Defect(
        name="day-down-is-empty",
        description="takes 503 while reading for an answer without rows",
        caught_by=("READ-FAILED-AS-EMPTY",),
        proved_by="maintenance-while-reading",
        integration="dagstaat",
        edits=edit(
            DAY,
            _DOWN,
            '            if antwoord.status == 503 and soort == "GET":\n'
            '                return {"rows": []}\n' + _DOWN,
        ),
    ),
    Defect(
        name="day-gone-is-booked",
        description="counts a line as booked when the connection closes",
        caught_by=("WRITE-FAILED-AS-DONE",),
        proved_by="connection-reset",
        integration="dagstaat",
        edits=edit(DAY, _GONE, "    except Kwijt:\n        return\n"),
    ),
    Defect(
        name="day-sends-again-after-2-s",
        description="sends a write again at once when it takes longer than two seconds",
        caught_by=("RESEND-UNCHECKED",),
        proved_by="answer-held",
        integration="dagstaat",
        edits=edit(DAY, "GEDULD = 60\n", "GEDULD = 2\n")
        + edit(
            DAY,
            _GONE,
            "    except Kwijt as fout:\n"
            '        if "timed out" in str(fout):\n'
            '            profit.schrijf("PtRealization", velden)\n'
            "            return\n"
            "    if staat_er(profit, velden):\n        return\n",
        ),
    ),
    Defect(
        name="day-people-unpaged",
        description="reads one of its connectors without skip, take and an order",
        caught_by=("PAGING-INCOMPLETE",),
        proved_by="more-than-one-page",
        integration="dagstaat",
        edits=edit(DAY, _PEOPLE, 'rijen = profit.blad("/connectors/Dagstaat_Mensen")'),
    ),
    Defect(
        name="day-binary-hours",
        description="counts hours in floating point and sends all digits",
        caught_by=("BODY-DECIMALS",),
        proved_by="nothing-orange",
        integration="dagstaat",
        edits=edit(DAY, _HOURS, "return minuten / 60"),
    ),
    Defect(
        name="day-logs-all",
        description="writes its token and whole rows into a log in its work folder",
        caught_by=("LOG-SECRET", "LOG-PERSONAL"),
        proved_by="nothing-in-the-log",
        integration="dagstaat",
        edits=edit(DAY, _PARSED, f"{_PARSED}{_LOGGED}")
        + edit(
            DAY, _STARTED, f"    Profit.log = str(pathlib.Path(map_) / 'dagstaat.log')\n{_STARTED}"
        ),
    ),
)
"""What a partner's integration was once seen to pass with."""


def _day(
    name: str, description: str, *, by: str, old: str, new: str, code: str, says: str = ""
) -> Defect:
    return Defect(
        name=f"day-{name}",
        description=description,
        caught_by=(code,),
        says=says,
        proved_by=by,
        integration="dagstaat",
        edits=edit(DAY, old, new),
    )


_FAILED_READ = (
    _day(
        "page-is-empty",
        "takes a page to log in at for an answer without rows",
        by="login-page",
        code="READ-FAILED-AS-EMPTY",
        old=_UNREAD,
        new="        return []\n",
    ),
    _day(
        "error-is-empty",
        "takes an error in JSON for an answer without rows",
        by="error-body",
        code="READ-FAILED-AS-EMPTY",
        old='self.vraag("GET", pad).get("rows")',
        new='self.vraag("GET", pad).get("rows", [])',
    ),
    _day(
        "writes-unseen",
        "books a line when it could not be read whether it is there",
        by="look-fails",
        code="WRITTEN-UNSEEN",
        old=_LOOKED,
        new="    try:\n" + _LOOKED.replace("    ", "        ") + _AS_IF_NOT_THERE,
    ),
)

BY_COMMAND_TOO: tuple[Defect, ...] = tuple(
    replace(each, name=f"{each.name}-by-command", edits=(BY_COMMAND, *each.edits))
    for each in MUST_NOT_PASS
)

DEFECTS_STRANGERS: tuple[Defect, ...] = (
    *MUST_NOT_PASS,
    *BY_COMMAND_TOO,
    *_FAILED_READ,
)
