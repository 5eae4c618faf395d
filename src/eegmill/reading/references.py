"""What the sidecars and the header say that channels were recorded against."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..files.tables import Row, is_missing
from .channels import is_bipolar, simple

if TYPE_CHECKING:
    import mne

DERIVED = re.compile(
    r"(?<!non-)(?<!not )\bbi-?polar|double[ -]?banana|longitudinal|transvers|sequential montage|laplac|hjorth|"
    r"current source|\bcsd\b",
    re.IGNORECASE,
)
"""Words for signals that are no potentials against one common electrode (Acharya et al. 2016, doi
10.1097/WNP.0000000000000317, for montages; Hjorth 1975 and Perrin et al. 1989 for Laplacians)."""
OTHER_SIGNALS = re.compile(r"e[oky]g|ecg|emg|eye|ocul|heart|cardi|musc|chin\b|\bfac|\baux", re.IGNORECASE)
"""Words that say of which other channels a part of a sentence speaks: "FCz; EOG bipolar"."""
COMMON_SHARE = 0.5
"""A reference that more than this share of the EEG channels have is that of the recording."""


def named_references(ch_names: Sequence[str], rows: Sequence[Row], sidecar: Mapping[str, Any]) -> tuple[str, ...]:
    """Channels that the recording may have been made against, by what its sidecars say.

    Type ``REF`` in channels.tsv, a name in its column ``reference``, or in ``EEGReference`` of eeg.json, which people
    write as a sentence: "single electrode placed on Cz".
    """
    typed = {row.get("name", "") for row in rows if row.get("type", "").strip().upper() == "REF"}
    texts = {str(sidecar.get("EEGReference", "")), *(row.get("reference", "") for row in rows)}
    words = {simple(word) for text in texts for word in [text, *re.findall(r"[A-Za-z]\w+'*", text)]} - {""}
    return tuple(name for name in ch_names if name in typed or simple(name) in words)


def own_references(
    raw: mne.io.BaseRaw, rows: Sequence[Row], sidecar: Mapping[str, Any], header: Mapping[str, str]
) -> dict[str, str]:
    """EEG channels that were recorded against another electrode than the rest, or derived, with what says so.

    Parameters
    ----------
    raw
        With the names and types of channels.tsv.
    rows
        Of channels.tsv: its column ``reference``, and types such as ``BIP``.
    sidecar
        ``EEGReference``: a word for a bipolar montage or a Laplacian is about all EEG channels.
    header
        Channel to reference, as the header of the data file says; counts where channels.tsv says nothing.
    """
    eeg = [name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    text = str(sidecar.get("EEGReference") or "")
    if derived := derived_by_word(text):
        return dict.fromkeys(eeg, f"EEGReference says '{derived}'")
    rows = [row for row in rows if not is_missing(row.get("name"))]
    column = {row["name"]: row.get("reference", "") for row in rows}
    said, where = {name: column[name] for name in eeg if not is_missing(column.get(name))}, "channels.tsv"
    if not said:
        said, where = {name: header[name] for name in eeg if not is_missing(header.get(name))}, "the header"
    typed = {row["name"]: f"channels.tsv has the type {row['type'].strip()}" for row in rows if is_bipolar(row)}
    return {**_other_than_most(said, where), **{name: why for name, why in typed.items() if name in eeg}}


def derived_by_word(text: str) -> str:
    """The word of a sentence on the reference that says that EEG channels are derivations; empty without one.

    Examples
    --------
    >>> derived_by_word("longitudinal bipolar montage"), derived_by_word("FCz; EOG was recorded bipolarly")
    ('longitudinal', '')
    """
    for part in re.split(r"[;,.()]|\band\b", text):
        found = DERIVED.search(part)
        if found and not OTHER_SIGNALS.search(part):
            return found[0]
    return ""


def _other_than_most(said: Mapping[str, str], where: str) -> dict[str, str]:
    """Channels whose reference is not that of most channels; all of them where no reference is that of most."""
    reference = {name: _normal(text) for name, text in said.items()}
    ordered = Counter(reference.values()).most_common()
    if len(ordered) < 2:
        return {}
    usual, count = ordered[0]
    most = count > COMMON_SHARE * len(said)
    return {
        name: f"{where} names the reference {said[name].strip()}{f', and {usual} for most' if most else ''}"
        for name, one in reference.items()
        if not (most and one == usual)
    }


def _normal(text: str) -> str:
    """A reference without what spellings differ in: ``M2, M1`` is ``m1+m2``."""
    return "+".join(sorted(simple(word) for word in re.split(r"[\s,;+/&]+|\band\b", text) if word))
