"""The part of the detection table about `plugins/opzoekhulp` and `bijlagearchief`, in Python."""

from support.defect import Defect, Edit, edit

CLIENT = "opzoekhulp/afas.py"
LOOKUP = "opzoekhulp/lookup.py"
ENTRY = "run_opzoekhulp.py"
FILES = "bijlagearchief/afas.py"
ARCHIVE = "bijlagearchief/archive.py"
MANIFEST = "koppeling.yaml"

_UNREACHABLE = """                if is_last:
                    message = "Profit is niet bereikbaar. Probeer het over een minuut opnieuw."
                    raise AfasError(message) from error
                continue
"""
_GONE = """                except GoneError:
                    continue
"""


def _defect(
    integration: str,
    name: str,
    description: str,
    edits: tuple[Edit, ...],
    *,
    by: str,
    code: str = "EXPECTATION",
    says: str = "",
) -> Defect:
    return Defect(
        name=name,
        description=description,
        caught_by=(code,),
        says=says,
        edits=edits,
        integration=integration,
        proved_by=by,
        program="python3",
    )


DEFECTS_PYTHON: tuple[Defect, ...] = (
    # -- a look-up that somebody waits for, at a fixed address ---------------------------------
    _defect(
        "opzoekhulp",
        "lookup-lost-is-nobody",
        "takes a connection that broke for nobody of that name",
        edit(CLIENT, _UNREACHABLE, "                return []\n"),
        by="connection-that-breaks",
        says="`output.found`",
    ),
    _defect(
        "opzoekhulp",
        "lookup-first-screen-only",
        "shows the first screen again, whichever is asked for",
        edit(LOOKUP, '"skip": (page - 1) * SHOWN,', '"skip": 0,'),
        by="second-screen",
        says="`output.more`",
    ),
    _defect(
        "opzoekhulp",
        "lookup-comma-splits",
        "sends a name with a comma as two fields",
        edit(LOOKUP, 'if "," in value or ";" in value:', "if False:"),
        by="comma-in-a-name",
    ),
    _defect(
        "opzoekhulp",
        "lookup-asks-for-everybody",
        "asks Profit for every name that holds two letters",
        edit(LOOKUP, "SHORTEST = 3", "SHORTEST = 1"),
        by="too-short-to-ask",
        says="`ok` is true",
    ),
    _defect(
        "opzoekhulp",
        "lookup-dies-with-a-trace",
        "ends by an uncaught error, of which the last line is no answer to anybody",
        edit(ENTRY, "except (AfasError, lookup.QuestionError)", "except lookup.QuestionError"),
        by="profit-in-maintenance",
        code="PLUGIN-CRASHED",
        says="ended with code 1",
    ),
    _defect(
        "opzoekhulp",
        "lookup-tells-the-library",
        "tells its user what the library for HTTP says to a developer",
        edit(
            CLIENT,
            'return f"Profit is in onderhoud. Probeer het over {minutes} min. opnieuw."',
            'return f"503 Server Error for url: https://x over {minutes} min."',
        ),
        by="profit-in-maintenance",
        says="`told` is false",
    ),
    # -- files, which are no rows --------------------------------------------------------------
    _defect(
        "bijlagearchief",
        "files-half-is-whole",
        "archives what came of a file that broke off",
        (
            Edit(
                file=FILES,
                old="        content = answer.read()  # raises IncompleteRead for half a file\n",
                new='        content = b""\n'
                "        while piece := answer.read1():\n"
                "            content += piece\n",
            ),
        ),
        by="half-a-file-and-the-whole",
        says="`output.added`",
    ),
    _defect(
        "bijlagearchief",
        "files-text-for-bytes",
        "changes line ends, as if every file were text",
        edit(
            FILES,
            "    return body\n\n\ndef _wait_s",
            '    return body.replace(b"\\r\\n", b"\\n")\n\n\ndef _wait_s',
        ),
        by="bytes-arrive-exactly",
        says="`output.added`",
    ),
    _defect(
        "bijlagearchief",
        "files-gone-is-done",
        "takes a file that Profit does not give for archived",
        edit(
            ARCHIVE, _GONE, '                except GoneError:\n                    content = b""\n'
        ),
        by="gone-tonight-there-tomorrow",
    ),
    _defect(
        "bijlagearchief",
        "files-name-not-escaped",
        "puts the name of a file into the address as it is",
        edit(FILES, "/{quote(name, safe='')}", "/{name.replace(' ', '%20')}"),
        by="any-name-is-asked-for",
    ),
    _defect(
        "bijlagearchief",
        "files-again-every-night",
        "fetches every file again every night",
        edit(
            ARCHIVE, "newest = max(map(int, [*self._kept, *self._owed]), default=0)", "newest = 0"
        ),
        by="second-night",
        says="`output.added`",
    ),
    _defect(
        "bijlagearchief",
        "files-undeclared",
        "downloads through a connector that its manifest does not name",
        edit(MANIFEST, "    calls: [subject]\n", ""),
        by="second-night",
        code="UNDECLARED-CONNECTOR",
        says="names no subject under calls",
    ),
)
