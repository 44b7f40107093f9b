"""The detection table: what integrations do wrong, and what of the harness is to catch it.

Each defect is a small edit on a copy of a reference integration, which itself has no switch for
it. To add one: a row in `DEFECTS`, and whatever makes the harness catch it. A row whose edit no
longer fits the integration fails by name.
"""

import shutil
from pathlib import Path

from support.defect import Defect, Edit, edit
from support.defects_node import DEFECTS_NODE
from support.defects_php import DEFECTS_PHP
from support.defects_python import DEFECTS_PYTHON
from support.defects_rules import DEFECTS_RULES
from support.defects_strangers import DEFECTS_STRANGERS

PLUGINS = Path(__file__).parents[2] / "plugins"
STRANGERS = Path(__file__).parent / "strangers"
"""Integrations that nobody tuned the packs to, and that have no scenarios of their own."""
PACKS = Path(__file__).parents[2] / "scenarios"

AFAS = "urenportaal/afas.py"
HOURS = "urenportaal/hours.py"
PORTAL = "urenportaal/portal.py"
DATES = "urenportaal/dates.py"
STORE = "urenportaal/store.py"
HOOKS = "koppeling_plugin.py"
MANIFEST = "koppeling.yaml"


def seeded(defect: Defect, into: Path, *, whole: bool = False) -> Path:
    """Write a copy of the integration with the defect in it; return its folder.

    The copy has the defect's name as its id, so that many can be certified in one run.

    Args:
        defect: What to do wrong.
        into: A folder to make it in.
        whole: Leave it all its own scenarios, whatever proves the defect.

    Raises:
        ValueError: An edit does not fit the integration any more.
    """
    folder = into / defect.name
    shutil.copytree(
        home_of(defect.integration),
        folder,
        ignore=shutil.ignore_patterns("__pycache__", "tests", ".pytest_cache"),
    )
    if not whole:
        _keep_only(f"{defect.proved_by}.scenario.yaml", folder / "scenarios")
    identity = Edit(file=MANIFEST, old=f"id: {defect.integration}\n", new=f"id: {defect.name}\n")
    for each in (identity, *defect.edits):
        path = folder / each.file
        text = path.read_text(encoding="utf-8")
        if text.count(each.old) != 1:
            found = text.count(each.old)
            message = f"defect {defect.name}: {each.file} holds {found} times: {each.old!r}"
            raise ValueError(message)
        path.write_text(text.replace(each.old, each.new), encoding="utf-8")
    return folder


def home_of(integration: str) -> Path:
    """Return the folder of a reference integration, or of one that is a stranger to the packs."""
    own = PLUGINS / integration
    return own if own.is_dir() else STRANGERS / integration


def _keep_only(name: str, own: Path) -> None:
    """Leave one of an integration's own scenarios; those of the packs when none has that name."""
    own.mkdir(exist_ok=True)
    for path in own.iterdir():
        if path.name != name:
            path.unlink()
    if not (own / name).exists():
        for path in PACKS.rglob(name):
            copy = own / path.parent.name / name
            copy.parent.mkdir()
            shutil.copy(path, copy)


_PAGE = '"orderbyfieldids": ",".join(order_by)}'
_QUERY = "query = page | _filter_query(filters)"
_TOKEN = 'f"AfasToken {token}"'
_INTEGRATION_ID = '"IntegrationId": self._settings.integration_id,'
_STATUS = "if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:"
_PAUSE = "pause_s = _retry_after_s(answer) or pause_s"
_ROWS = "rows = _rows(answer)"
_DESCRIPTION = '"Ds": self.description,'
_QUANTITY = '"Qu": f"{self.hours:f}",'
_DAY = "return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(AMSTERDAM)"
_CHARSET = "application/json;charset=utf-8"
_FOUND = "identity = self._found(entry)\n        if identity is not None:"
_SKIP = "if self._store.state(ref) == BOOKED:"
_KNOWN = "known = None if full else self._store.mark(PROJECTS)"
_TAKE = "take = min(MOST_ROWS, MOST_CELLS // columns)"

DEFECTS: tuple[Defect, ...] = (
    # -- who is calling ------------------------------------------------------------------------
    Defect(
        name="no-integration-id",
        description="leaves out the IntegrationId header",
        caught_by=("INTEGRATION-ID",),
        proved_by="integration-id",
        edits=edit(AFAS, _INTEGRATION_ID, ""),
    ),
    Defect(
        name="wrong-integration-id",
        description="sends the IntegrationId of another integration",
        caught_by=("INTEGRATION-ID",),
        proved_by="integration-id",
        edits=edit(AFAS, _INTEGRATION_ID, '"IntegrationId": "11111_222222",'),
    ),
    Defect(
        name="token-in-url",
        description="puts the token in the URL, where every log keeps it",
        caught_by=("TOKEN-IN-URL",),
        proved_by="token-only-in-header",
        edits=edit(AFAS, _QUERY, f'{_QUERY} | {{"token": self._token}}')
        + edit(AFAS, "self._pause = pause\n", "self._pause = pause\n        self._token = token\n"),
    ),
    Defect(
        name="plain-token",
        description="sends the token as XML instead of base64",
        caught_by=("AUTH-PLAIN",),
        proved_by="nothing-orange",
        edits=edit(AFAS, _TOKEN, 'f"AfasToken {settings.token}"'),
    ),
    Defect(
        name="half-token",
        description="encodes the secret inside the token instead of the whole XML",
        caught_by=("AUTH-HEADER",),
        proved_by="nothing-orange",
        edits=edit(
            AFAS,
            "base64.b64encode(settings.token.encode())",
            'base64.b64encode(settings.token.split("data>")[1].removesuffix("</").encode())',
        ),
    ),
    # -- reading -------------------------------------------------------------------------------
    Defect(
        name="no-paging",
        description="takes the first answer for the whole, without skip and take",
        caught_by=("PAGING-INCOMPLETE",),
        proved_by="more-than-one-page",
        edits=edit(AFAS, f'"skip": str(skip), "take": str(take), {_PAGE}', _PAGE)
        + edit(AFAS, "if len(rows) < take:", "if True:"),
    ),
    Defect(
        name="first-page-only",
        description="asks for one page and never for the next",
        caught_by=("PAGING-INCOMPLETE",),
        proved_by="nothing-orange",
        edits=edit(AFAS, "if len(rows) < take:", "if True:") + edit(AFAS, _TAKE, "take = 10"),
    ),
    Defect(
        name="no-sort",
        description="pages without orderbyfieldids",
        caught_by=("PAGING-UNSORTED",),
        proved_by="projects-many-pages",
        edits=edit(AFAS, f'"take": str(take), {_PAGE}', '"take": str(take)}'),
    ),
    Defect(
        name="whole-table",
        description="asks for everything at once with skip and take -1",
        caught_by=("READ-ALL",),
        proved_by="nothing-orange",
        edits=edit(AFAS, '"skip": str(skip), "take": str(take)', '"skip": "-1", "take": "-1"')
        + edit(AFAS, "if len(rows) < take:", "if True:"),
    ),
    Defect(
        name="huge-take",
        description="asks more cells per call than AFAS allows",
        caught_by=("CELLS-PER-CALL",),
        proved_by="nothing-orange",
        edits=edit(AFAS, _TAKE, "take = 100_000"),
    ),
    Defect(
        name="empty-rows",
        description="cannot do with an answer without rows",
        caught_by=("PLUGIN-RAISED",),
        proved_by="no-rows",
        edits=edit(AFAS, _ROWS, f"{_ROWS}\n            first = rows[0]"),
    ),
    Defect(
        name="leading-zeros",
        description="makes numbers of employee numbers, so that 000001003 becomes 1003",
        caught_by=("EXPECTATION",),
        proved_by="hours-arrive-exactly",
        says="De ingevulde waarde bij 'Medewerker' bestaat niet",
        edits=edit(PORTAL, 'row["EmployeeId"], row)', 'str(int(row["EmployeeId"])), row)')
        + edit(HOURS, 'employee=str(plain["employee"])', 'employee=str(int(plain["employee"]))'),
    ),
    Defect(
        name="no-incremental",
        description="reads all projects every time",
        caught_by=("FULL-READ-REPEATED",),
        proved_by="second-time",
        edits=edit(PORTAL, _KNOWN, "known = None"),
    ),
    Defect(
        name="zulu-filter",
        description="filters on a time with Z behind it, which AFAS refuses",
        caught_by=("FILTER-DATE",),
        proved_by="second-time",
        edits=edit(DATES, '"%Y-%m-%dT%H:%M:%S"', '"%Y-%m-%dT%H:%M:%SZ"'),
    ),
    Defect(
        name="no-step-back",
        description="reads changes from the last one on, and misses what Profit rounded",
        caught_by=("STEP-BACK",),
        proved_by="second-time",
        edits=edit(DATES, "mark - STEP_BACK - (", "mark + timedelta(seconds=1) - ("),
    ),
    # -- connectors ----------------------------------------------------------------------------
    Defect(
        name="undeclared-connector",
        description="calls a GetConnector that its manifest does not have",
        caught_by=("UNDECLARED-CONNECTOR",),
        proved_by="only-what-is-declared",
        edits=edit(
            PORTAL,
            '"""Read all employees: there are few, and the connector has no date of change."""',
            'list(self._afas.rows("Urenportaal_Landen", columns=2, order_by=["CoId"]))',
        ),
    ),
    Defect(
        name="supplied-connector",
        description="calls the supplied GetConnector instead of a copy under its own name",
        caught_by=("STRUCT-27",),
        proved_by="only-what-is-declared",
        edits=edit(PORTAL, '"Urenportaal_Projecten"', '"Profit_Projects"')
        + edit(
            MANIFEST,
            "  - id: Urenportaal_Projecten\n    copy_of: Profit_Projects\n",
            "  - id: Profit_Projects\n",
        )
        + edit(MANIFEST, "reads: [Urenportaal_Projecten]", "reads: [Profit_Projects]"),
    ),
    Defect(
        name="undeclared-field",
        description="sends a field that its manifest does not have",
        caught_by=("UNDECLARED-FIELD",),
        proved_by="only-what-is-declared",
        edits=edit(HOURS, _DESCRIPTION, f'{_DESCRIPTION} "StId": "N",'),
    ),
    # -- trying again --------------------------------------------------------------------------
    Defect(
        name="retry-401",
        description="tries again after 401",
        caught_by=("RETRY-401",),
        proved_by="expired-token",
        edits=edit(AFAS, _STATUS, "if answer.status_code not in (401, 503):"),
    ),
    Defect(
        name="no-retry-503",
        description="gives up at the first 503",
        caught_by=("GIVE-UP-503",),
        proved_by="maintenance-while-writing",
        edits=edit(AFAS, _STATUS, "if True:"),
    ),
    Defect(
        name="ignores-retry-after",
        description="tries again sooner than Retry-After says",
        caught_by=("WAIT-503",),
        proved_by="maintenance-while-reading",
        edits=edit(AFAS, _PAUSE, "pause_s = 0.02"),
    ),
    Defect(
        name="retry-500",
        description="tries again when AFAS refused it",
        caught_by=("RETRY-500",),
        proved_by="refusal-is-told",
        edits=edit(AFAS, _STATUS, "if answer.status_code not in (500, 503):"),
    ),
    Defect(
        name="duplicate-after-lost-answer",
        description="sends hours again without looking whether they are there",
        caught_by=("RESEND-UNCHECKED",),
        proved_by="lost-answer",
        edits=edit(HOURS, _FOUND, "identity = None\n        if identity is not None:"),
    ),
    Defect(
        name="looks-elsewhere-after-lost-answer",
        description="looks under a badge number, which was not sent, and sends again",
        caught_by=("RESEND-UNCHECKED",),
        proved_by="lost-answer",
        edits=edit(
            HOURS,
            'field="EmployeeId", operator=EQUALS, value=entry.employee),\n'
            '                Filter(field="ProjectId", operator=EQUALS, value=entry.project),\n'
            '                Filter(field="ItemCodeId", operator=EQUALS, value=entry.item),',
            'field="EmployeeId", operator=EQUALS, value=f"BADGE-{entry.employee}"),',
        ),
    ),
    Defect(
        name="gives-up-after-lost-answer",
        description="takes a lost answer for a booking",
        caught_by=("EXPECTATION",),
        proved_by="hours-that-never-arrived",
        says="`count` is 0, expected 1",
        edits=edit(
            HOURS,
            f"        {_FOUND}\n            return identity\n"
            '        return str(self._afas.insert(HOURS, entry.fields()).get("Id", ""))',
            '        return ""',
        ),
    ),
    Defect(
        name="not-idempotent",
        description="books the same hours again when they are pushed again",
        caught_by=("EXPECTATION",),
        proved_by="hours-pushed-twice",
        says="`output.booked` is a list of 1",
        edits=edit(HOURS, _SKIP, "if False:"),
    ),
    # -- what is written -----------------------------------------------------------------------
    Defect(
        name="truncated-text",
        description="cuts descriptions off without a word",
        caught_by=("EXPECTATION",),
        proved_by="texts-stay-whole",
        says="`rows.0.Description` is",
        edits=edit(HOURS, _DESCRIPTION, '"Ds": self.description[:60],'),
    ),
    Defect(
        name="lost-diacritics",
        description="writes accented letters as question marks",
        caught_by=("EXPECTATION",),
        proved_by="texts-stay-whole",
        says="fa?adeproject",
        edits=edit(
            HOURS, _DESCRIPTION, '"Ds": self.description.encode("ascii", "replace").decode(),'
        ),
    ),
    Defect(
        name="wrong-decimal",
        description="rounds hours to one decimal",
        caught_by=("EXPECTATION",),
        proved_by="hours-arrive-exactly",
        says="`rows.0.QuantityUnit` is 7.2, expected 7.25",
        edits=edit(HOURS, _QUANTITY, '"Qu": f"{self.hours:.1f}",'),
    ),
    Defect(
        name="decimal-comma",
        description="writes a decimal comma",
        caught_by=("DECIMAL-COMMA",),
        proved_by="in-afas-form",
        edits=edit(HOURS, _QUANTITY, '"Qu": f"{self.hours:f}".replace(".", ","),'),
    ),
    Defect(
        name="local-time",
        description="books hours on the day in UTC",
        caught_by=("EXPECTATION",),
        proved_by="days-are-of-amsterdam",
        says='`rows.0.DateTime` is "2026-06-30T00:00:00Z", expected "2026-07-01T00:00:00Z"',
        edits=edit(DATES, _DAY, "return (moment)"),
    ),
    Defect(
        name="local-date",
        description="writes dates day first",
        caught_by=("DATE-FORMAT",),
        proved_by="in-afas-form",
        edits=edit(
            HOURS, '"DaTi": self.day.isoformat(),', '"DaTi": self.day.strftime("%d-%m-%Y"),'
        ),
    ),
    # -- the wire ------------------------------------------------------------------------------
    Defect(
        name="no-charset",
        description="does not say that its JSON is UTF-8",
        caught_by=("CHARSET-MISSING",),
        proved_by="in-afas-form",
        edits=edit(AFAS, _CHARSET, "application/json"),
    ),
    Defect(
        name="other-charset",
        description="sends Latin-1 and says so",
        caught_by=("CHARSET-WRONG",),
        proved_by="in-afas-form",
        edits=edit(AFAS, _CHARSET, "application/json;charset=iso-8859-1")
        + edit(
            AFAS, "ensure_ascii=False).encode()", 'ensure_ascii=False).encode("latin-1", "replace")'
        ),
    ),
    # -- towards its user ----------------------------------------------------------------------
    Defect(
        name="swallows-errors",
        description="tells its user that all is well when AFAS refused",
        caught_by=("EXPECTATION",),
        proved_by="refusal-is-told",
        says="`ok` is true, expected false",
        edits=edit(
            HOOKS,
            'ok=not output["refused"], output=output, error=portal.told(output)',
            "ok=True, output=output",
        ),
    ),
    Defect(
        name="no-log-reference",
        description="does not tell the reference that AFAS's support asks for",
        caught_by=("EXPECTATION",),
        proved_by="refusals-are-told",
        says="expected text of the form",
        edits=edit(
            AFAS,
            'message, reference = str(told["externalMessage"]), '
            'str(told.get("profitLogReference", ""))',
            'message, reference = str(told["externalMessage"]), ""',
        ),
    ),
    Defect(
        name="breaks-on-refusal",
        description="breaks down when AFAS refuses",
        caught_by=("PLUGIN-RAISED",),
        proved_by="refusal-is-told",
        edits=edit(HOURS, "except RefusedError as error:", "except ZeroDivisionError as error:")
        + edit(HOOKS, "except AfasError as error:", "except ZeroDivisionError as error:"),
    ),
    Defect(
        name="hangs",
        description="waits for ever when AFAS refuses the token",
        caught_by=("PLUGIN-HUNG", "SCENARIO-TIMEOUT"),
        proved_by="token-that-expired",
        edits=edit(
            AFAS,
            "    if status == httpx.codes.UNAUTHORIZED:\n",
            "    if status == httpx.codes.UNAUTHORIZED:\n        time.sleep(3600)\n",
        ),
    ),
    *DEFECTS_RULES,
    *DEFECTS_PHP,
    *DEFECTS_PYTHON,
    *DEFECTS_NODE,
    *DEFECTS_STRANGERS,
)
"""Every defect that the harness must catch."""
