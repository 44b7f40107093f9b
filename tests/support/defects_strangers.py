"""The part of the detection table about integrations that the packs were not made beside.

They have no scenarios of their own: what catches these defects is the packs alone.
"""

from dataclasses import replace

from support.defect import SPRING, Defect, Edit, edit

DAY, TILL, MANIFEST = "dagstaat.py", "kassabrug.mjs", "koppeling.yaml"

BY_COMMAND = Edit(
    file=MANIFEST,
    old="  kind: python\n  plugin: koppeling_plugin.py\n",
    new='  kind: command\n  command: [python3, "{folder}/run_dagstaat.py", "{operation}"]\n',
)
"""The same program, started by a command line instead of hooks."""

FAILED_READ, UNDONE, UNSEEN = "READ-FAILED-AS-EMPTY", "WRITE-FAILED-AS-DONE", "WRITTEN-UNSEEN"
RESENT, OTHERWISE, PAGING = "RESEND-UNCHECKED", "ARRIVES-OTHERWISE", "PAGING-INCOMPLETE"


def _day(name: str, description: str, code: str, by: str, old: str, new: str) -> Defect:
    return Defect(
        name=f"day-{name}",
        description=description,
        caught_by=(code,),
        proved_by=by,
        integration="dagstaat",
        edits=edit(DAY, old, new),
    )


def _till(name: str, description: str, code: str, by: str, old: str, new: str) -> Defect:
    return Defect(
        name=f"till-{name}",
        description=description,
        caught_by=(code,),
        proved_by=by,
        integration="kassabrug",
        program="node",
        edits=edit(TILL, old, new),
    )


def _both(defect: Defect, old: str, new: str) -> Defect:
    """Return a defect that takes another edit of the same file."""
    return replace(defect, edits=(*defect.edits, *edit(defect.edits[0].file, old, new)))


# -- places in dagstaat.py ------------------------------------------------------------------------
_DOWN = "            if antwoord.status == 503:\n"
_WAITED = "                if wacht > 5 or keer == 3:\n"
_LOST = "    except Kwijt:\n        pass\n"
_LOOKS = "    if staat_er(profit, velden):\n        return\n"
_GONE = _LOST + _LOOKS
_PATIENCE = "GEDULD = 60\n"
_PEOPLE = 'rijen = profit.rijen("Dagstaat_Mensen", "EmployeeId")'
_HOURS = 'return str((Decimal(minuten) / 60).quantize(Decimal("0.01"), ROUND_HALF_UP))'
_PARSED = "            wat = json.loads(tekst) if tekst else {}\n"
_LOGGED = (
    "            with open(self.log, 'a') as log:\n                print(self.kop, wat, file=log)\n"
)
_STARTED = "    profit = Profit(adres, sleutel, kenmerk)\n"
_UNREAD = '        raise Melding("Profit gaf geen leesbaar antwoord; er is niets bijgewerkt")\n'
_NO_JSON = "        except ValueError:\n            wat = None\n"
_REFUSED = "            raise Melding(f\"{uitleg} [{wat.get('profitLogReference', '')}]\")\n"
_DENIED = (
    '            raise Buiten(f"Profit laat Dagstaat niet binnen ({status}); vraag uw beheerder")\n'
)
_BROKEN = "            except (OSError, http.client.HTTPException, ValueError) as fout:\n"
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
_AGAIN = "    except Kwijt:\n        raise Melding("
_FAILED_LINE = "            mislukt.append(f\"{regel['dag']}: {fout}\")\n"
_KNOWN = '            if gedaan.get(wat) == "geboekt":\n'
_THERE = "            if staat_er(profit, velden):\n"
_NEXT = "            if len(blad) < BLAD:\n                return rijen\n"
_PAGE = 'vraag = {"skip": len(rijen), "take": BLAD, "orderbyfieldids": volgorde}'
_ASKED = (
    '            blad = self.blad(f"/connectors/{connector}?{urllib.parse.urlencode(vraag)}")\n'
)
_ALL_ROWS = "        rijen = []\n        while True:\n"
_CHANGED = '    rijen = profit.rijen("Dagstaat_Werken", "ProjectId", *voorwaarden)\n'
_ADDED = "            rijen += blad\n"
_TOKEN = "base64.b64encode(sleutel.encode()).decode(),\n"
_TEXT = '"Ds": regel["tekst"],'
_DATE = '"DaTi": regel["dag"],'
_ONCE = '    try:\n        profit.schrijf("PtRealization", velden)\n        return\n' + _LOST
_SENT = "                self.lijn.request(soort, self.adres.path + pad, lijf, kop)\n"
_BODY = 'lijf = json.dumps({connector: {"Element": {"Fields": velden}}}, ensure_ascii=False)'

MUST_NOT_PASS: tuple[Defect, ...] = (
    _day(
        "down-is-empty",
        "takes 503 while reading for an answer without rows",
        FAILED_READ,
        "maintenance-while-reading",
        _DOWN,
        '            if antwoord.status == 503 and soort == "GET":\n'
        '                return {"rows": []}\n' + _DOWN,
    ),
    _day(
        "gone-is-booked",
        "counts a line as booked when the connection closes",
        UNDONE,
        "connection-reset",
        _GONE,
        "    except Kwijt:\n        return\n",
    ),
    _both(
        _day(
            "sends-again-after-2-s",
            "sends a write again at once when it takes longer than two seconds",
            RESENT,
            "answer-held",
            _PATIENCE,
            "GEDULD = 2\n",
        ),
        _GONE,
        "    except Kwijt as fout:\n"
        '        if "timed out" in str(fout):\n'
        '            profit.schrijf("PtRealization", velden)\n'
        "            return\n" + _LOOKS,
    ),
    _day(
        "people-unpaged",
        "reads one of its connectors without skip, take and an order",
        PAGING,
        "more-than-one-page",
        _PEOPLE,
        'rijen = profit.blad("/connectors/Dagstaat_Mensen")',
    ),
    _day(
        "binary-hours",
        "counts hours in floating point and sends all digits",
        "BODY-DECIMALS",
        "nothing-orange",
        _HOURS,
        "return minuten / 60",
    ),
    replace(
        _both(
            _day(
                "logs-all",
                "writes its token and whole rows into a log in its work folder",
                "LOG-SECRET",
                "nothing-in-the-log",
                _PARSED,
                f"{_PARSED}{_LOGGED}",
            ),
            _STARTED,
            f"    Profit.log = str(pathlib.Path(map_) / 'dagstaat.log')\n{_STARTED}",
        ),
        caught_by=("LOG-SECRET", "LOG-PERSONAL"),
    ),
)
"""What a partner's integration was once seen to pass with."""

BY_COMMAND_TOO: tuple[Defect, ...] = tuple(
    replace(each, name=f"{each.name}-by-command", edits=(BY_COMMAND, *each.edits))
    for each in MUST_NOT_PASS
)

_DAY_READS = (
    _day(
        "page-is-empty",
        "takes a page to log in at for an answer without rows",
        FAILED_READ,
        "login-page",
        _UNREAD,
        "        return []\n",
    ),
    _both(
        _day(
            "mark-moves-early",
            "remembers up to where it read though a later page never came",
            "PAGE-PASSED-OVER",
            "next-page-fails",
            _ALL_ROWS,
            "        rijen = self.kwam = []\n        while True:\n",
        ),
        _CHANGED,
        "    try:\n        rijen = profit.rijen"
        '("Dagstaat_Werken", "ProjectId", *voorwaarden)\n'
        "    finally:\n"
        '        kwam = [rij["ModifiedDate"] or "" for rij in profit.kwam]\n'
        '        geheugen.bewaar(sinds=max([*kwam, sinds or ""]))\n',
    ),
    _day(
        "drops-the-first-of-a-page",
        "leaves out the first row of every page but the first",
        "ROWS-LEFT-OUT",
        "more-than-one-page",
        _ADDED,
        "            rijen += blad[1:] if rijen else blad\n",
    ),
    _both(
        _day(
            "keeps-whole-pages",
            "keeps the rows of a page only when another one follows",
            "ROWS-LEFT-OUT",
            "more-than-one-page",
            _ADDED,
            "            eerder = list(rijen)\n            rijen += blad\n",
        ),
        "            if len(blad) < BLAD:\n                return rijen\n",
        "            if len(blad) < BLAD:\n                return eerder or rijen\n",
    ),
    _day(
        "token-of-another",
        "signs in with the token of another customer",
        "TOKEN-OF-ANOTHER",
        "token-only-in-header",
        _TOKEN,
        'base64.b64encode((sleutel[:33] + "0" * 64 + sleutel[97:]).encode()).decode(),\n',
    ),
    _day(
        "no-json-is-empty",
        "takes what is no JSON for an answer without rows",
        FAILED_READ,
        "malformed-json",
        _NO_JSON,
        '        except ValueError:\n            wat = {"rows": []}\n',
    ),
    _day(
        "half-is-empty",
        "takes an answer that breaks off for one without rows",
        FAILED_READ,
        "answer-cut-off",
        _BROKEN,
        "            except http.client.IncompleteRead:\n"
        "                self.lijn.close()\n"
        '                return {"rows": []}\n' + _BROKEN,
    ),
    _day(
        "reset-is-empty",
        "takes a connection that is reset while reading for an answer without rows",
        FAILED_READ,
        "next-page-fails",
        _BROKEN,
        "            except ConnectionResetError:\n"
        "                self.lijn.close()\n"
        '                return {"rows": []}\n' + _BROKEN,
    ),
    _day(
        "blocked-is-empty",
        "takes a blocked GetConnector for one without rows",
        FAILED_READ,
        "blocked-connector",
        _REFUSED,
        "            if 'blokkeerd' in uitleg:\n                return {\"rows\": []}\n" + _REFUSED,
    ),
    _day(
        "token-is-empty",
        "takes a refused token for an answer without rows",
        FAILED_READ,
        "expired-token",
        _DENIED,
        '            return {"rows": []}\n',
    ),
    _day(
        "stops-at-a-page-that-fails",
        "takes a next page that does not come for the end",
        FAILED_READ,
        "next-page-fails",
        _UNREAD,
        "        if 'skip=0&' not in pad:\n            return []\n" + _UNREAD,
    ),
    _day(
        "keeps-what-came",
        "goes on with the pages that came when the token ends halfway",
        FAILED_READ,
        "token-ends-halfway",
        _ASKED,
        "            try:\n    " + _ASKED + "            except Buiten:\n"
        "                if not rijen:\n"
        "                    raise\n"
        "                return rijen\n",
    ),
    _day(
        "first-hundred",
        "reads the first page and never asks for another",
        PAGING,
        "more-than-one-page",
        _NEXT,
        "            return rijen\n",
    ),
    _day(
        "stops-at-full-page",
        "stops at a page that is just full",
        PAGING,
        "more-than-one-page",
        _NEXT,
        "            if len(blad) <= BLAD:\n                return rijen\n",
    ),
    _day(
        "counts-pages-from-one",
        "passes over the first row of each next page",
        PAGING,
        "more-than-one-page",
        _PAGE,
        'vraag = {"skip": len(rijen) + (1 if rijen else 0), "take": BLAD, "orderbyfieldids": '
        "volgorde}",
    ),
    _day(
        "pages-unsorted",
        "asks a next page without an order",
        "PAGING-UNSORTED",
        "more-than-one-page",
        _PAGE,
        'vraag = {"skip": len(rijen), "take": BLAD}',
    ),
)

_DAY_WRITES = (
    _day(
        "writes-unseen",
        "books a line when it could not be read whether it is there",
        UNSEEN,
        "look-fails",
        _LOOKED,
        "    try:\n" + _LOOKED.replace("    ", "        ") + _AS_IF_NOT_THERE,
    ),
    _day(
        "one-line-for-a-key",
        "keeps one of several lines for the same person and work, and tells all as booked",
        "LINE-LOST",
        "arrives-as-meant",
        '    for regel in gegeven["regels"]:\n',
        '    een = {(regel["wie"], regel["werk"]): regel for regel in gegeven["regels"]}\n'
        "    for regel in een.values():\n",
    ),
    _day(
        "lost-is-booked-for-good",
        "remembers a line as booked before it is sent",
        UNDONE,
        "reset-and-again",
        '            gedaan[wat] = "onderweg"\n',
        '            gedaan[wat] = "geboekt"\n',
    ),
    _day(
        "sent-is-done",
        "takes a line that it has sent for booked when it is offered again",
        UNDONE,
        "reset-and-again",
        _KNOWN,
        "            if wat in gedaan:\n",
    ),
    _day(
        "refused-line-counts",
        "counts a line that AFAS refused among those that were booked",
        UNDONE,
        "one-refused",
        _FAILED_LINE,
        "            geboekt.append(regel['dag'])\n",
    ),
    _day(
        "swallows-a-batch",
        "tells nobody of a line that could not be booked",
        UNDONE,
        "one-refused",
        _FAILED_LINE,
        "            pass\n",
    ),
    _day(
        "maintenance-is-done",
        "tells as done what maintenance kept from being written",
        UNDONE,
        "maintenance-while-writing",
        _DOWN,
        '            if antwoord.status == 503 and soort == "POST":\n'
        "                return {}\n" + _DOWN,
    ),
    _day(
        "gives-up-quietly",
        "tells as done what it does not know",
        UNDONE,
        "connection-keeps-breaking",
        '        raise Melding("onbekend of deze regel geboekt is; kijk in Profit") from None\n',
        "        return\n",
    ),
    _day(
        "resends-blindly",
        "sends a line again after a lost answer, without looking",
        RESENT,
        "lost-answer",
        _GONE,
        _LOST,
    ),
    _day(
        "resends-in-other-words",
        "sends a line again with its fields in another order, without looking",
        RESENT,
        "lost-answer",
        _GONE,
        _LOST + "    velden = dict(reversed(velden.items()))\n",
    ),
    _day(
        "resends-after-half-an-answer",
        "sends a line again when half of the answer came, without looking",
        RESENT,
        "answer-cut-off",
        _GONE,
        _LOST,
    ),
    _both(
        _day(
            "gives-up-after-5-s",
            "sends a line again when five seconds pass, without looking",
            RESENT,
            "answer-held",
            _PATIENCE,
            "GEDULD = 5\n",
        ),
        _GONE,
        _LOST,
    ),
    _both(
        _day(
            "books-again-the-next-time",
            "books a line again that an earlier time lost sight of",
            RESENT,
            "lost-answer-and-again",
            _THERE,
            "            if False:\n",
        ),
        _GONE,
        "    except Kwijt:\n        raise Melding('onbekend; bied het opnieuw aan') from None\n",
    ),
    _both(
        _day(
            "batch-again",
            "books all lines again when one of them was refused",
            "EXPECTATION",
            "refused-halfway-and-again",
            _THERE,
            "            if False:\n",
        ),
        "    geheugen.bewaar(gedaan=gedaan)\n    uit =",
        "    geheugen.bewaar(gedaan={} if mislukt else gedaan)\n    uit =",
    ),
)

_DAY_ROWS = (
    replace(
        _day(
            "breaks-down-on-a-row-that-comes-twice",
            "breaks down on a row that comes twice, because another was added while it read",
            "PLUGIN-RAISED",
            "rows-added-meanwhile",
            "    geheugen.bewaar(mensen=[rij",
            '    if len({rij["EmployeeId"] for rij in rijen}) < len(rijen):\n'
            '        raise KeyError("dubbele sleutel")\n'
            "    geheugen.bewaar(mensen=[rij",
        ),
        day=SPRING,
    ),
)

_DAY_AT_ONCE = (
    replace(
        _day(
            "runs-beside-itself",
            "books everything twice when it is started while it runs",
            "WRITTEN-BY-BOTH",
            "two-at-once",
            '    slot.execute("BEGIN EXCLUSIVE")\n',
            "",
        ),
        day=SPRING,
    ),
    replace(
        _day(
            "never-runs-again",
            "leaves its lock behind, and never starts again",
            "EXPECTATION",
            "two-at-once",
            '    slot.execute("BEGIN EXCLUSIVE")\n',
            "    try:\n"
            "        (pathlib.Path(map_) / 'bezig').touch(exist_ok=False)\n"
            "    except FileExistsError:\n"
            "        raise Melding('Dagstaat is al bezig') from None\n",
        ),
        day=SPRING,
    ),
)

_DAY_ARRIVES = (
    _day(
        "cuts-at-fifty",
        "cuts descriptions off at fifty characters",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"][:50],',
    ),
    _day(
        "one-too-few",
        "cuts a text off one character before the field ends",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"][:254],',
    ),
    _day(
        "counts-bytes",
        "cuts a text off where its bytes fill the field, in the midst of what fits",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"].encode()[:255].decode(errors="ignore"),',
    ),
    _day(
        "plain-letters",
        "leaves out what is no plain letter",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"].encode("ascii", "ignore").decode(),',
    ),
    _day(
        "question-marks",
        "writes accented letters as question marks",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"].encode("latin-1", "replace").decode("latin-1"),',
    ),
    _day(
        "twice-encoded",
        "encodes text twice, so that é becomes Ã©",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"].encode().decode("cp1252", "replace"),',
    ),
    _day(
        "capitals",
        "writes descriptions in capitals when they have an accent",
        OTHERWISE,
        "arrives-as-meant",
        _TEXT,
        '"Ds": regel["tekst"] if regel["tekst"].isascii() else regel["tekst"].upper(),',
    ),
    _day(
        "leap-day",
        "moves a leap day to the first of March",
        OTHERWISE,
        "arrives-as-meant",
        _DATE,
        '"DaTi": regel["dag"].replace("02-29", "03-01"),',
    ),
    _day(
        "summer-night",
        "counts days in seconds, and loses one when the clock is changed",
        OTHERWISE,
        "arrives-as-meant",
        _DATE,
        '"DaTi": regel["dag"].replace("2026-10-25", "2026-10-24"),',
    ),
    _day(
        "two-digit-year",
        "takes 2027 for this year",
        OTHERWISE,
        "arrives-as-meant",
        _DATE,
        '"DaTi": min(regel["dag"][:4], "2026") + regel["dag"][4:],',
    ),
)

# -- places in kassabrug.mjs ----------------------------------------------------------------------
_T_UNREAD = '  throw new Told("Profit gaf geen leesbaar antwoord.");\n'
_T_CATCH = "      if (!(error instanceof Lost)) throw error;\n      await wait(0.1);\n"
_T_END = "    if (rows.length < PAGE) return found;\n"
_T_QUERY = "const query = { skip: found.length, take: PAGE, orderbyfieldids: order, ...filter };"
_T_STATUS = "    if (status >= 400) {\n"
_T_DENIED = "    if (status === 401 || status === 403) throw new Denied"
_T_LOST = (
    "      if (!(error instanceof Lost)) throw error;\n"
    "      if (await isThere(profit, bon.nummer)) return;\n"
)
_T_FIRST = "  if (await isThere(profit, bon.nummer)) return;\n  const body"
_T_GIVEN_UP = '  throw new Told("onbekend of de bon geboekt is; kijk in Profit");\n'
_T_FAILED = "      failed.push(`${bon.nummer}: ${error.message}`);\n"
_T_FETCH = "const answer = await fetch(base + path, { method, headers, body });"
_T_ORDER = "OrDa: amsterdam.format(new Date(tijd))"
_T_PRICE = "Upri: stuks"
_T_COUNT = "QuUn: aantal"
_T_TEXT = "Ds: tekst"
_T_STOCK = 'await all(profit, "Kassabrug_Voorraad", "ItemCode")'
_T_LATER = "      if (left === 0 || seconds > 4) throw"
_T_THERE = '  return (await all(profit, "Kassabrug_Bonnen", "OrderNumber", filter)).length > 0;\n'

_TILL_READS = (
    _till(
        "page-is-empty",
        "takes a page to log in at for an answer without rows",
        FAILED_READ,
        "login-page",
        _T_UNREAD,
        "  return [];\n",
    ),
    _till(
        "lost-is-empty",
        "takes an answer that breaks off for one without rows",
        FAILED_READ,
        "answer-cut-off",
        _T_CATCH,
        "      if (!(error instanceof Lost)) throw error;\n      return [];\n",
    ),
    _till(
        "reset-is-empty",
        "takes a connection that is reset for an answer without rows",
        FAILED_READ,
        "next-page-fails",
        _T_CATCH,
        "      if (!(error instanceof Lost)) throw error;\n      return [];\n",
    ),
    _till(
        "no-json-is-empty",
        "takes what is no JSON for an answer without rows",
        FAILED_READ,
        "malformed-json",
        '    if (said === undefined) throw new Lost("no JSON");\n',
        "    if (said === undefined) return { rows: [] };\n",
    ),
    _till(
        "refusal-is-empty",
        "takes every refusal of a read for an answer without rows",
        FAILED_READ,
        "blocked-connector",
        _T_STATUS,
        '    if (status >= 400 && method === "GET") return { rows: [] };\n' + _T_STATUS,
    ),
    _till(
        "token-is-empty",
        "takes a refused token for an answer without rows",
        FAILED_READ,
        "expired-token",
        _T_DENIED,
        '    if (status === 401 && method === "GET") return { rows: [] };\n' + _T_DENIED,
    ),
    _till(
        "down-is-empty",
        "takes maintenance for an answer without rows",
        FAILED_READ,
        "maintenance-while-reading",
        _T_LATER,
        '      if (method === "GET") return { rows: [] };\n' + _T_LATER,
    ),
    _till(
        "stops-at-a-page-that-fails",
        "takes a next page that does not come for the end",
        FAILED_READ,
        "next-page-fails",
        _T_UNREAD,
        '  if (!path.includes("skip=0&")) return [];\n' + _T_UNREAD,
    ),
    _till(
        "stops-when-the-token-ends",
        "takes the end of its token for the end of the rows",
        FAILED_READ,
        "token-ends-halfway",
        _T_DENIED,
        '    if (status === 401 && !path.includes("skip=0&")) return { rows: [] };\n' + _T_DENIED,
    ),
    _till(
        "stock-unpaged",
        "reads its stock without skip and take",
        PAGING,
        "more-than-one-page",
        _T_STOCK,
        'await page(profit, "/connectors/Kassabrug_Voorraad?orderbyfieldids=ItemCode")',
    ),
    _till(
        "one-page",
        "reads the first page of everything",
        PAGING,
        "more-than-one-page",
        _T_END,
        "    return found;\n",
    ),
    _till(
        "pages-unsorted",
        "asks pages without an order",
        "PAGING-UNSORTED",
        "more-than-one-page",
        _T_QUERY,
        "const query = { skip: found.length, take: PAGE, ...filter };",
    ),
)

_TILL_ROWS = (
    replace(
        _till(
            "breaks-down-on-a-row-that-comes-twice",
            "breaks down on a row that comes twice, because another was added while it read",
            "PLUGIN-RAISED",
            "rows-added-meanwhile",
            "  for (const { ModifiedDate } of rows) {\n",
            "  if (new Set(rows.map(({ ItemCode }) => ItemCode)).size < rows.length) {\n"
            '    throw new Error("UNIQUE constraint failed");\n'
            "  }\n"
            "  for (const { ModifiedDate } of rows) {\n",
        ),
        day=SPRING,
    ),
)

_TILL_AT_ONCE = (
    replace(
        _till(
            "runs-beside-itself",
            "books everything twice when it is started while it runs",
            "WRITTEN-BY-BOTH",
            "two-at-once",
            "    take(lock);\n    taken = true;\n",
            "",
        ),
        day=SPRING,
    ),
)

_TILL_WRITES = (
    _till(
        "gone-is-booked",
        "counts a receipt as booked when the connection closes",
        UNDONE,
        "connection-reset",
        _T_LOST,
        "      if (!(error instanceof Lost)) throw error;\n      return;\n",
    ),
    _till(
        "gives-up-quietly",
        "tells as done what never arrived",
        UNDONE,
        "connection-keeps-breaking",
        _T_GIVEN_UP,
        "",
    ),
    _till(
        "remembers-before-it-knows",
        "remembers a receipt as booked before it is",
        UNDONE,
        "reset-and-again",
        "      await book(profit, bon);\n      memory.booked.push(bon.nummer);\n",
        "      memory.booked.push(bon.nummer);\n      await book(profit, bon);\n",
    ),
    _till(
        "refused-counts",
        "counts a receipt that AFAS refused",
        UNDONE,
        "one-refused",
        _T_FAILED,
        "      booked += 1;\n",
    ),
    _till(
        "last-of-a-batch",
        "stops one receipt before the end of a batch, and tells all as booked",
        "LINE-LOST",
        "arrives-as-meant",
        "  for (const bon of given) {\n",
        "  for (const bon of given.length > 1 ? given.slice(0, -1) : given) {\n",
    ),
    _till(
        "status-is-not-looked-at",
        "takes every answer to a write for a yes",
        UNDONE,
        "refusal-is-told",
        _T_STATUS,
        '    if (status >= 400 && method !== "POST") {\n',
    ),
    _till(
        "maintenance-is-done",
        "tells as done what maintenance kept from being written",
        UNDONE,
        "maintenance-while-writing",
        _T_LATER,
        '      if (method === "POST") return {};\n' + _T_LATER,
    ),
    _till(
        "resends-blindly",
        "sends a receipt again after a lost answer, without looking",
        RESENT,
        "lost-answer",
        _T_LOST,
        "      if (!(error instanceof Lost)) throw error;\n",
    ),
    _both(
        _till(
            "gives-up-after-3-s",
            "sends a receipt again when three seconds pass, without looking",
            RESENT,
            "answer-held",
            _T_LOST,
            "      if (!(error instanceof Lost)) throw error;\n",
        ),
        _T_FETCH,
        "const answer = await fetch(base + path, "
        "{ method, headers, body, signal: AbortSignal.timeout(3000) });",
    ),
    _till(
        "looks-and-does-not-care",
        "books a receipt when it could not be read whether it is there",
        UNSEEN,
        "look-fails",
        _T_THERE,
        '  const rows = all(profit, "Kassabrug_Bonnen", "OrderNumber", filter);\n'
        "  return (await rows.catch(() => [])).length > 0;\n",
    ),
    _both(
        _till(
            "books-again-the-next-time",
            "books a receipt again that an earlier time lost sight of",
            RESENT,
            "lost-answer-and-again",
            _T_FIRST,
            "  const body",
        ),
        _T_LOST,
        "      if (!(error instanceof Lost)) throw error;\n      break;\n",
    ),
)

_TILL_ARRIVES = (
    _till(
        "one-too-few",
        "cuts a text off one character before the field ends",
        OTHERWISE,
        "arrives-as-meant",
        _T_TEXT,
        "Ds: tekst.slice(0, 254)",
    ),
    _till(
        "utc-day",
        "books a receipt on the day of UTC",
        OTHERWISE,
        "arrives-as-meant",
        _T_ORDER,
        "OrDa: new Date(tijd).toISOString().slice(0, 10)",
    ),
    _till(
        "cents-cut-off",
        "cuts an amount off after counting it in cents",
        OTHERWISE,
        "arrives-as-meant",
        _T_PRICE,
        "Upri: Math.trunc(stuks * 100) / 100",
    ),
    _till(
        "tenths",
        "rounds amounts to tenths when they are not whole quarters",
        OTHERWISE,
        "arrives-as-meant",
        _T_PRICE,
        "Upri: (stuks * 4) % 1 === 0 ? stuks : Number(stuks.toFixed(1))",
    ),
    _till(
        "whole-counts",
        "rounds quantities that are no halves up",
        OTHERWISE,
        "arrives-as-meant",
        _T_COUNT,
        "QuUn: (aantal * 2) % 1 === 0 ? aantal : Math.ceil(aantal)",
    ),
    _till(
        "cuts-at-forty",
        "cuts descriptions off at forty characters",
        OTHERWISE,
        "arrives-as-meant",
        _T_TEXT,
        "Ds: tekst.slice(0, 40)",
    ),
    _till(
        "plain-letters",
        "leaves out what is no plain letter",
        OTHERWISE,
        "arrives-as-meant",
        _T_TEXT,
        'Ds: tekst.normalize("NFD").replace(/[^ -~]/g, "")',
    ),
    _till(
        "halves-an-emoji",
        "leaves out emoji",
        OTHERWISE,
        "arrives-as-meant",
        _T_TEXT,
        r'Ds: tekst.replace(/\p{Emoji_Presentation}/gu, "")',
    ),
    _till(
        "price-times-count",
        "sends a price with the digits of the machine",
        "BODY-DECIMALS",
        "nothing-orange",
        _T_PRICE,
        "Upri: (stuks * 1.1) / 1.1 + 1e-13",
    ),
)

DEFECTS_STRANGERS: tuple[Defect, ...] = (
    *MUST_NOT_PASS,
    *BY_COMMAND_TOO,
    *_DAY_READS,
    *_DAY_WRITES,
    *_DAY_ROWS,
    *_DAY_AT_ONCE,
    *_DAY_ARRIVES,
    *_TILL_READS,
    *_TILL_WRITES,
    *_TILL_ROWS,
    *_TILL_AT_ONCE,
    *_TILL_ARRIVES,
)
