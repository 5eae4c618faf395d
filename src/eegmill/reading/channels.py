"""``channels.tsv``: names, types, units and status of the channels, laid over what the data file says."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..files.tables import Row, is_missing

if TYPE_CHECKING:
    import mne

log = logging.getLogger(__name__)

MNE_TYPES = {
    **dict.fromkeys(("EEG", "REF"), "eeg"),
    **dict.fromkeys(("EOG", "HEOG", "VEOG"), "eog"),
    **dict.fromkeys(("ECG", "EKG"), "ecg"),
    **dict.fromkeys(("TRIG", "STIM"), "stim"),
    **{kind.upper(): kind for kind in ("emg", "gsr", "resp", "ecog", "seeg", "dbs")},
    "TEMP": "temperature",
}
"""MNE type by BIDS type; every other one becomes ``misc``, eye tracking too: MNE cannot name such a channel again."""

VOLTS = {"v": "V", "mv": "mV", "uv": "uV", "µv": "uV", "μv": "uV", "microv": "uV", "microvolt": "uV", "nv": "nV"}


def simple(name: str) -> str:
    """A channel name without what spellings differ in: case, blanks, dots, ``EEG`` before it, ``-REF`` behind it.

    Examples
    --------
    >>> simple("EEG Fc5."), simple("FC5")
    ('fc5', 'fc5')
    """
    short = re.sub(r"^(eeg|eog|ecg|emg)[\s_-]+(?=\S)", "", name.strip().lower())
    return re.sub(r"[\s._]|-(ref|le|avg|a1|a2)$", "", short) or name.strip().lower()


def match_names(data_names: Sequence[str], table_names: Sequence[str]) -> dict[str, str]:
    """Which name of the data file each name of the table means: table name to data name.

    Equal names first, then equal in all but spelling, then the same place in lists of the same length.
    """
    matched = {name: name for name in table_names if name in set(data_names)}
    free = {simple(name): name for name in reversed(data_names) if name not in matched}
    for name in table_names:
        if name not in matched and simple(name) in free:
            matched[name] = free.pop(simple(name))
    if len(data_names) == len(table_names):
        taken = set(matched.values())
        for data_name, name in zip(data_names, table_names, strict=True):
            if name not in matched and data_name not in taken:
                matched[name] = data_name
    return matched


def units_for_reader(rows: Sequence[Row], original: dict[str, str]) -> dict[str, str]:
    """Units to tell an EDF or BDF reader, for channels whose header names none and whose table names volts."""
    named = {row["name"]: VOLTS.get(row.get("units", "").lower()) for row in rows}
    matched = match_names(list(original), list(named))
    found = {matched[name]: unit for name, unit in named.items() if unit and name in matched}
    return {name: unit for name, unit in found.items() if is_missing(original[name])}


def apply_channels(raw: mne.io.BaseRaw, rows: Sequence[Row]) -> dict[str, str]:
    """Give ``raw`` the names and types of the table; the channels marked bad, each with the reason.

    The table wins over the data file: BIDS wants the same names in both, and where they differ the table is what
    the authors wrote by hand. A channel that only one of the two knows keeps what it has, and the log says so.
    """
    rows = [row for row in rows if not is_missing(row.get("name"))]
    matched = match_names(raw.ch_names, [row["name"] for row in rows])
    _rename(raw, matched)
    here = [row for row in rows if row["name"] in matched]
    kinds = _kinds(here)
    raw.set_channel_types(kinds, on_unit_change="ignore", verbose="error")
    _tell_difference(raw.ch_names, [row["name"] for row in rows], set(matched))
    return {row["name"]: _reason(row) for row in here if row.get("status", "").lower() == "bad"}


def _rename(raw: mne.io.BaseRaw, matched: dict[str, str]) -> None:
    changed = {old: new for new, old in matched.items() if new != old}
    if changed:
        log.info("channels renamed as channels.tsv has them: %s", changed)
        raw.rename_channels(changed, allow_duplicates=False, verbose="error")


def _kinds(rows: Sequence[Row]) -> dict[str, str]:
    """MNE types by name; none where the table calls every channel ``misc``, as published EEG datasets do (ds002680)."""
    kinds = {row["name"]: _kind(row["type"]) for row in rows if not is_missing(row.get("type"))}
    if set(kinds.values()) == {"misc"}:
        log.warning("channels.tsv calls all %d channels MISC: their types are taken from the data file", len(kinds))
        return {}
    return kinds


def _kind(bids_type: str) -> str:
    return MNE_TYPES.get(bids_type.upper(), "misc")


def _reason(row: Row) -> str:
    why = row.get("status_description")
    return "marked bad in channels.tsv" if is_missing(why) else f"marked bad in channels.tsv: {why}"


def _tell_difference(data_names: Sequence[str], table_names: Sequence[str], matched: set[str]) -> None:
    only_table = [name for name in table_names if name not in matched]
    only_data = [name for name in data_names if name not in matched]
    if only_table or only_data:
        log.warning("channels only in channels.tsv: %s; only in the data: %s", only_table, only_data)
