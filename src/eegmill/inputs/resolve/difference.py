"""What changed between two locks, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...lock import Lock, LockedFile

PINS = ("size", "sha256", "md5", "git_sha1", "annex_key", "etag", "last_modified", "version_id")
ABOUT = ("dataset", "api", "database", "filter", "version", "doi", "licence", "name", "source_url", "sealed")


def difference(old: Lock, new: Lock) -> str:
    """Say what ``new`` would change, a line each; empty if nothing but the time.

    Lines start with ``+`` (new), ``-`` (gone), ``~`` (changed, with both values), ``!`` (refused) or ``?`` (named by
    the catalogue, and not at its source).
    """
    lines = [
        f"~ {name}: {getattr(old, name)} -> {getattr(new, name)}"
        for name in ABOUT
        if getattr(old, name) != getattr(new, name)
    ]
    before, after = ({entry.recording for entry in lock.recordings} for lock in (old, new))
    lines += [f"- recording {name}" for name in sorted(before - after)]
    lines += [f"+ recording {name}" for name in sorted(after - before)]
    lines += [f"! recording {one.recording}: {one.reason}" for one in new.refused if one not in old.refused]
    return "\n".join([*lines, *_files(_by_path(old), _by_path(new), missing=(_missing(old), _missing(new)))])


def _by_path(lock: Lock) -> dict[str, LockedFile]:
    return {file.path: file for entry in lock.recordings for file in entry.files}


def _missing(lock: Lock) -> set[str]:
    return {path for entry in lock.recordings for path in entry.missing}


def _files(old: dict[str, LockedFile], new: dict[str, LockedFile], *, missing: tuple[set[str], set[str]]) -> list[str]:
    before, now = missing
    lines = []
    for path in sorted(old.keys() | new.keys() | (now - before)):
        if path in old and path not in new:
            lines.append(f"- {path}" + (", no longer at its source" if path in now else ""))
        elif path in new and path not in old:
            lines.append(f"+ {path} ({_size(new[path])})" + (", missing until now" if path in before else ""))
        elif path not in new:
            lines.append(f"? {path}: named by the catalogue, and not at its source")
        elif changes := _changes(old[path], new[path]):
            lines.append(f"~ {path}: {changes}")
    return lines


def _size(file: LockedFile) -> str:
    return "size unknown" if file.size is None else f"{file.size} bytes"


def _changes(old: LockedFile, new: LockedFile) -> str:
    names = [name for name in ("url", *PINS) if getattr(old, name) != getattr(new, name)]
    # A pin that only one side knows says nothing about the bytes: a sealed lock against a fresh one.
    told = [name for name in names if name == "url" or (getattr(old, name) and getattr(new, name))]
    return ", ".join(f"{name} {getattr(old, name)} -> {getattr(new, name)}" for name in told)
