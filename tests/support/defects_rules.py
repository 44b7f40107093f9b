"""The part of the detection table with a defect for each rule and each kind of fault.

All are edits of `plugins/urenportaal`, and each is proved by one scenario: its own, or one of the
packs.
"""

from support.defect import Defect, Edit, edit

AFAS = "urenportaal/afas.py"
HOURS = "urenportaal/hours.py"
PORTAL = "urenportaal/portal.py"
HOOKS = "koppeling_plugin.py"
MANIFEST = "koppeling.yaml"

_QUERY = "query = page | _filter_query(filters)"
_TAKE = "take = min(MOST_ROWS, MOST_CELLS // columns)"
_ROWS = "rows = _rows(answer)"
_LAST = "            if len(rows) < take:\n                return\n"
_GET = 'answer = self._call("GET", f"/connectors/{connector}", params=query, repeatable=True)'
_EMPLOYEES = '"""Read all employees: there are few, and the connector has no date of change."""'
_EMPLOYEE_ROW = 'changed += self._store.put("employee", row["EmployeeId"], row)'
_EMPLOYEE_FIELDS = "fields: [EmployeeId, Name, Mail, Blocked, EmploymentStart, EmploymentEnd]"
_EMPLOYEES_COPY = f"    copy_of: Profit_Employees_basic\n    {_EMPLOYEE_FIELDS}\n"
_PROJECT_ROW = 'changed += self._store.put("project", row["ProjectId"], row)'
_PROJECTS = "  - id: Urenportaal_Projecten\n    copy_of: Profit_Projects\n"
_DUMPED = "json.dumps(body, ensure_ascii=False)"
_BODY = f"content={_DUMPED}.encode(),"
_ANSWERED = "                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:\n"
_DESCRIPTION = '"Ds": self.description,'
_CUSTOM = "U0123456789ABCDEF0123456789ABCDEF"
_TIMEOUT = "timeout=httpx.Timeout(120.0, connect=10.0)"
_HOURS_ARRIVE = "scenarios/hours-arrive-exactly.scenario.yaml"
_PUSH = "  - operation: push-hours\n"
_FAILED = "`ok` is false, expected true"


def _at_once(count: int) -> tuple[Edit, ...]:
    """Read the employees many times at once."""
    return edit(
        PORTAL,
        _EMPLOYEES,
        "from concurrent.futures import ThreadPoolExecutor\n\n"
        "        def read(_number: int) -> object:\n"
        "            return list(\n"
        "                self._afas.rows(EMPLOYEES, columns=6, order_by=['EmployeeId'])\n"
        "            )\n\n"
        f"        with ThreadPoolExecutor({count}) as pool:\n"
        f"            list(pool.map(read, range({count})))",
    )


def _employees(*more: str) -> tuple[Edit, ...]:
    """Say more in the definition of the GetConnector of employees."""
    lines = ("copy_of: Profit_Employees_basic", _EMPLOYEE_FIELDS, *more)
    text = "".join(f"      {each}\n" for each in lines)
    return edit(MANIFEST, _EMPLOYEES_COPY, f"    definition:\n{text}")


def _more_fields(**fields: str) -> tuple[Edit, ...]:
    """Have the GetConnector of employees give more: of what, by the name that it has in rows."""
    named = ", ".join(f"{{id: {name}, field: {field}}}" for name, field in fields.items())
    return _employees(f"renamed: [{named}]")


def _seen_by(
    name: str, description: str, code: str, by: str, edits: tuple[Edit, ...], *, says: str = ""
) -> Defect:
    return Defect(
        name=name,
        description=description,
        caught_by=(code,),
        says=says,
        edits=edits,
        proved_by=by,
    )


_BY_RULE = (
    # -- connectors and fields -----------------------------------------------------------------
    _seen_by(
        "reads-more-than-declared",
        "reads a connector that gives more fields than its manifest says",
        "UNDECLARED-ROW-FIELD",
        "nothing-orange",
        edit(PORTAL, '"Urenportaal_Projecten"', '"Profit_Projects"')
        + edit(MANIFEST, _PROJECTS, "  - id: Profit_Projects\n")
        + edit(MANIFEST, "reads: [Urenportaal_Projecten]", "reads: [Profit_Projects]"),
    ),
    _seen_by(
        "named-as-afas",
        "ships its own GetConnector under a name of AFAS",
        "STRUCT-28",
        "nothing-orange",
        edit(PORTAL, '"Urenportaal_Projecten"', '"Profit_Urenprojecten"')
        + edit(MANIFEST, "- id: Urenportaal_Projecten", "- id: Profit_Urenprojecten")
        + edit(MANIFEST, "reads: [Urenportaal_Projecten]", "reads: [Profit_Urenprojecten]"),
    ),
    _seen_by(
        "period-in-a-field-name",
        "ships a GetConnector with a period in the name of a field",
        "STRUCT-29",
        "nothing-orange",
        _more_fields(**{"Afdeling.Naam": "OE"}),
    ),
    _seen_by(
        "employment-and-sequence",
        "mixes the employment with its sequence number",
        "DATA-20",
        "nothing-orange",
        _more_fields(EnSe="DvId", DvSn="DvId"),
    ),
    _seen_by(
        "field-that-is-gone",
        "ships a GetConnector with a field that Profit does not have",
        "DATA-23",
        "nothing-orange",
        _more_fields(Schoenmaat="(replaced)"),
    ),
    _seen_by(
        "custom-field-in-the-code",
        "writes a custom field of one customer",
        "DATA-24",
        "nothing-orange",
        edit(HOURS, _DESCRIPTION, f'{_DESCRIPTION} "{_CUSTOM}": "x",')
        + edit(MANIFEST, "PrId, Qu, Ds]", f"PrId, Qu, Ds, {_CUSTOM}]")
        + _employees(f"custom_fields: [{{id: {_CUSTOM}, object: PtRealization, label: Kleur}}]"),
    ),
    _seen_by(
        "bsn-without-a-reason",
        "reads the BSN without saying why",
        "AUT-19",
        "nothing-orange",
        _more_fields(BSN="BSN"),
    ),
    # -- reading -------------------------------------------------------------------------------
    _seen_by(
        "probes-far-ahead",
        "skips far ahead to see how many rows there are",
        "DEEP-SKIP",
        "nothing-orange",
        edit(
            AFAS,
            _LAST,
            "            if len(rows) < take:\n"
            '                far = query | {"skip": "150000"}\n'
            '                self._call("GET", f"/connectors/{connector}", params=far, '
            "repeatable=True)\n"
            "                return\n",
        ),
    ),
    _seen_by(
        "tiny-pages",
        "reads five rows at a time",
        "TAKE-TINY",
        "nothing-orange",
        edit(AFAS, _TAKE, "take = 5"),
    ),
    _seen_by(
        "sorts-by-what-is-not-there",
        "sorts by a field that its GetConnector does not have",
        "PERF-45",
        "nothing-orange",
        edit(PORTAL, 'order_by=["ProjectId"]', 'order_by=["ProjectGroup"]'),
    ),
    _seen_by(
        "sort-that-is-not-unique",
        "sorts by a field that many rows share",
        "PERF-46",
        "nothing-orange",
        edit(PORTAL, 'order_by=["ProjectId"]', 'order_by=["CheckedOut"]')
        + edit(AFAS, _TAKE, "take = 5"),
    ),
    _seen_by(
        "query-too-long",
        "asks for everything it wants in one URL",
        "QUERY-LENGTH",
        "nothing-orange",
        edit(AFAS, _QUERY, f'{_QUERY} | {{"wanted": "EmployeeId," * 200}}'),
    ),
    _seen_by(
        "next-page-begins-too-soon",
        "reads the last row of a page again with the next",
        "EXPECTATION",
        "projects-many-pages",
        edit(AFAS, "skip += take", "skip += take - 1"),
        says="`output.read` is 1021, expected 1020",
    ),
    # -- how much at once ----------------------------------------------------------------------
    _seen_by(
        "seven-at-once",
        "keeps seven calls under way",
        "PARALLEL-5",
        "few-at-once",
        _at_once(7),
    ),
    _seen_by(
        "sixteen-at-once",
        "keeps sixteen calls under way",
        "PARALLEL-8",
        "few-at-once",
        _at_once(16),
    ),
    # -- what is written -----------------------------------------------------------------------
    _seen_by(
        "list-for-an-object",
        "sends a list where AFAS takes an object",
        "BODY-INVALID",
        "nothing-orange",
        edit(AFAS, _DUMPED, "json.dumps([body], ensure_ascii=False)"),
    ),
    _seen_by(
        "body-of-76-mb",
        "sends more in one body than AFAS takes",
        "BODY-TOO-LARGE",
        "hours-arrive-exactly",
        edit(AFAS, _BODY, f"content={_DUMPED}.encode() + b' ' * (76 * 1024 * 1024),")
        # so much takes its time on a busy machine
        + edit(_HOURS_ARRIVE, "level: required\n", "level: required\ntimeout_s: 600\n")
        + edit(_HOURS_ARRIVE, _PUSH, f"{_PUSH}    timeout_s: 300\n"),
    ),
    _seen_by(
        "unchecked-length",
        "leaves it to AFAS to say that a text is too long",
        "EXPECTATION",
        "texts-that-do-not-fit",
        edit(HOURS, "LONGEST_DESCRIPTION = 255", "LONGEST_DESCRIPTION = 4_000"),
        says="langer dan de 255 tekens",
    ),
    _seen_by(
        "code-that-is-not-in-the-list",
        "writes a code of a list that does not hold it",
        "BODY-DEFINITION",
        "nothing-orange",
        edit(HOURS, 'WORK = "1"', 'WORK = "Werksoort"'),
        says="VaIt",
    ),
    _seen_by(
        "sixtieths-of-an-hour",
        "adds minutes up as sixtieths of an hour, in floating point",
        "BODY-DECIMALS",
        "nothing-orange",
        edit(HOURS, '"Qu": f"{self.hours:f}"', '"Qu": repr(sum([1 / 60] * int(self.hours * 60)))'),
        says="decimals, the field 2",
    ),
    _seen_by(
        "stops-at-the-first-refusal",
        "leaves the rest of a batch when one is refused",
        "EXPECTATION",
        "refusals-are-told",
        edit(
            HOURS,
            'refused.append({"ref": ref, "message": error.for_user()})',
            'refused.append({"ref": ref, "message": error.for_user()})\n                break',
        ),
        says="`output.booked` is a list of 0",
    ),
    # -- its log -------------------------------------------------------------------------------
    _seen_by(
        "log-without-reference",
        "does not keep the reference of AFAS in its log",
        "LOG-REFERENCE",
        "refusals-are-told",
        edit(
            AFAS,
            'log.error("AFAS weigert: %s [%s]", message, reference)',
            'log.error("AFAS weigert: %s", message)',
        ),
    ),
    _seen_by(
        "token-in-the-log",
        "logs the headers of a call, the token among them",
        "LOG-SECRET",
        "nothing-in-the-log",
        edit(
            AFAS,
            _ANSWERED,
            '                log.warning("%s", dict(answer.request.headers))\n' + _ANSWERED,
        ),
    ),
    _seen_by(
        "person-in-the-log",
        "logs the rows that it reads, with the addresses in them",
        "LOG-PERSONAL",
        "nothing-orange",
        edit(PORTAL, _EMPLOYEE_ROW, f"print(row)\n                {_EMPLOYEE_ROW}"),
    ),
)

_BY_FAULT = (
    _seen_by(
        "never-sends-again",
        "takes hours for booked that never arrived",
        "EXPECTATION",
        "hours-that-never-arrived",
        edit(
            HOURS,
            "            return identity\n"
            '        return str(self._afas.insert(HOURS, entry.fields()).get("Id", ""))',
            '            return identity\n        return ""',
        ),
        says="`count` is 0, expected 1",
    ),
    _seen_by(
        "impatient",
        "waits a tenth of a second for an answer",
        "EXPECTATION",
        "few-at-once",
        edit(AFAS, _TIMEOUT, "timeout=httpx.Timeout(0.1)"),
        says=_FAILED,
    ),
    _seen_by(
        "gives-up-on-slow-answers",
        "throws an answer away that took a second",
        "EXPECTATION",
        "slow-answer",
        edit(
            AFAS,
            _ANSWERED,
            "                if answer.elapsed.total_seconds() > 1:\n"
            '                    raise UnavailableError("AFAS is te traag.")\n' + _ANSWERED,
        ),
        says=_FAILED,
    ),
    _seen_by(
        "breaks-on-half-an-answer",
        "breaks down when an answer is cut off",
        "PLUGIN-RAISED",
        "answer-cut-off",
        edit(AFAS, "except httpx.TransportError as error:", "except ZeroDivisionError as error:"),
    ),
    _seen_by(
        "breaks-on-malformed-json",
        "breaks down when an answer is no JSON",
        "PLUGIN-RAISED",
        "malformed-json",
        edit(
            AFAS,
            "        told = answer.json()\n    except ValueError:\n        told = None",
            "        told = answer.json()\n    except ZeroDivisionError:\n        told = None",
        ),
    ),
    _seen_by(
        "cuts-rows-out-of-the-text",
        "finds the rows by the layout of the answer",
        "PLUGIN-RAISED",
        "other-layout",
        edit(
            AFAS, _ROWS, "rows = json.loads(answer.text[answer.text.index('\"rows\":[') + 7 : -1])"
        ),
    ),
    _seen_by(
        "no-field-too-many",
        "breaks down on a field that it does not know",
        "PLUGIN-RAISED",
        "unknown-field",
        edit(
            AFAS,
            _ROWS,
            f"{_ROWS}\n"
            "            if any(len(row) != columns for row in rows):\n"
            '                raise ValueError("unknown field")',
        ),
    ),
    _seen_by(
        "first-member-is-the-key",
        "takes the first member of a row for its key",
        "PLUGIN-RAISED",
        "other-order-of-members",
        edit(PORTAL, 'row["ProjectId"], row)', "str(int(next(iter(row.values())))), row)"),
    ),
    _seen_by(
        "every-field-is-there",
        "breaks down when an optional field is left out",
        "PLUGIN-RAISED",
        "projects-without-an-optional-field",
        edit(PORTAL, _PROJECT_ROW, f'row["DateReady"]\n                {_PROJECT_ROW}'),
    ),
    _seen_by(
        "blocked-is-empty",
        "takes a GetConnector that is blocked for one without rows",
        "READ-FAILED-AS-EMPTY",
        "blocked-connector",
        edit(
            AFAS,
            f"            {_GET}\n",
            f"            try:\n                {_GET}\n"
            "            except RefusedError:\n                return\n",
        ),
    ),
    _seen_by(
        "trusts-the-clock",
        "refuses answers whose clock is not its own",
        "EXPECTATION",
        "clock-off",
        edit(
            AFAS,
            _ANSWERED,
            "                from email.utils import parsedate_to_datetime\n\n"
            '                said = parsedate_to_datetime(answer.headers["Date"])\n'
            "                if abs(said.timestamp() - time.time()) > 300:\n"
            '                    raise UnavailableError("De klok van AFAS loopt niet gelijk.")\n'
            + _ANSWERED,
        ),
        says=_FAILED,
    ),
    _seen_by(
        "needs-gzip",
        "takes no answer that is not compressed",
        "EXPECTATION",
        "no-compression",
        edit(
            AFAS,
            _ROWS,
            'if answer.headers.get("Content-Encoding") != "gzip":\n'
            '                raise UnavailableError("Het antwoord is niet gecomprimeerd.")\n'
            f"            {_ROWS}",
        ),
        says=_FAILED,
    ),
    _seen_by(
        "retry-403",
        "tries again when its address is refused",
        "RETRY-401",
        "address-refused",
        edit(AFAS, _ANSWERED, "                if answer.status_code not in (403, 503):\n"),
    ),
    _seen_by(
        "crashes-on-refusal",
        "ends its process when AFAS refuses",
        "PLUGIN-CRASHED",
        "one-refused",
        edit(
            HOURS,
            "except RefusedError as error:",
            "except RefusedError as error:\n                import os\n\n"
            "                os._exit(9)",
        ),
    ),
)

DEFECTS_RULES: tuple[Defect, ...] = (*_BY_RULE, *_BY_FAULT)
"""Edits of the timesheet portal."""
