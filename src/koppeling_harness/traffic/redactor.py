"""Take secrets and personal data out of a text, so that equal values stay equal."""

import binascii
import hmac
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.personal import replace_personal
from koppeling_harness.traffic.secret_index import SecretIndex

_LT = r"(?:<|&lt;|%3[Cc]|\\u003[Cc])"
_GT = r"(?:>|&gt;|%3[Ee]|\\u003[Ee])"
_SLASH = r"(?:/|%2[Ff]|\\/)"
_TOKEN_DATA = re.compile(rf"{_LT}data{_GT}\s*([0-9A-Fa-f]{{32,128}})\s*{_LT}")
_TOKEN_AROUND = re.compile(
    rf"(?:{_LT}token{_GT}\s*)?(?:{_LT}version{_GT}[0-9]+{_LT}{_SLASH}version{_GT}\s*)?"
    rf"{_LT}data{_GT}\s*(\[token:[0-9a-f]{{8}}\])\s*{_LT}{_SLASH}data{_GT}"
    rf"(?:\s*{_LT}{_SLASH}token{_GT})?"
)
_TOKEN_LEAST = len("<data>") + 32 + len("<")
_BASE64_LEAST = b"x" * 24
# x for every character that base64 may hold, as itself or URL-encoded
_BASE64_SHAPE = bytes(
    ord("x") if code < 128 and (chr(code).isalnum() or chr(code) in "+/_%-") else ord(" ")
    for code in range(256)
)
_URL_SAFE = str.maketrans("-_", "+/")


class Redactor:
    """Replaces what must not be kept by `[kind:0123abcd]`, the same for the same value.

    It knows the secrets that it was told, recognises an AfasToken by its form, and personal data
    by theirs (BSN by the 11-test, IBAN by its check digits, e-mail addresses). Secrets are also
    found XML-, JSON- and URL-escaped, and anywhere inside base64.

    Args:
        key: Makes the placeholders of one run differ from those of another; never kept.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._index = SecretIndex()
        self._known: set[Secret] = set()

    def add_secret(self, secret: Secret, kind: str = "token") -> None:
        """Look for a secret from now on, in any of its written forms."""
        if secret in self._known:
            return
        self._known.add(secret)
        text = secret.reveal()
        data = _TOKEN_DATA.search(text)
        if data is not None:
            self._add_token_data(data.group(1))
            return
        for form in _written_forms(text):
            self._index.add(form, kind=kind, value=text)

    def placeholder(self, kind: str, value: str) -> str:
        """Return what stands in the place of a value: `[kind:0123abcd]`."""
        digest = hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), "sha256")
        return f"[{kind}:{digest[:4].hex()}]"

    def text(self, text: str, counts: Counter[str] | None = None) -> str:
        """Return a text with every secret and personal value replaced.

        Args:
            text: Any text.
            counts: What is replaced is counted here, by kind.
        """
        counted: Counter[str] = Counter() if counts is None else counts

        def replace(kind: str, value: str) -> str:
            counted[kind] += 1
            return self.placeholder(kind, value)

        self._learn(text)
        text = self._replace_secrets(text, counted)
        parts: list[str] = []
        done = 0
        for start, end in _base64_runs(text):
            parts += [text[done:start], self._replace_base64(text[start:end], counted)]
            done = end
        return replace_personal("".join([*parts, text[done:]]), replace)

    def find_secrets(self, data: bytes) -> tuple[str, ...]:
        """Return the kinds of the secrets that stand in some bytes; empty when all is well.

        Personal data is not looked for here: a report may hold a number that looks like one.
        """
        text = data.decode("utf-8", errors="replace")
        self._learn(text)
        kinds = {kind for *_, kind, _ in self._index.find(text)}
        for start, end in _base64_runs(text):
            kinds.update(kind for kind, _ in self._inside_base64(text[start:end]))
        return tuple(sorted(kinds))

    def _add_token_data(self, data: str) -> None:
        for form in (data.upper(), data.lower(), data):
            self._index.add(form, kind="token", value=data.upper())

    def _learn(self, text: str) -> None:
        """Take up tokens that nobody told of, by their form."""
        if "data" not in text:
            return
        for match in _TOKEN_DATA.finditer(text):
            self._add_token_data(match.group(1))

    def _replace_secrets(self, text: str, counts: Counter[str]) -> str:
        spans = self._index.find(text)
        if not spans:
            return text
        parts: list[str] = []
        done = 0
        for start, end, kind, value in spans:
            counts[kind] += 1
            parts += [text[done:start], self.placeholder(kind, value)]
            done = end
        return _TOKEN_AROUND.sub(r"\1", "".join([*parts, text[done:]]))

    def _replace_base64(self, run: str, counts: Counter[str]) -> str:
        for kind, value in self._inside_base64(run):
            counts[kind] += 1
            return self.placeholder(kind, value)
        inside = next(_decodings(run))
        if inside.isprintable() and inside != replace_personal(inside, self.placeholder):
            counts["personal"] += 1
            return self.placeholder("personal", run)
        return run

    def _inside_base64(self, run: str) -> list[tuple[str, str]]:
        if len(run) * 3 // 4 < min(self._index.shortest, _TOKEN_LEAST):
            return []
        for inside in _decodings(run):
            self._learn(inside)
            found = self._index.find(inside)
            if found:
                return [(kind, value) for *_, kind, value in found]
        return []


def _base64_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where there may be base64: from 24 of its characters on, with the `=` at their end."""
    shape = text.encode("latin-1", errors="replace").translate(_BASE64_SHAPE)
    end = 0
    while (start := shape.find(_BASE64_LEAST, end)) >= 0:
        end = shape.find(b" ", start)
        end = len(shape) if end < 0 else end
        end += len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
        yield start, end


def _written_forms(text: str) -> tuple[str, ...]:
    """Return the forms in which a text may stand in a URL, in XML or in JSON."""
    percent = quote(text, safe="")
    in_json = json.dumps(text)[1:-1]
    forms = (
        text,
        html.escape(text, quote=False),
        html.escape(text),
        in_json,
        json.dumps(text, ensure_ascii=False)[1:-1],
        in_json.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026"),
        percent,
        quote_plus(text),
        re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), percent),
    )
    return tuple(dict.fromkeys(forms))


def _decodings(run: str) -> Iterator[str]:
    """Return what a run of base64 characters may say: it may begin before what is meant."""
    plain = (unquote(run) if "%" in run else run).rstrip("=").translate(_URL_SAFE)
    for offset in range(4):
        chunk = plain[offset:]
        if len(chunk) % 4 == 1:
            chunk = chunk[:-1]
        try:
            data = binascii.a2b_base64(chunk + "=" * (-len(chunk) % 4))
        except ValueError:  # not base64 after all
            data = b""
        yield data.decode("utf-8", errors="replace")
