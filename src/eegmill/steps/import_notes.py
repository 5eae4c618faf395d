"""What ``import`` tells of a recording: doubts about its unit, names and positions, as notes for a person."""

from __future__ import annotations

MAX_UV = 5000.0
MIN_UV = 0.01


def suspicion(amplitude_uv: float) -> str:
    """Why this median amplitude is none of EEG in volts; empty where it may be."""
    if amplitude_uv > MAX_UV:
        return f"median amplitude {amplitude_uv:.4g} µV is above {MAX_UV:g} µV: is the unit right?"
    if amplitude_uv < MIN_UV:
        return f"median amplitude {amplitude_uv:.4g} µV is below {MIN_UV:g} µV: is the unit right?"
    return ""


def duplicates(names: list[str]) -> tuple[str, ...]:
    """Channels whose name occurs several times in the file: MNE's readers number them from 0.

    Examples
    --------
    >>> duplicates(["Fz-0", "Cz", "Fz-1", "Pz-1"])
    ('Fz-0', 'Fz-1')
    """
    bases = {name[:-2] for name in names if name.endswith("-0") and f"{name[:-2]}-1" in names}
    return tuple(name for name in names if name.rpartition("-")[0] in bases and name.rpartition("-")[2].isdecimal())


def told_of(dropped: dict[str, str], repeated: tuple[str, ...], suspicious: str) -> tuple[str, ...]:
    """What a person should see of this without looking for it."""
    kinds = list(dropped.values())
    return (
        *([f"{len(dropped)} channels that are no EEG are left out: {kinds_counted(kinds)}"] if dropped else []),
        *([f"channel names occur several times and are numbered: {', '.join(repeated)}"] if repeated else []),
        *([suspicious] if suspicious else []),
    )


def kinds_counted(kinds: list[str]) -> str:
    """How many channels there are of each type.

    Examples
    --------
    >>> kinds_counted(["eeg", "stim", "eeg"])
    '2 eeg, 1 stim'
    """
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))


def position_notes(eeg: list[str], unknown: tuple[str, ...]) -> tuple[str, ...]:
    """Which channels are EEG for want of anything that says another thing: neither template nor source place them."""
    if len(unknown) == len(eeg):
        return (f"no EEG channel has a position ({len(eeg)} channels)",)
    alone = [name for name in unknown if "-" not in name]
    return (f"taken for EEG, though no template knows the names: {', '.join(alone)}",) if alone else ()


def type_notes(types: dict[str, str], by_signal: tuple[str, ...]) -> tuple[str, ...]:
    """Which channels are no EEG, and how that is known: one note for each type and reason."""
    notes = []
    for reason, chosen in (("name", False), ("signal", True)):
        mine = {name: kind for name, kind in types.items() if (name in by_signal) is chosen}
        for kind in sorted(set(mine.values())):
            names = ", ".join(name for name, its_kind in mine.items() if its_kind == kind)
            notes.append(f"no EEG but {kind} by {reason}: {names}")
    return tuple(notes)
