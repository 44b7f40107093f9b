"""Bundle: the files of one run with the evidence beside them, in a folder or in one file to send.

What comes from outside is read within limits, and nothing is written: a pack that is a bomb, leads
outside, or hides something costs its refusal and no more.
"""

import hashlib
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

from koppeling_harness.document import read_content
from koppeling_harness.errors import DocumentError, EvidenceError

ENVELOPE = "evidence.intoto.json"
"""Name of the envelope, beside the record."""
STATEMENT = "evidence.statement.json"
"""Name of the statement as a file of its own, for `ssh-keygen -Y verify`."""
SSH_SIGNATURE = "evidence.statement.json.sig"
"""Name of the signature over it."""
TIME_STAMP = "evidence.tsr"
"""Name of the time stamp over the envelope's signature."""
OWN = (ENVELOPE, STATEMENT, SSH_SIGNATURE, TIME_STAMP)
"""What signing writes, and so is not signed."""
RECEIVED = "received.json"
"""Name of what says when a pack came in, beside what was in it."""

MOST_PACKED = 64 * 1024**2
"""Bytes of a pack."""
MOST_BYTES = 256 * 1024**2
"""Bytes of all files in a pack together."""
MOST_OF_A_FILE = 64 * 1024**2
MOST_FILES = 20_000
LONGEST_PART = 200
"""Bytes of one part of a name: file systems take 255, and room is left for what is beside it."""
LONGEST_NAME = 400
"""Bytes of a name with its folders; below the folder of a reviewer every system takes that."""
_WINDOWS_RESERVED = '<>:"|?*'
_DEVICE_OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_NOT_SHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of characters that show nothing, or turn round what stands beside them."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a pack is packed; others take memory without end before a byte comes out."""
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!")
_END_OF_ZIP = 22
"""Bytes with which a zip without a comment ends."""
_HEAD = struct.Struct("<4s2x2H4x3L2H")
"""What stands before each file: mark, flags, method, CRC, both sizes, how long name and extra."""
_BEGIN_OF_FILE = b"PK\x03\x04"
_SOMETHING_ELSE = "something stands before, between or behind the files in it"
_READ_TWO_WAYS = "a name that programs read in different ways"
_SEND_AGAIN = "Ask for it to be made again, with `koppeling evidence pack`."


class Bundle(Protocol):
    """Files by their names, `/` between folders."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every file that is in it."""
        ...

    def read(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            EvidenceError: It is not there, or cannot be read.
        """
        ...

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file.

        Raises:
            EvidenceError: It is not there, or cannot be read.
        """
        ...


class Folder:
    """A bundle as a run left it.

    Args:
        path: The run's folder.
        only: The files of the run that are meant, beside the evidence; all when None.
    """

    def __init__(self, path: Path, *, only: Sequence[str] | None = None) -> None:
        self._path = path
        if only is None:
            self.names = tuple(sorted(_files_below(path)))
        else:
            self.names = tuple(each for each in (*OWN, *only) if (path / each).is_file())

    def read(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            EvidenceError: It is not there, or cannot be read.
        """
        try:
            return read_content(self._path / name)
        except DocumentError as error:
            raise EvidenceError(error.message) from None

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file.

        Raises:
            EvidenceError: It is not there, or cannot be read.
        """
        return hashlib.sha256(self.read(name)).hexdigest()


class Pack:
    """A bundle in one file, read as a whole and held in memory.

    Args:
        path: The file.

    Attributes:
        names: Every file that is in it.
        sha256: Of the pack itself.

    Raises:
        EvidenceError: It is no pack, or something in it is not as it has to be.
    """

    def __init__(self, path: Path) -> None:
        content = _content_of_pack(path)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._files = dict(_unpacked(content))
        self.names = tuple(sorted(self._files))

    def read(self, name: str) -> bytes:
        """Return what is in a file.

        Raises:
            EvidenceError: It is not there.
        """
        if name not in self._files:
            message = f"{name}: not in the pack"
            raise EvidenceError(message)
        return self._files[name]

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file.

        Raises:
            EvidenceError: It is not there.
        """
        return hashlib.sha256(self.read(name)).hexdigest()


def open_bundle(path: Path) -> Bundle:
    """Return the bundle that a path means: a pack, the folder of a run, or its envelope.

    Raises:
        EvidenceError: It is none.
    """
    if path.is_dir():
        return Folder(path)
    if path.name == ENVELOPE:
        return Folder(path.parent)
    return Pack(path)


def files_to_sign(bundle: Bundle) -> tuple[str, ...]:
    """Return the files that a signature is to cover."""
    return tuple(each for each in bundle.names if each not in (*OWN, RECEIVED))


def packed(files: Mapping[str, bytes], *, top: str) -> bytes:
    """Return a pack: the same files give the same bytes, whenever and wherever.

    Args:
        files: By name.
        top: The one folder that all of them lie in.
    """
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            pack.writestr(entry, files[name])
    return into.getvalue()


def _files_below(folder: Path) -> Iterator[str]:
    waiting = [("", folder)]
    count = 0
    while waiting:
        above, place = waiting.pop()
        with os.scandir(place) as inside:
            for each in inside:
                if each.name.startswith("."):
                    continue
                name = f"{above}{each.name}"
                if each.is_symlink() or not (each.is_file() or each.is_dir()):
                    message = f"{name}: it is a link, a device or a pipe, expected a file"
                    raise EvidenceError(message)
                if each.is_dir():
                    waiting.append((f"{name}/", Path(each.path)))
                    continue
                count += 1
                if count > MOST_FILES:
                    message = f"{folder}: holds more than {MOST_FILES} files"
                    raise EvidenceError(message)
                yield name


def _content_of_pack(path: Path) -> bytes:
    try:
        found = os.stat(path)  # noqa: PTH116 - the name that the caller has is what is told
    except (OSError, ValueError) as error:
        message = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise EvidenceError(message) from None
    if not stat.S_ISREG(found.st_mode):
        message = "it is a device or a pipe, expected a pack"
        raise EvidenceError(message)
    if found.st_size > MOST_PACKED:
        message = f"it holds {found.st_size} bytes, a pack at most {MOST_PACKED}"
        raise EvidenceError(message, hint=_SEND_AGAIN)
    try:
        return read_content(path)
    except DocumentError as error:
        raise EvidenceError(error.message) from None


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a pack, one by one; the first thing that is wrong ends it."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as pack:
            entries = pack.infolist()
            names = _sound_names(entries)
            _refuse_what_is_around(pack, content)
            _refuse_too_much(entries)
            for entry, name in zip(entries, names, strict=True):
                file = pack.read(entry)  # never more than its size was said to be
                if file.startswith(_ARCHIVES):
                    message = f"{name}: an archive within the pack; it is not looked into"
                    raise EvidenceError(message, hint=_SEND_AGAIN)
                yield name, file
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        message = f"it is no pack, or cut off: {error}"
        raise EvidenceError(message, hint=_SEND_AGAIN) from None
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or an exotic compression
        message = f"it is packed in a way that no pack is: {error}"
        raise EvidenceError(message, hint=_SEND_AGAIN) from None


def _refuse_what_is_around(pack: zipfile.ZipFile, content: bytes) -> None:
    """Refuse bytes before, between or behind the files: other programs may take them for the pack.

    Each file stands behind the other, and says of itself what the index says of it: who reads a zip
    from its beginning reads the same.
    """
    at = 0
    for each in sorted(pack.infolist(), key=lambda entry: entry.header_offset):
        head = content[at : at + _HEAD.size].ljust(_HEAD.size, b"\0")
        *said, name, extra = _HEAD.unpack(head)
        indexed = (each.flag_bits, each.compress_type, each.CRC, each.compress_size, each.file_size)
        if each.header_offset != at or said != [_BEGIN_OF_FILE, *indexed]:
            raise EvidenceError(_SOMETHING_ELSE, hint=_SEND_AGAIN)
        at += _HEAD.size + name + extra + each.compress_size
    if at != pack.start_dir or pack.comment or content[-_END_OF_ZIP:][:4] != b"PK\x05\x06":
        raise EvidenceError(_SOMETHING_ELSE, hint=_SEND_AGAIN)


def _refuse_too_much(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a pack that holds more than a run leaves, before anything of it is unpacked."""
    sizes = [each.file_size for each in entries]
    if max(sizes) > MOST_OF_A_FILE or sum(sizes) > MOST_BYTES:
        message = (
            f"unpacked it is {sum(sizes)} bytes; a pack holds at most {MOST_OF_A_FILE} bytes a "
            f"file, and {MOST_BYTES} together"
        )
        raise EvidenceError(message, hint=_SEND_AGAIN)


def _sound_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Return the names below the one folder; refuse what could be read in two ways."""
    if not 0 < len(entries) <= MOST_FILES:
        message = f"it holds {len(entries)} files, expected 1 to {MOST_FILES}"
        raise EvidenceError(message, hint=_SEND_AGAIN)
    names = []
    tops = set()
    for each in entries:
        wrong = _wrong_with(each)
        if wrong:
            message = f"{each.orig_filename!r}: {wrong}"
            raise EvidenceError(message, hint=_SEND_AGAIN)
        top, _, name = each.filename.partition("/")
        tops.add(top)
        names.append(name)
    if len(tops) != 1:
        message = f"it holds {len(tops)} folders, expected that of one run"
        raise EvidenceError(message, hint=_SEND_AGAIN)
    same = {_as_any_system_has_it(each) for each in names}
    if len(same) != len(names):
        message = "two files in it have the same name"
        raise EvidenceError(message, hint=_SEND_AGAIN)
    folders = {each.rpartition("/")[0] for each in same}
    folders |= {each[:at] for each in folders for at in range(len(each)) if each[at] == "/"}
    if folders & same:
        message = f"{min(folders & same)!r}: a file and a folder in it have the same name"
        raise EvidenceError(message, hint=_SEND_AGAIN)
    return names


def _as_any_system_has_it(name: str) -> str:
    """Return a name as systems compare it that see no capitals, and accents in one way."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _wrong_with(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.filename != entry.orig_filename:
        return _READ_TWO_WAYS
    wrong = _wrong_with_name(entry.filename) or _too_long(entry.filename)
    if wrong:
        return wrong
    if kind not in (0, stat.S_IFREG):
        return "a link, a folder or a device, expected a file"
    if entry.flag_bits & 0x1:
        return "it is encrypted"
    if entry.compress_type not in _METHODS:
        return "it is packed in a way that no pack is"
    return ""


def _wrong_with_name(name: str) -> str:
    parts = name.split("/")
    if "\\" in name or not unicodedata.is_normalized("NFC", name):
        return _READ_TWO_WAYS
    is_plain = name.isascii() and name.isprintable()
    if not is_plain and any(unicodedata.category(each) in _NOT_SHOWN for each in name):
        return "a name with characters that are not shown"
    if name.startswith("/") or ".." in parts or any(each in name for each in _WINDOWS_RESERVED):
        return "a name that leads outside the pack"
    if len(parts) < 2 or not all(parts):
        return "expected a file in the folder of a run"
    if any(each.startswith(".") or each.rstrip(" .") != each for each in parts):
        return "a hidden name, or one that ends in a dot or a blank"
    if any(_DEVICE_OF_WINDOWS.fullmatch(each) for each in parts):
        return "a name that is a device on Windows"
    return ""


def _too_long(name: str) -> str:
    parts = name.split("/")
    if len(name.encode()) > LONGEST_NAME or max(map(_bytes_of, parts)) > LONGEST_PART:
        return f"a name of more than {LONGEST_PART} bytes, or {LONGEST_NAME} with its folders"
    return ""


def _bytes_of(text: str) -> int:
    return len(text.encode())
