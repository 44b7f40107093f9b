"""Integrations that do right in a way of their own, and others that only look as if they did.

Each is a manifest's part and a function `work(afas, call)`, built on `support.polite`.
"""

import textwrap
from dataclasses import dataclass
from pathlib import Path

from support.polite import CLIENT

_HEAD = """
id: {name}
title: {{nl: Voorbeeld, en: Example}}
partner: {{name: Voorbeeld B.V., subscription: "12345"}}
version: "1.0.0"
integration_id: "12345_{number}"
releases: ["Profit 8"]
runtime: {{kind: python}}
get_connectors:
  - {{id: Eigen_Projecten, copy_of: Profit_Projects, fields: [ProjectId, Description]}}
  - {{id: Eigen_Medewerkers, copy_of: Profit_Employees_basic, fields: [EmployeeId, Blocked]}}
  - {{id: Eigen_Uren, copy_of: Profit_Realization, fields: [Identity, Description]}}
update_connectors:
  - {{id: PtRealization, fields: [Id, DaTi, VaIt, ItCd, Qu, EmId, PrId, Ds]}}
operations:
  - name: work
    title: {{nl: Werken, en: Work}}
    idempotent: {idempotent}
    trigger: {trigger}
"""
_COMMON = """
def get(afas, name, **query):
    return afas.send("GET", f"/connectors/{name}?" + urlencode(query))["rows"]


def all_of(afas, name, key, size=400, **more):
    rows, skip = [], 0
    while True:
        page = get(afas, name, skip=skip, take=size, orderbyfieldids=key, **more)
        rows += page
        if len(page) < size:
            return rows
        skip += size


def hours(text):
    fields = {"DaTi": "2026-11-02", "VaIt": "1", "ItCd": "300", "Qu": 1.5, "EmId": "000001003",
              "PrId": "500001", "Ds": text}
    return json.dumps({"PtRealization": {"Element": {"Fields": fields}}})


def book(afas, text):
    return afas.send("POST", "/connectors/PtRealization", hours(text))


def booked(afas, text):
    return get(afas, "Eigen_Uren", filterfieldids="Description", filtervalues=text,
               operatortypes="1", skip=0, take=10, orderbyfieldids="Identity")
"""
_PROJECTS = "    reads: [Eigen_Projecten]\n"
_BOTH = "    reads: [Eigen_Projecten, Eigen_Medewerkers]\n"
_BOOKS = (
    "    reads: [Eigen_Uren]\n    writes: [PtRealization]\n"
    '    example: {texts: ["U-${unique(8)}"]}\n'
)
_BOOKS_TWO = _BOOKS.replace('"]}', '", "V-${unique(8)}"]}')


@dataclass(frozen=True)
class Way:
    """One integration.

    Attributes:
        operation: What the manifest says of its operation.
        work: Source of `work(afas, call)`.
        trigger: What makes it carry out its operation.
        idempotent: What it says of itself.
        fails: For one that only looks right: scenarios of which it must not pass one.
    """

    operation: str
    work: str
    trigger: str = "schedule"
    idempotent: bool = True
    fails: tuple[str, ...] = ()


HONEST = {
    "aflopend": Way(
        _PROJECTS,
        """
        def work(afas, call):  # from the last project to the first
            return len(all_of(afas, "Eigen_Projecten", "-ProjectId", size=250))
        """,
    ),
    "lege-pagina": Way(
        _PROJECTS,
        """
        def work(afas, call):  # on until a page is empty
            count, skip = 0, 0
            while page := get(afas, "Eigen_Projecten", skip=skip, take=300,
                              orderbyfieldids="ProjectId"):
                count += len(page)
                skip += 300
            return count
        """,
    ),
    "twee-tegelijk": Way(
        _BOTH,
        """
        import threading


        def work(afas, call):  # two connectors side by side, a connection each
            found, failed = {}, []

            def one(client, name, key):
                try:
                    found[name] = len(all_of(client, name, key))
                except Told as error:
                    failed.append(error)

            other = Afas(call.context)
            beside = threading.Thread(
                target=one, args=(other, "Eigen_Medewerkers", "EmployeeId"))
            beside.start()
            one(afas, "Eigen_Projecten", "ProjectId")
            beside.join()
            other.connection.close()
            if failed:
                raise failed[0]
            return found
        """,
    ),
    "andersom": Way(
        _BOTH,
        """
        def work(afas, call):  # in another order than the manifest names them
            employees = all_of(afas, "Eigen_Medewerkers", "EmployeeId", size=1000)
            return [len(employees), len(all_of(afas, "Eigen_Projecten", "ProjectId"))]
        """,
    ),
    "eerst-versie": Way(
        _PROJECTS + "    calls: [profitversion]\n",
        """
        def work(afas, call):  # which Profit is it?
            version = afas.send("GET", "/profitversion")
            return [sorted(version), len(all_of(afas, "Eigen_Projecten", "ProjectId"))]
        """,
    ),
    "hoofdletters": Way(
        _PROJECTS,
        """
        def work(afas, call):  # names in another case: AFAS minds none
            return len(all_of(afas, "EIGEN_projecten", "projectid"))
        """,
    ),
    "filterjson": Way(
        _PROJECTS,
        """
        def work(afas, call):  # a filter in JSON that lets all through
            node = {"Filters": {"Filter": [{"@FilterId": "1", "Field": [
                {"@FieldId": "ProjectId", "@OperatorType": "9", "#text": ""}]}]}}
            return len(all_of(afas, "Eigen_Projecten", "ProjectId",
                              filterjson=json.dumps(node)))
        """,
    ),
    "sleutel-verder": Way(
        _PROJECTS,
        """
        def work(afas, call):  # on from the last key instead of by skip
            rows, last = [], "0"
            while True:
                page = get(afas, "Eigen_Projecten", skip=0, take=200,
                           orderbyfieldids="ProjectId", filterfieldids="ProjectId",
                           filtervalues=last, operatortypes="4")
                rows += page
                if len(page) < 200:
                    return len(rows)
                last = page[-1]["ProjectId"]
        """,
    ),
    "eenmalig": Way(
        _PROJECTS,
        """
        def work(afas, call):  # a conversion: all of it, by the pages that AFAS gives itself
            return len(all_of(afas, "Eigen_Projecten", "ProjectId", size=100))
        """,
        trigger="once",
    ),
    "persoon-niets": Way(
        "    reads: [Eigen_Projecten]\n    example: {number: '500001'}\n",
        """
        def work(afas, call):  # a person looks one up, and is told when it is not there
            rows = get(afas, "Eigen_Projecten", filterfieldids="ProjectId",
                       filtervalues=call.input["number"], operatortypes="1", take=1)
            if not rows:
                raise Told("Dit project is niet gevonden")
            return rows[0]
        """,
        trigger="person",
    ),
    "alleen-op-twijfel": Way(
        _BOOKS,
        """
        def work(afas, call):  # it looks only when it is in doubt
            done = []
            for text in call.input["texts"]:
                note = Path(call.context.work_dir) / text
                if note.exists() and note.read_text() == "done":
                    continue
                if not note.exists() or not booked(afas, text):
                    note.write_text("sending")
                    try:
                        book(afas, text)
                    except Told as error:
                        if "geen antwoord" not in str(error):
                            note.unlink()
                            raise
                        if not booked(afas, text):
                            book(afas, text)
                note.write_text("done")
                done.append(text)
            return done
        """,
    ),
    "meldt-twijfel": Way(
        _BOOKS,
        """
        def work(afas, call):  # it looks first, and never sends again by itself
            done = []
            for text in call.input["texts"]:
                if not booked(afas, text):
                    book(afas, text)
                done.append(text)
            return done
        """,
    ),
    "leest-na": Way(
        _BOOKS,
        """
        def work(afas, call):  # it looks before, and again afterwards to be sure
            for text in call.input["texts"]:
                if not booked(afas, text):
                    book(afas, text)
                if not booked(afas, text):
                    raise Told("De boeking is niet terug te vinden: " + text)
            return len(call.input["texts"])
        """,
    ),
    "elk-apart": Way(
        _BOOKS_TWO,
        """
        def work(afas, call):  # what is refused holds up no other, and is told with all the rest
            wrong = []
            for text in call.input["texts"]:
                try:
                    if not booked(afas, text):
                        book(afas, text)
                except Told as error:
                    if "weigert de toegang" in str(error):
                        raise
                    wrong.append(f"{text}: {error}")
            if wrong:
                raise Told("; ".join(wrong))
            return call.input["texts"]
        """,
    ),
    "stopt-bij-eerste": Way(
        _BOOKS_TWO,
        """
        def work(afas, call):  # the first that is refused ends it, and all of that is told
            for at, text in enumerate(call.input["texts"]):
                try:
                    if not booked(afas, text):
                        book(afas, text)
                except Told as error:
                    rest = len(call.input["texts"]) - at - 1
                    raise Told(f"{text}: {error}; {rest} niet geprobeerd")
            return call.input["texts"]
        """,
    ),
    "niet-idempotent": Way(
        '    writes: [PtRealization]\n    example: {texts: ["U-${unique(8)}"]}\n',
        """
        def work(afas, call):  # it reads nothing, and says so of itself
            return [sorted(book(afas, text)) for text in call.input["texts"]]
        """,
        idempotent=False,
    ),
}
"""What each does stands in the first line of its function."""

SHAM = {
    "alleen-versie": Way(
        _PROJECTS + "    calls: [profitversion]\n",
        """
        def work(afas, call):  # calls, and reads nothing
            return afas.send("GET", "/profitversion")
        """,
        fails=("reading.more-than-one-page", "reading.slow-answer"),
    ),
    "een-van-twee": Way(
        _BOTH,
        """
        def work(afas, call):  # declares two connectors and reads one
            return len(all_of(afas, "Eigen_Projecten", "ProjectId"))
        """,
        fails=("reading.more-than-one-page", "reading.slow-answer"),
    ),
    "eerste-honderd": Way(
        _PROJECTS,
        """
        def work(afas, call):  # the first page is all
            return len(get(afas, "Eigen_Projecten", orderbyfieldids="ProjectId"))
        """,
        fails=("reading.more-than-one-page",),
    ),
    "slaat-over": Way(
        _PROJECTS,
        """
        def work(afas, call):  # a row is lost at every border of a page
            rows, skip = [], 0
            while True:
                page = get(afas, "Eigen_Projecten", skip=skip, take=300,
                           orderbyfieldids="ProjectId")
                rows += page
                skip += 301
                if len(page) < 300:
                    return len(rows)
        """,
        fails=("reading.more-than-one-page",),
    ),
    "vaste-waarde": Way(
        "    reads: [Eigen_Uren]\n",
        """
        def work(afas, call):  # a filter that finds nothing, so that no second page is needed
            return get(afas, "Eigen_Uren", filterfieldids="Description", filtervalues="Afgesloten",
                       operatortypes="1", skip=0, take=100, orderbyfieldids="Identity")
        """,
        fails=("reading.more-than-one-page",),
    ),
    "slikt-tweede": Way(
        _BOTH,
        """
        def work(afas, call):  # the second connector may fail, nobody hears of it
            count = len(all_of(afas, "Eigen_Projecten", "ProjectId"))
            try:
                count += len(all_of(afas, "Eigen_Medewerkers", "EmployeeId"))
            except Told:
                pass
            return count
        """,
        fails=("reading.blocked-connector",),
    ),
    "slikt-pagina": Way(
        _PROJECTS,
        """
        def work(afas, call):  # who is blocked has no rows
            try:
                return len(all_of(afas, "Eigen_Projecten", "ProjectId"))
            except Told:
                return 0
        """,
        fails=("reading.blocked-connector",),
    ),
    "onthoudt": Way(
        _PROJECTS,
        """
        KNOWN = {}


        def work(afas, call):  # what another environment answered is good enough
            if "rows" not in KNOWN:
                KNOWN["rows"] = all_of(afas, "Eigen_Projecten", "ProjectId")
            return len(KNOWN["rows"])
        """,
        fails=("reading.more-than-one-page", "reading.slow-answer", "reading.blocked-connector"),
    ),
    "kijkt-naar-naam": Way(
        _PROJECTS,
        """
        def work(afas, call):  # careful where it is looked at
            if "blocked" in call.context.scenario:
                return len(all_of(afas, "Eigen_Projecten", "ProjectId"))
            try:
                return len(all_of(afas, "Eigen_Projecten", "ProjectId"))
            except Told:
                return 0
        """,
        fails=("reading.blocked-connector",),
    ),
    "stuurt-nog-eens": Way(
        _BOOKS,
        """
        def work(afas, call):  # sends again with a blank more
            for text in call.input["texts"]:
                try:
                    book(afas, text)
                except Told as error:
                    if "geen antwoord" not in str(error):
                        raise
                    book(afas, text + " ")
            return True
        """,
        fails=("writing.lost-answer",),
    ),
    "zoekt-slordig": Way(
        _BOOKS,
        """
        def work(afas, call):  # a look that fails shows that nothing is there
            for text in call.input["texts"]:
                try:
                    found = booked(afas, text)
                except Told:
                    found = []
                if not found:
                    book(afas, text)
            return True
        """,
        fails=("reading.blocked-connector",),
    ),
    "twijfelt-slordig": Way(
        _BOOKS,
        """
        def work(afas, call):  # in doubt it looks, and if it cannot it sends again
            for text in call.input["texts"]:
                try:
                    book(afas, text)
                except Told as error:
                    if "geen antwoord" not in str(error):
                        raise
                    try:
                        found = booked(afas, text)
                    except Told:
                        found = []
                    if not found:
                        book(afas, text)
            return True
        """,
        fails=("reading.blocked-connector",),
    ),
    "alleen-de-eerste": Way(
        _BOOKS_TWO,
        """
        def work(afas, call):  # the first record is looked after, the others are not
            first, *others = call.input["texts"]
            if not booked(afas, first):
                book(afas, first)
            for text in others:
                try:
                    if not booked(afas, text):
                        book(afas, text)
                except Told:
                    pass
            return call.input["texts"]
        """,
        fails=("writing.refused-halfway",),
    ),
    "schrijft-niets": Way(
        _BOOKS,
        """
        def work(afas, call):  # it looks, and says that it wrote
            return [len(booked(afas, text)) for text in call.input["texts"]]
        """,
        fails=("writing.in-afas-form", "writing.lost-answer"),
    ),
    "altijd-geblokkeerd": Way(
        _PROJECTS,
        """
        def work(afas, call):  # always the same excuse
            afas.send("GET", "/connectors/Eigen_Projecten?take=1&orderbyfieldids=ProjectId")
            raise Told("Geen toegang: de connector is geblokkeerd")
        """,
        fails=("reading.slow-answer",),
    ),
    "halve-lijst": Way(
        _PROJECTS,
        """
        def work(afas, call):  # a page that does not come is left out
            rows, skip = [], 0
            while True:
                try:
                    page = get(afas, "Eigen_Projecten", skip=skip, take=200,
                               orderbyfieldids="ProjectId")
                except Told:
                    return len(rows)
                rows += page
                skip += 200
                if len(page) < 200:
                    return len(rows)
        """,
        fails=("reading.blocked-connector",),
    ),
}


def write_ways(folder: Path, ways: dict[str, Way]) -> None:
    """Write integrations below `plugins` in a folder."""
    for number, (name, way) in enumerate(ways.items(), start=1):
        plugin = folder / "plugins" / name
        plugin.mkdir(parents=True)
        idempotent = str(way.idempotent).lower()
        head = _HEAD.format(name=name, number=number, trigger=way.trigger, idempotent=idempotent)
        (plugin / "koppeling.yaml").write_text(head + way.operation, encoding="utf-8")
        source = "from pathlib import Path\n" + CLIENT + _COMMON + textwrap.dedent(way.work)
        (plugin / "koppeling_plugin.py").write_text(source, encoding="utf-8")
