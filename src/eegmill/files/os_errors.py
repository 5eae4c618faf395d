"""What the system refused, in one sentence that names the folder and the way out."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READ_ONLY = {errno.EROFS}
FORBIDDEN = {errno.EACCES, errno.EPERM}
TOO_MANY_OPEN = {errno.EMFILE, errno.ENFILE}
GONE_AWAY = {errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN, errno.EHOSTDOWN, errno.EREMOTEIO}
"""Of a file in a network folder that was away: another attempt may find it again."""
NO_MEMORY = "the memory ran out: give the job more 'mem_mb', take a shorter recording, or close other programs"
NO_TEMPORARY = "No usable temporary directory"
"""Words of Python where it finds none."""
STARVED: dict[type[Exception], tuple[str, ...]] = {
    ImportError: ("cannot allocate memory", "failed to map segment"),
    RuntimeError: ("can't start new thread",),
}
"""Words of Python and of the loader of libraries where the memory ran out."""
NEARLY_FULL_BYTES = 1_000_000
"""Below this much room a failed write of unknown cause is told as a full disk."""


def explain(error: OSError, *, folders: Iterable[Path] = ()) -> str | None:
    """What an error of the system means for the user; None where it is none of a disk or of rights.

    Parameters
    ----------
    folders
        Where the failed work writes: the system names no file when a write fails half-way, and numpy no cause.
    """
    if out_of_memory(error):
        return f"{NO_MEMORY}."
    if NO_TEMPORARY in str(error):
        return "No temporary folder can be written: make room in one, or let the variable TMPDIR name another."
    if error.errno in TOO_MANY_OPEN:
        return "Too many files are open: raise the limit ('ulimit -n 4096'), then run again."
    named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    if error.errno in FULL or (error.errno is None and not named and _full(folders)):
        quota = "the quota is used up" if error.errno == errno.EDQUOT else "the disk is full"
        where = _full(folders) or [_folder(path) for path in named[:1]] or _fullest(folders)
        return f"{_quoted(where)}: {quota}. Make room there, or choose another folder, then run again; {_tmpdir(where)}"
    if error.errno in READ_ONLY:
        return f"{_quoted([_folder(path) for path in named[:1]] or folders)} is read-only: choose another folder."
    if error.errno in FORBIDDEN and named:
        path, deed = _refused(named[0])
        return f"'{path}' may not be {deed} by this user ({os.strerror(error.errno)}): change its rights."
    if error.errno in GONE_AWAY and (named or error.errno == errno.ESTALE):  # else it is a connection's
        away = _quoted([_folder(path) for path in named[:1]] or folders)
        return f"{away} is in a network folder that was away ({os.strerror(error.errno)}): run again."
    if error.errno == errno.EIO:
        what = _quoted(named[:1] or folders)
        return f"{what} could not be read or written by the disk itself ({os.strerror(error.errno)}): look at the disk."
    return None


def gone(error: OSError) -> str:
    """What it means that a file is missing that was there, or was to be; empty for other errors."""
    if error.errno != errno.ENOENT or not isinstance(error.filename, str | bytes):
        return ""
    path = os.fsdecode(error.filename)
    return f"'{path}' is gone, or its folder is away: bring it back, then run again; if nobody moved it, report it."


def out_of_memory(error: BaseException) -> bool:
    """Whether an error means that the memory ran out."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    said = (words for kind, words in STARVED.items() if isinstance(error, kind))
    return any(word in str(error).lower() for words in said for word in words)


def tells_of_memory(traceback: str) -> bool:
    """Whether the traceback of another program says that the memory ran out."""
    words = ("MemoryError", *(word for listed in STARVED.values() for word in listed))
    return "Traceback" in traceback and any(word.lower() in traceback.lower() for word in words)


def temporary_folders() -> list[Path]:
    """The temporary folder; none where none can be written."""
    import tempfile

    try:
        return [Path(tempfile.gettempdir())]
    except FileNotFoundError:
        return []


def closed(folder: Path) -> str:
    """Why files cannot be made in a folder; empty if they can, or if it is not there yet."""
    if not folder.is_dir() or os.access(folder, os.W_OK | os.X_OK):
        return ""
    return f"'{folder}' may not be written by this user: change its rights, or choose another 'output'."


def _full(folders: Iterable[Path]) -> list[Path]:
    there = [folder for folder in folders if folder.is_dir()]
    return [folder for folder in there if shutil.disk_usage(folder).free < NEARLY_FULL_BYTES][:1]


def _fullest(folders: Iterable[Path]) -> list[Path]:
    """The folder with the least room: what was half written is gone by now, and its room is free again."""
    there = [folder for folder in folders if folder.is_dir()]
    return sorted(there, key=lambda folder: shutil.disk_usage(folder).free)[:1]


def _folder(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    return folder.absolute() if folder == Path() else folder


def _quoted(folders: Iterable[Path]) -> str:
    first = next(iter(folders), None)
    return "A folder" if first is None else f"'{first}'"


def _refused(path: Path) -> tuple[Path, str]:
    """What the user has no right to: a folder on the way, the file, or the folder that it was to be made in."""
    for folder in reversed(path.absolute().parents):  # a folder that is closed and worked in is not seen as '.'
        if os.path.exists(folder) and not os.access(folder, os.X_OK):  # noqa: PTH110 - Path.exists raises behind it
            return folder, "entered"
    if os.path.exists(path):  # noqa: PTH110 - the same
        return path, "written" if os.access(path, os.R_OK) else "read"
    return (path, "written") if os.access(path.parent, os.W_OK) else (_folder(path.parent), "written")


def _tmpdir(where: Iterable[Path]) -> str:
    for temporary in temporary_folders():
        if any(temporary in (folder, *folder.parents) and _on_one_disk(temporary, folder) for folder in where):
            return f"the variable TMPDIR names another than '{temporary}'."
    return "what is done stays."


def _on_one_disk(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:  # one of the two is not there: its name has to do
        return True
