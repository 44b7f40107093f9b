"""A folder as bytes, to be sent to another machine and laid out there."""

import io
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from koppeling_harness.errors import ConfigurationError

_MOST_BYTES = 1 << 30
"""Bytes that the files of a parcel may have together, laid out."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(folder: Path, files: Iterable[Path]) -> bytes:
    """Return some files of a folder as one parcel; the same files give the same bytes.

    A link travels as what it leads to: it may lead out of the folder, where the other machine has
    nothing.

    Args:
        folder: Their names are told from here.
        files: Below it; what is no file is left out.

    Raises:
        ConfigurationError: They are too large together, or one cannot be read.
    """
    content = io.BytesIO()
    size = 0
    named = {each.relative_to(folder).as_posix(): each for each in files if each.is_file()}
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, path in sorted(named.items()):
            try:
                data, mode = path.read_bytes(), path.stat().st_mode
            except OSError as error:
                msg = f"{path}: cannot be read: {error.strerror}"
                raise ConfigurationError(msg) from None
            size += len(data)
            if size > _MOST_BYTES:
                message = f"{folder}: more than {_MOST_BYTES // 1024**3} GiB, too much to be sent"
                raise ConfigurationError(message, hint="Leave in it what belongs to it alone.")
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = (stat.S_IMODE(mode) | stat.S_IFREG) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            parcel.writestr(info, data)
    return content.getvalue()


def lay_out(parcel: bytes, folder: Path) -> None:
    """Write the files of a parcel below a folder; what would lie outside of it is refused.

    Raises:
        ConfigurationError: It is no parcel, or not all of it can lie there.
    """
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(parcel)) as content:
            for info in content.infolist():
                name = PurePosixPath(info.filename)
                size += info.file_size
                if name.is_absolute() or {"..", ""} & set(name.parts) or ":" in info.filename:
                    msg = f"a parcel with a file {info.filename!r}: refused"
                    raise ConfigurationError(msg)
                if size > _MOST_BYTES:
                    msg = "a parcel that is too large when laid out: refused"
                    raise ConfigurationError(msg)
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read(info))
                path.chmod(stat.S_IMODE(info.external_attr >> 16) | stat.S_IRUSR | stat.S_IWUSR)
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        msg = f"a parcel cannot be laid out: {error}"
        raise ConfigurationError(msg) from None
