"""``channels.tsv``: names, types, units and status of the channels, laid over what the data file says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..files.tables import Row, is_missing
from ..signal.montage.derivations import electrodes_of
from ..signal.montage.names import clean_name
from ..signal.montage.template import ten_five_names
from .notes import some

if TYPE_CHECKING:
    import mne

MNE_TYPES = {
    **dict.fromkeys(("EEG", "REF"), "eeg"),
    **dict.fromkeys(("EOG", "HEOG", "VEOG"), "eog"),
    **dict.fromkeys(("ECG", "EKG"), "ecg"),
    **dict.fromkeys(("TRIG", "STIM"), "stim"),
    **{kind.upper(): kind for kind in ("emg", "gsr", "resp", "ecog", "seeg", "dbs")},
    "TEMP": "temperature",
}
"""MNE type by BIDS type; every other one becomes ``misc``, eye tracking too: MNE cannot name such a channel again."""

BIPOLAR_TYPES = frozenset({"BIP", "BIPOLAR", "EEGBIP", "EEG-BIP", "EEG_BIP", "BIPEEG"})
BIDS_TYPES = frozenset(
    {
        *("ACCEL", "ADC", "ANGACCEL", "AUDIO", "DAC", "DBS", "ECG", "ECOG", "EEG", "EMG", "EOG", "EYEGAZE", "FITERR"),
        *("GSR", "GYRO", "HEOG", "HLU", "JNTANG", "LATENCY", "MAGN", "MISC", "ORNT", "OTHER", "POS", "PPG", "PUPIL"),
        *("REF", "RESP", "SEEG", "STIM", "SYSCLOCK", "TEMP", "TRIG", "VEL", "VEOG"),
        *(f"MEG{kind}" for kind in ("GRADAXIAL", "GRADPLANAR", "MAG", "OTHER", "REFGRADAXIAL", "REFMAG")),
        "MEGREFGRADPLANAR",
    }
)
"""Types of BIDS 1.10 for EEG and for what is recorded along with it."""

VOLTS = {"v": "V", "mv": "mV", "uv": "uV", "µv": "uV", "μv": "uV", "microv": "uV", "microvolt": "uV", "nv": "nV"}


def simple(name: str) -> str:
    """A channel name without what spellings differ in: case, blanks, dots, ``EEG`` before it, ``-REF`` behind it.

    Examples
    --------
    >>> simple("EEG Fc5."), simple("FC5")
    ('fc5', 'fc5')
    """
    short = re.sub(r"^(eeg|eog|ecg|emg)[\s_-]+(?=\S)", "", name.strip().lower())
    return re.sub(r"[\s._]|-(ref|c?ler?|avg|a1|a2)$", "", short) or name.strip().lower()


def match_names(data_names: Sequence[str], table_names: Sequence[str]) -> dict[str, str]:
    """Which name of the data file each name of the table means: table name to data name.

    Equal names first, then equal in all but spelling, then the same position in lists of the same length. Of several
    names of one spelling (``C3-A1``, ``C3-A2``) that at the same position counts, else the first.
    """
    matched = {name: name for name in table_names if name in set(data_names)}
    taken = set(matched.values())
    at_position = dict(zip(table_names, data_names, strict=True)) if len(data_names) == len(table_names) else {}
    for name in table_names:
        alike = [other for other in data_names if simple(other) == simple(name) and other not in taken]
        if name not in matched and alike:
            matched[name] = at_position[name] if at_position.get(name) in alike else alike[0]
            taken.add(matched[name])
    for name, data_name in at_position.items():
        if name not in matched and data_name not in taken:
            matched[name] = data_name
            taken.add(data_name)
    return matched


def unique_rows(rows: Sequence[Row], data_names: Sequence[str], notes: list[str]) -> list[Row]:
    """Rows in which every name stands once.

    A name that both the table and the file have several times means one channel each, in their order (MNE calls them
    ``Cz-0``, ``Cz-1``). Of a name that the file has once, a row that says ``bad`` wins.
    """
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        by_name.setdefault(row["name"], []).append(row)
    found: list[Row] = []
    for name, alike in by_name.items():
        numbered = [f"{name}-{number}" for number in range(len(data_names)) if f"{name}-{number}" in data_names]
        if name not in data_names and len(numbered) > 1:
            found += _numbered(name, alike, numbered, notes)
        elif len(alike) > 1:
            bad = [row for row in alike if _is_bad(row)]
            notes.append(f"channels.tsv has {len(alike)} rows '{name}', and the file one: " + _which(bad))
            found.append(bad[0] if bad else alike[0])
        else:
            found += alike
    return found


def _which(bad: Sequence[Row]) -> str:
    return "the one that says bad counts" if bad else "the first counts"


def _numbered(name: str, alike: Sequence[Row], numbered: Sequence[str], notes: list[str]) -> list[Row]:
    """Rows of a name that the file has several times, under the names of its channels."""
    if len(alike) == len(numbered):
        notes.append(f"channels.tsv and the file have {len(alike)} channels '{name}': paired in their order")
        return [{**row, "name": own} for row, own in zip(alike, numbered, strict=True)]
    bad = [row for row in alike if _is_bad(row)]
    row = bad[0] if bad else alike[0]
    notes.append(
        f"the file has {len(numbered)} channels '{name}', and channels.tsv {len(alike)} rows of this name: all are "
        f"taken as its row says{', and are bad' if bad else ''}"
    )
    return [{**row, "name": own} for own in numbered]


def _is_bad(row: Row) -> bool:
    return row.get("status", "").strip().lower() == "bad"


def units_for_reader(rows: Sequence[Row], original: dict[str, str]) -> dict[str, str]:
    """Units to tell an EDF or BDF reader, for channels whose header names none and whose table names volts."""
    named = {row["name"]: VOLTS.get(row.get("units", "").lower()) for row in rows}
    matched = match_names(list(original), list(named))
    found = {matched[name]: unit for name, unit in named.items() if unit and name in matched}
    return {name: unit for name, unit in found.items() if is_missing(original[name])}


def apply_channels(raw: mne.io.BaseRaw, rows: Sequence[Row], notes: list[str]) -> dict[str, str]:
    """Give ``raw`` the names and types of the table; the channels marked bad, each with the reason.

    The table wins over the data file: BIDS wants the same names in both, and where they differ the table is what
    the authors wrote by hand. A channel that only one of the two knows keeps what it has, and a note says so.
    """
    rows = unique_rows([row for row in rows if not is_missing(row.get("name"))], raw.ch_names, notes)
    if not rows:
        return {}
    matched = match_names(raw.ch_names, [row["name"] for row in rows])
    _note_difference(raw.ch_names, [row["name"] for row in rows], matched, notes)
    _rename(raw, matched, notes)
    here = [row for row in rows if row["name"] in matched]
    _note_status(here, notes)
    kinds = _kinds(here, notes)
    raw.set_channel_types(kinds, on_unit_change="ignore", verbose="error")
    return {row["name"]: _reason(row) for row in here if _is_bad(row)}


def _note_status(rows: Sequence[Row], notes: list[str]) -> None:
    """Name what a table says of channels beside ``good`` and ``bad``: it may have been meant as bad."""
    said: dict[str, list[str]] = {}
    for row in rows:
        status = row.get("status", "").strip()
        if not is_missing(status) and status.lower() not in ("good", "bad"):
            said.setdefault(status, []).append(row["name"])
    notes += [
        f"channels.tsv has the status '{status}', which is neither good nor bad: not used for {some(names)}"
        for status, names in said.items()
    ]


def doubt_units(raw: mne.io.BaseRaw, rows: Sequence[Row]) -> None:
    """Withdraw the unit of those channels for which the table names another voltage than the file.

    What it is, their amplitude tells in the step ``import``. Readers of formats that name none take µV.
    """
    units = dict(getattr(raw, "_orig_units", None) or {})
    for row in rows:
        name, given = row.get("name", ""), VOLTS.get(row.get("units", "").strip().lower())
        if name in raw.ch_names and given:
            header = units.get(name, "uV")
            if VOLTS.get(header.strip().lower(), given) != given:
                units[name] = f"{header}, but {given} in channels.tsv"
    raw._orig_units = units


def is_bipolar(row: Row) -> bool:
    """Whether the type of a row says that the channel lies between two electrodes: no type of BIDS, and often used."""
    return row.get("type", "").strip().upper() in BIPOLAR_TYPES


def _rename(raw: mne.io.BaseRaw, matched: dict[str, str], notes: list[str]) -> None:
    changed = {old: new for new, old in matched.items() if new != old}
    if changed:
        notes.append(f"channels renamed as channels.tsv has them: {changed}")
        raw.rename_channels(changed, allow_duplicates=False, verbose="error")


def _kinds(rows: Sequence[Row], notes: list[str]) -> dict[str, str]:
    """MNE types by name; none where the table calls every channel ``misc``, as published EEG datasets do (ds002680)."""
    kinds = {row["name"]: _kind(row) for row in rows if not is_missing(row.get("type"))}
    if set(kinds.values()) == {"misc"}:
        notes.append(f"channels.tsv calls all {len(kinds)} channels MISC: their types are taken from the data file")
        return {}
    _note_other_types(rows, kinds, notes)
    return kinds


def _kind(row: Row) -> str:
    """The type of a row; a channel between two electrodes is EEG if its name is that of an electrode or of two."""
    if is_bipolar(row):
        standard = {name.lower(): name for name in ten_five_names()}
        name = clean_name(row["name"], standard)
        return "eeg" if name.lower() in standard or electrodes_of(name) else "misc"
    return MNE_TYPES.get(row["type"].strip().upper(), "misc")


def _note_other_types(rows: Sequence[Row], kinds: Mapping[str, str], notes: list[str]) -> None:
    """Name the types that BIDS does not have, and what their channels are taken for."""
    found: dict[str, list[str]] = {}
    for row in rows:
        kind = row.get("type", "").strip()
        if row["name"] in kinds and kind.upper() not in BIDS_TYPES | MNE_TYPES.keys():
            found.setdefault(f"{kind}, taken as {kinds[row['name']]}", []).append(row["name"])
    notes += [f"channels.tsv has a type that is none of BIDS: {kind}: {some(names)}" for kind, names in found.items()]


def _reason(row: Row) -> str:
    why = row.get("status_description")
    return "marked bad in channels.tsv" if is_missing(why) else f"marked bad in channels.tsv: {why}"


def _note_difference(
    data_names: Sequence[str], table_names: Sequence[str], matched: dict[str, str], notes: list[str]
) -> None:
    only_table = [name for name in table_names if name not in matched]
    only_data = [name for name in data_names if name not in matched.values()]
    if only_table or only_data:
        notes.append(f"channels only in channels.tsv: {only_table}; only in the data: {only_data}")
