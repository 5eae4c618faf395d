"""Files without which a raw file cannot be read: data and markers that its header names, or that share its name.

A header often names a file as it was called before it was renamed for BIDS, on a machine of its own. So the file of
the recording's own name counts first, then the one that the header names; never one of another recording.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from .names import parse_name, same_value

COMPANIONS = {".set": (".fdt",), ".vhdr": (".eeg", ".vmrk", ".dat", ".avg", ".seg")}
"""Extensions of the files that hold the rest of a recording, by the extension of its raw file."""
USUAL = {".set": (".fdt",), ".vhdr": (".eeg", ".vmrk", ".dat")}
"""Those worth asking for where a store cannot list."""

_POINTER = r"^[ \t]*{}[ \t]*=[ \t]*(.+?)[ \t]*\r?$"
_DATA, _MARKERS = (re.compile(_POINTER.format(key), re.MULTILINE | re.IGNORECASE) for key in ("DataFile", "MarkerFile"))

_CHANNELS = re.compile(r"^Ch\d+=([^,]*),", re.MULTILINE)


@dataclass(frozen=True)
class Pointers:
    """Files that a BrainVision header names, as it writes them; None where it names none."""

    data: str | None
    markers: str | None


def pointers_of(header: str) -> Pointers:
    r"""The data and the marker file of a BrainVision header (BrainVision Core Data Format 1.0).

    Examples
    --------
    >>> pointers_of("[Common Infos]\nDataFile=$b.eeg\nMarkerFile=C:\\data\\old 01.vmrk\n")
    Pointers(data='$b.eeg', markers='C:\\data\\old 01.vmrk')
    """
    data, markers = _DATA.search(header), _MARKERS.search(header)
    return Pointers(data[1] if data else None, markers[1] if markers else None)


def names_in_header(header: str) -> list[str]:
    r"""Names of the channels in a BrainVision header, in its order (BrainVision Core Data Format 1.0).

    Examples
    --------
    >>> names_in_header("[Channel Infos]\nCh1=Fp1,,0.1,µV\nCh2=a\\1b,,0.1,µV\n")
    ['Fp1', 'a,b']
    """
    return [name.replace("\\1", ",") for name in _CHANNELS.findall(header)]


def base_name(pointer: str, raw: str) -> str:
    r"""The name of the file that a header points to, without the folders of any machine.

    Examples
    --------
    >>> base_name("C:\\data\\old 01.eeg", "a/x_eeg.vhdr"), base_name("$b.eeg", "a/x_eeg.vhdr")
    ('old 01.eeg', 'x_eeg.eeg')
    """
    name = re.split(r"[\\/]", pointer.strip().strip("\"'"))[-1]
    return name.replace("$b", PurePosixPath(raw).stem)


@dataclass(frozen=True)
class Companion:
    """What a header points to, and what is used."""

    pointer: str
    path: str | None = None
    """What is used; None if nothing that is there belongs to the recording."""
    foreign: str | None = None
    """What the header names, where it is the data of another recording."""


def candidates(raw: str, pointer: str) -> tuple[str, ...]:
    """Paths that a pointer may mean, the best first: of the recording's own name, then of the name in the header."""
    name = base_name(pointer, raw)
    suffix = PurePosixPath(name).suffix
    place = PurePosixPath(raw)
    own = [f"{place.stem}{ending}" for ending in (suffix, suffix.lower(), suffix.upper())]
    named = [name, *([f"{PurePosixPath(name).stem}{ending}" for ending in (suffix.lower(), suffix.upper())])]
    beside = [str(place.parent / one) for one in (*own, *named) if one not in {"", ".", ".."}]
    return tuple(dict.fromkeys([*beside, *_below(raw, pointer)]))


def _below(raw: str, pointer: str) -> list[str]:
    """The path that a header writes, where it leads to another folder of the dataset."""
    parts = PurePosixPath(raw).parent.parts
    steps = pointer.strip().replace("\\", "/").split("/")
    if len(steps) < 2 or not steps[0] or ":" in steps[0]:
        return []
    found = list(parts)
    for step in steps:
        if step == "..":
            if not found:
                return []
            found.pop()
        elif step != ".":
            found.append(step)
    return ["/".join(found)] if found and all(found) else []


def companion(raw: str, pointer: str, there: Callable[[str], bool]) -> Companion:
    """Choose the file that a pointer of a header means.

    Parameters
    ----------
    raw
        Path of the header, with forward slashes.
    pointer
        What the header says.
    there
        Whether a path, in the form of ``raw``, is there.
    """
    own = PurePosixPath(raw).stem
    foreign = None
    for path in candidates(raw, pointer):
        if there(path):
            if PurePosixPath(path).stem == own or not _is_of_another(path, raw, there):
                return Companion(pointer, path)
            foreign = foreign or path
    return Companion(pointer, None, foreign)


def _is_of_another(path: str, raw: str, there: Callable[[str], bool]) -> bool:
    """Whether a file has a header of its own, or the BIDS name of another recording."""
    extension = PurePosixPath(raw).suffix
    headers = {str(PurePosixPath(path).with_suffix(ending)) for ending in (extension.lower(), extension.upper())}
    if any(there(header) for header in headers if header != raw):
        return True
    one, other = parse_name(path).entities, parse_name(raw).entities
    if "sub" not in one or "sub" not in other:
        return False
    return any(not same_value(entity, one.get(entity), other.get(entity)) for entity in one.keys() | other.keys())


def is_companion(path: str, raw: str) -> bool:
    """Whether a file has the name of a recording and an extension of its companions, in capitals or not."""
    one, other = PurePosixPath(path), PurePosixPath(raw)
    return one.parent == other.parent and one.stem == other.stem and has_kind_of_companion(path, raw)


def has_kind_of_companion(path: str, raw: str) -> bool:
    """Whether a file is of a kind that holds the rest of such a recording."""
    return PurePosixPath(path).suffix.lower() in COMPANIONS.get(PurePosixPath(raw).suffix.lower(), ())


def usual_companions(raw: str) -> tuple[str, ...]:
    """Paths that may hold the rest of a recording, going by its name alone."""
    place = PurePosixPath(raw)
    return tuple(str(place.with_suffix(extension)) for extension in USUAL.get(place.suffix.lower(), ()))


def orphans(raw: str, beside: Collection[str]) -> list[str]:
    """EEGLAB data files in a recording's folder that may be its own under an old name; sorted.

    An ``.fdt`` file that has a ``.set`` file of its name belongs to that; only a ``.set`` without its own looks for
    others. Which of them it names is known once it is read.
    """
    if PurePosixPath(raw).suffix.lower() != ".set":
        return []
    stems = {PurePosixPath(path).stem for path in beside if PurePosixPath(path).suffix.lower() == ".set"}
    found = [path for path in beside if PurePosixPath(path).suffix.lower() == ".fdt"]
    if any(PurePosixPath(path).stem == PurePosixPath(raw).stem for path in found):
        return []
    return sorted(path for path in found if PurePosixPath(path).stem not in stems)


def rivals(raw: str, beside: Collection[str]) -> list[str]:
    """Other ``.set`` files that may name the same samples as one without its own ``.fdt``; sorted.

    Two that name one file cannot both be right, and only their content tells.
    """
    if not orphans(raw, beside):
        return []
    others = [path for path in beside if PurePosixPath(path).suffix.lower() == ".set" and path != raw]
    return sorted(path for path in others if orphans(path, beside))
