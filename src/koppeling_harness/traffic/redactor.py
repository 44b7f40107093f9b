"""Take secrets and personal data out of a text, so that equal values stay equal."""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.base64_runs import base64_runs, decoded_base64
from koppeling_harness.traffic.base85 import PACKED_DIGITS_LEAST, base85_forms
from koppeling_harness.traffic.personal import Replace, replace_personal
from koppeling_harness.traffic.private_values import PrivateValues
from koppeling_harness.traffic.secret_index import Found, PartIndex, SecretIndex
from koppeling_harness.traffic.spellings import (
    Undone,
    as_json,
    in_compact,
    views,
)
from koppeling_harness.traffic.view import View
from koppeling_harness.value import dataclass

T = TypeVar("T")

_TOKEN_DATA = re.compile(r"<data>\s*([0-9A-Fa-f]{32,128})\s*<")
_BEFORE_DATA = re.compile(r"(?:<token>\s*)?(?:<version>\s*[0-9]+\s*</version>\s*)?<data>\s*$")
_AFTER_DATA = re.compile(r"\s*</data>(?:\s*</token>)?")
_PACKED_DIGITS = re.compile(rf"[0-9A-Fa-f]{{{PACKED_DIGITS_LEAST},}}")
_FRAME = 80
_AGAIN_MOST = 4
_SEEN_MOST = 100_000
"""So many texts are held that were seen."""
_LONG = 400
"""Characters from which a text of a document is searched by itself."""
_SHORT = 200
"""So long a header may be, and a path, that is the same in scenario after scenario."""
_PLAIN_MOST = 10_000
"""So many short texts are held in which nothing personal stands by its form."""
_BETWEEN = re.compile(r"[ \t\r\"'+=.\\]*(?:\n|\\[rn])(?:\s|\\[rn]|[\"'+=])*")
_PACKED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-%")
_PACKED_MOST = 16
_WRAPPED = re.compile(r"[A-Za-z0-9+/_%-]{16,}={0,2}(?:(?:\s|\\r|\\n)+[A-Za-z0-9+/_%-]{4,}={0,2})*")
_BREAKS = re.compile(r"\s|\\[rn]")


def shortened(text: str, limit: int = 2000) -> str:
    """Return a text of at most `limit` characters; what must not be told is replaced before.

    The end of a long message is left out as a matter of course: whoever says much says it 76 times.
    """
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a redactor knows.

    Attributes:
        key: That of its placeholders.
        told: Each secret with its kind, in the order in which it learned of them.
    """

    key: bytes
    told: tuple[tuple[Secret, str], ...]


class Redactor:
    """Replaces what must not be kept by `[kind:0123abcd]`, the same for the same value.

    It knows the secrets that it was told, whole and in part, in every spelling (`spellings`), also
    nested; recognises an AfasToken by its form, and personal data by theirs (BSN by the 11-test,
    IBAN by its check digits, e-mail addresses).

    Args:
        key: Makes the placeholders of one run differ from those of another; never kept.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._whole = SecretIndex()
        self._parts = PartIndex()
        self._known: set[Secret] = set()
        self._told: list[tuple[Secret, str]] = []
        self._seen: dict[bytes, list[Found]] = {}
        self._plain: dict[str, Sequence[tuple[str, bool]]] = {}
        """Short texts in which nothing personal stands by its form, and all that each says."""
        self._read: tuple[str, Undone] = "", {}
        """The text that was searched last, and all that it says: more is often looked for in it."""

    def add_secret(self, secret: Secret, kind: str = "token", *, is_new: bool = False) -> None:
        """Look for a secret from now on, in any of its written forms.

        Args:
            secret: What is looked for.
            kind: What sort of secret it is.
            is_new: Whether it was drawn just now, so that it stands in nothing that was seen.
        """
        if secret in self._known:
            return
        self._known.add(secret)
        self._told.append((secret, kind))
        if not is_new:
            self._forget()
        text = secret.reveal()
        data = _TOKEN_DATA.search(text)
        value = text if data is None else data.group(1).upper()
        if not _PACKED_DIGITS.fullmatch(value):
            for packed in base85_forms(value):
                self._add_whole(packed, kind=kind, value=value)
        if data is not None:
            self._add_token_data(value, is_new=is_new)
            return
        # a JWT begins alike whoever it belongs to
        part = text.partition(".")[2] if text.startswith("eyJ") and "." in text else text
        if self._parts.add(part, kind=kind, value=text) and text.isascii() and text.isalnum():
            return  # whoever finds any part of it finds it whole
        self._add_whole(text, kind=kind, value=text)
        self._whole.add(text.encode("utf-8", "replace").decode("latin-1"), kind=kind, value=text)

    @property
    def known(self) -> "Known":
        """All that it knows, to make another that knows the same."""
        return Known(key=self._key, told=tuple(self._told))

    def take_up(self, told: Iterable[tuple[Secret, str]]) -> None:
        """Look for what another was told too, as well."""
        for secret, kind in told:
            self.add_secret(secret, kind)

    def placeholder(self, kind: str, value: str) -> str:
        """Return what stands in the place of a value: `[kind:0123abcd]`."""
        digest = hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), "sha256")
        return f"[{kind}:{digest[:4].hex()}]"

    def text(
        self,
        text: str,
        counts: Counter[str] | None = None,
        *,
        private: PrivateValues | None = None,
    ) -> str:
        """Return a text with every secret and personal value replaced.

        Args:
            text: Any text, whole: what was cut may hold a part that is too short to be known.
            counts: What is replaced is counted here, by kind.
            private: Values that privacy-marked fields held, to replace as well.
        """
        counted: Counter[str] = Counter() if counts is None else counts
        return self.personal(self.secrets(text, counted), counted, private=private)

    def secrets(self, text: str, counts: Counter[str] | None = None) -> str:
        """Return a text with every secret replaced, and nothing else.

        Where something was found it is looked again, also at the text as JSON writes it: what was
        replaced may have hidden another layout, and in a record the last search looks at JSON.
        """
        found = self._found_in(text)
        for _ in range(_AGAIN_MOST):
            if not found:
                break
            text = self._without(text, found, counts)
            found = self._found_in_json(text)
        return text

    def _without(self, text: str, found: Iterable[Found], counts: Counter[str] | None) -> str:
        parts: list[str] = []
        done = 0
        for each in found:
            if counts is not None:
                counts[each.kind] += 1
            parts += [text[done : each.start], self.placeholder(each.kind, each.value)]
            done = each.end
        return "".join([*parts, text[done:]])

    def personal(
        self,
        text: str,
        counts: Counter[str] | None = None,
        *,
        private: PrivateValues | None = None,
    ) -> str:
        """Return a text with every personal value replaced, and no secret looked for."""
        if self._is_without(text, private):
            return text
        is_plain = True

        def replace(kind: str, value: str) -> str:
            nonlocal is_plain
            is_plain = False
            if counts is not None:
                counts[kind] += 1
            return self.placeholder(kind, value)

        parts: list[str] = []
        done = 0
        for start, end in _packed_runs(text):
            inside = _inside(text[start:end])
            is_plain = is_plain and not inside
            if inside and inside != self._known_and_formed(inside, self.placeholder, private):
                parts += [text[done:start], replace("personal", text[start:end])]
                done = end
        replaced = self._known_and_formed("".join([*parts, text[done:]]), replace, private)
        if is_plain and len(text) <= _SHORT:
            if len(self._plain) >= _PLAIN_MOST:
                self._plain.clear()
            self._plain[text] = [(view.text, view.decoded) for view in views(text, words=True)]
        return replaced

    def _is_without(self, text: str, private: PrivateValues | None) -> bool:
        """Return at once whether it is known that nothing personal stands in a text."""
        says = self._plain.get(text)
        if says is None:
            return False
        return not private or not any(
            True for each, decoded in says for _ in private.find(each, decoded=decoded)
        )

    def find_secrets(self, data: bytes) -> tuple[str, ...]:
        """Return the kinds of the secrets that stand in some bytes; empty when all is well.

        Personal data is not looked for here: a report may hold a number that looks like one.
        """
        found = self._found(data.decode("utf-8", errors="replace"))
        return tuple(sorted({each.kind for each in found}))

    def find_secrets_in(self, document: Any) -> tuple[str, ...]:
        """Return the kinds of the secrets that stand in a document, as JSON has it.

        A long text is searched by itself, once in however many documents it stands; half of a
        secret is found, so none hides in two of them. What is short is searched together.
        """
        kinds: set[str] = set()

        def without_long(value: Any) -> Any:
            if isinstance(value, str):
                if len(value) < _LONG:
                    return value
                kinds.update(each.kind for each in self._found_in(value))
                return ""
            if isinstance(value, dict):
                return {name: without_long(each) for name, each in value.items()}
            return list(map(without_long, value)) if isinstance(value, list) else value

        rest = json.dumps(without_long(document), ensure_ascii=False)
        kinds.update(each.kind for each in self._found(rest))
        return tuple(sorted(kinds))

    def is_known_clean(self, text: str) -> bool:
        """Return whether a text was searched before, and nothing secret was found."""
        return self._seen.get(_digest(text)) == []

    def _known_and_formed(self, text: str, replace: Replace, private: PrivateValues | None) -> str:
        """Return a text without the values that are known, and those that are known by form."""
        if not private:
            return replace_personal(text, replace)
        found: list[Found] = []
        known: dict[tuple[str, bool], Sequence[tuple[int, int, str]]] = {}
        for view in views(text, words=True, undone=self._undone(text)):
            key = view.text, view.decoded
            inside = known.get(key)
            if inside is None:  # equal texts are searched once
                inside = known[key] = list(private.find(view.text, decoded=view.decoded))
            for first, last, value in inside:
                start, end = view.locate(first, last)
                found.append(Found(start=start, end=end, kind="field", value=value))
        parts: list[str] = []
        done = 0
        for each in _joined(found, text):
            parts += [
                replace_personal(text[done : each.start], replace),
                replace("field", each.value),
            ]
            done = each.end
        return "".join([*parts, replace_personal(text[done:], replace)])

    def _add_whole(self, text: str, *, kind: str, value: str) -> None:
        self._whole.add(text, kind=kind, value=value)
        if '"' in text:  # quotes in JSON are not undone: every body is full of them
            self._whole.add(text.replace('"', '\\"'), kind=kind, value=value)

    def _add_token_data(self, data: str, *, is_new: bool = False) -> bool:
        """Look for a token from now on; return whether it was not known."""
        value = data.upper()
        token = Secret(value)
        if token in self._known:
            return False
        self._known.add(token)
        if not is_new:
            self._forget()
        if not self._parts.add(value, kind="token", value=value):
            for form in (value, value.lower(), data):
                self._whole.add(form, kind="token", value=value)
        return True

    def _learn(self, text: str) -> bool:
        """Take up tokens that nobody told of, by their form; return whether there were any."""
        if "<data>" not in text:
            return False
        found = [each for each in _TOKEN_DATA.finditer(text) if self._add_token_data(each.group(1))]
        self._told += [(Secret(each.group()), "token") for each in found]
        return bool(found)

    def _found_in(self, text: str) -> list[Found]:
        """Return where secrets stand in a text; in one that was seen lately where they stood.

        Files and headers say the same from call to call and from scenario to scenario.
        """
        digest = _digest(text)
        found = self._seen.get(digest)
        if found is None:
            found = self._found(text)
            if len(self._seen) >= _SEEN_MOST:
                self._forget()
            self._seen[digest] = found
        return found

    def _undone(self, text: str) -> Undone:
        """Return what a text says as far as that was reckoned already, and keep it no longer."""
        read, undone = self._read
        if read != text:
            return {}
        self._read = "", {}
        return undone

    def _forget(self) -> None:
        self._seen.clear()

    def _found(self, text: str) -> list[Found]:
        """Return where secrets stand in a text, in order, never overlapping."""
        again = True
        found: list[Found] = []
        undone: Undone = {}
        self._read = text, undone
        while again:  # a token that is learned in one place may stand in others
            again, found = False, []
            known: dict[str, list[Found]] = {}
            for view in views(text, undone=undone):
                inside = known.get(view.text)
                if inside is None:  # equal texts are searched once
                    again = self._learn(view.text) or again
                    inside = known[view.text] = list(self._in(view))
                found += [_located(each, view, text) for each in inside]
        return _joined(found, text)

    def _found_in_json(self, text: str) -> list[Found]:
        """Return where secrets stand in a text as JSON writes it, and so in the text itself."""
        view = as_json(text)
        return _joined((_located(each, view, text) for each in self._found(view.text)), text)

    def _in(self, view: View) -> Iterator[Found]:
        """Yield where secrets stand in the text of a view."""
        yield from self._whole.find(view.text)
        for each in self._parts.find(view.compact):
            start, end = in_compact(view, each.start, each.end)
            yield Found(start=start, end=end, kind=each.kind, value=each.value)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


_twins: dict[bytes, Redactor] = {}
"""By their key: a process that works for another one has that one's."""


def _twin(known: Known) -> Redactor:
    """Return a redactor that knows what another one knows, in another process."""
    twin = _twins.get(known.key)
    if twin is None:
        _twins.clear()
        twin = _twins[known.key] = Redactor(known.key)
    twin.take_up(known.told)
    return twin


async def beside(redactor: Redactor, work: Callable[..., T], *arguments: Any) -> T:
    """Return what a function returns that another process carries out with such a redactor.

    Args:
        redactor: It takes up what was learned there.
        work: Of a module; its first argument is the redactor.
        arguments: Its others.

    Raises:
        LeftOffError: It did not come to its end.
    """
    from koppeling_harness.aside import in_process  # noqa: PLC0415 - only runs need a loop

    result: T
    result, learned = await in_process(_with_twin, redactor.known, work, arguments)
    redactor.take_up(learned)
    return result


def _with_twin(
    known: Known, work: Callable[..., T], arguments: Sequence[Any]
) -> tuple[T, tuple[tuple[Secret, str], ...]]:
    before = set(known.told)
    twin = _twin(known)
    result = work(twin, *arguments)
    return result, tuple(each for each in twin.known.told if each not in before)


def _located(found: Found, view: View, text: str) -> Found:
    """Return what was found in a view as it stands in the text, with what belongs to it."""
    start, end = found.start, found.end
    if found.kind == "token":
        before = _BEFORE_DATA.search(view.text[max(0, start - _FRAME) : start])
        after = _AFTER_DATA.match(view.text, end)
        start -= len(before.group()) if before else 0
        end = after.end() if after else end
    start, end = view.locate(start, end)
    if view.decoded:
        start, end = _whole_run(text, start, end)
    return Found(start=start, end=end, kind=found.kind, value=found.value)


def _whole_run(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the base64 around a piece begins and ends, when hardly more belongs to it."""
    first, last = start, end
    while first and start - first <= _PACKED_MOST and text[first - 1] in _PACKED:
        first -= 1
    while last < len(text) and last - end <= _PACKED_MOST and text[last] in _PACKED:
        last += 1
    end = last if last - end <= _PACKED_MOST else end
    padding = len(text[end : end + 2]) - len(text[end : end + 2].lstrip("="))
    return (first if start - first <= _PACKED_MOST else start), end + padding


def _joined(found: Iterable[Found], text: str) -> list[Found]:
    """Return pieces in order; those that overlap, or are lines of one secret, as one."""
    joined: list[Found] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        last = joined[-1] if joined else None
        if last is not None and (
            each.start < last.end
            or (each.value == last.value and _BETWEEN.fullmatch(text, last.end, each.start))
        ):
            longer = max(last, each, key=lambda one: one.end - one.start)
            joined[-1] = Found(
                start=last.start,
                end=max(last.end, each.end),
                kind=longer.kind,
                value=longer.value,
            )
        else:
            joined.append(each)
    return joined


def _packed_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where there may be base64 of a text, over all its lines."""
    done = 0
    for start, end in base64_runs(text):
        if start < done:
            continue
        whole = _WRAPPED.match(text, start)
        done = whole.end() if whole else end
        yield start, done


def _inside(run: str) -> str:
    """Return the text that base64 holds; empty when it is not base64 of a text."""
    plain = unquote(run) if "%" in run else run
    lines = _BREAKS.sub("", plain)
    for each in (lines, plain.split(maxsplit=1)[0]):
        data = decoded_base64(each)
        for charset in ("utf-16-le", "utf-8") if b"\0" in data else ("utf-8",):
            text = data.decode(charset, errors="replace")
            if text and "".join(text.split()).isprintable() and "\ufffd" not in text:
                return text
    return ""
