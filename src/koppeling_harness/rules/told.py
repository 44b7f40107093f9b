"""Recognise a text for a user: words for a person, and no trace.

A program that dies, and one that hands on what a library said to its developer, refuse something
as well; but they tell nobody what to do. Uncaught errors have a form of their own in every
language, and so have the messages of the libraries for HTTP that are used most.
"""

import re

from koppeling_harness.model.operation import OperationResult

_TRACE = re.compile(
    r"""
      ^Traceback\ \(most\ recent\ call\ last\)          # Python
    | ^[ \t]+at\ (?:.+\()?[^()\s]+:\d+:\d+\)?\s*$          # JavaScript
    | ^Node\.js\ v\d
    | ^[ \t]*at\ [\w.$<>`+\[\],]+\(.*\)(?:\ in\ .+)?\s*$   # .NET, Java, Kotlin
    | ^Unhandled\ [Ee]xception
    | ^Exception\ in\ thread\ "
    | ^(?:PHP\ )?(?:Fatal|Parse|Uncaught)\ (?:e|E)rror: # PHP
    | ^PHP\ Warning:
    | ^\#\d+\ .+\(\d+\):\                               # PHP
    | ^panic:\ | ^goroutine\ \d+\ \[                    # Go
    | ^thread\ '.*'\ (?:\(\d+\)\ )?panicked\ at         # Rust
    | ^[ \t]*(?:from\ )?\S+\.rb:\d+:in\                    # Ruby
    """,
    re.VERBOSE | re.MULTILINE,
)

_LOOKED_AT = 64 * 1024
"""Characters of a text; nobody reads more."""

_CLASS = re.compile(
    r"""
      ^(?:Uncaught\ )?(?:
        (?:[A-Za-z_]\w*[.\\])+[A-Za-z_]\w*(?:Error|Exception|Timeout|Refused|Closed|Read)
      | (?:Type|Value|Key|Index|Attribute|Name|Reference|Syntax|Range|Import|ModuleNotFound|OS|IO
          |Runtime|ZeroDivision|Unicode\w*|JSONDecode|URL|HTTP|HTTPStatus|Connection\w*|Timeout
          |FileNotFound|Permission|Recursion|Assertion|Eval|URI|Aggregate|Abort|Overflow|Lookup
          |Argument|Uncaught|Decode|Read|Write|Protocol|Remote\w*|Json|Parse|NullReference)
          (?:Error|Exception)
      | IncompleteRead | RemoteDisconnected | BadStatusLine | DOMException | KeyboardInterrupt
      )\b(?:\ \[\w+\])?(?:[:(]|\s*$)
    | ^<\w+(?:Error|Exception)\b
    """,
    re.VERBOSE,
)

_OF_A_LIBRARY = re.compile(
    r"""
      \bfor\ url:?\ ['"]?https?://                      # requests, httpx
    | \brequest\ to\ https?://\S+\ failed,\ reason      # node-fetch
    | \bHTTPS?ConnectionPool\( | <urlopen\ error
    | https?://(?:[\w-]+\.)*(?:
        developer\.mozilla\.org | docs\.python\.org | nodejs\.org | php\.net | go\.dev | golang\.org
      | aka\.ms | go\.microsoft\.com | learn\.microsoft\.com | docs\.oracle\.com | docs\.rs
      | readthedocs\.(?:io|org) | stackoverflow\.com | github\.com | errors\.pydantic\.dev
      | httpstatuses\.(?:com|io) | ietf\.org | rfc-editor\.org | curl\.(?:se|haxx\.se) | w3\.org
      )(?=[/:?\#\s'")\].,]|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def has_trace(text: str) -> bool:
    """Return whether an uncaught error, or its stack, stands in a text."""
    return _TRACE.search(text) is not None


def is_told(result: OperationResult) -> bool:
    """Return whether an integration says "refused", and told its user so."""
    return not result.ok and is_for_a_person(result.error)


def is_for_a_person(text: str | None) -> bool:
    """Return whether somebody is told something by a text.

    Not by none, nor by a stack trace, the name of an exception's class, what a library for HTTP
    says of its own, or the address of documentation for developers.
    """
    said = (text or "")[:_LOOKED_AT].strip()
    return bool(said) and not (has_trace(said) or _CLASS.match(said) or _OF_A_LIBRARY.search(said))
