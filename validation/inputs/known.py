"""Cases from a folder of scripts, each of which writes one input: what is right of each, by the name of its script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from validation.inputs.outcomes import Outcome
from validation.inputs.verdict import Case

NOT_A_CASE = "kit"
RIGHT: dict[str, tuple[int, tuple[str, ...]]] = {
    "bidsignore": (0, ()),
    "biosemi128_no_landmarks": (0, ()),
    "cb1_cb2": (0, ("eog by name: VEO, HEO", "ecg by name: EKG", "emg by name: EMG")),
    "channels_tsv_duplicates": (0, ("paired in their order", "Cz2-1 stays bad")),
    "channels_tsv_lower_types": (0, ("read as Latin-1",)),
    "channels_tsv_other_names_other_order": (0, ("only in channels.tsv", "no EEG channel has a position")),
    "channels_tsv_other_order": (0, ()),
    "channels_tsv_swapped_suffix": (0, ("'C3-A2': 'C3x'", "'C3-A1': 'C3'")),
    "edf_annotation_before_start": (0, ("'before' at -2.5 s, 'behind' at 45 s",)),
    "edf_annotations_latin1": (0, ("read as Latin-1 .'Öffnen café'.",)),
    "edf_d_gap": (0, ("paused 1 times .60 s at 15 s.",)),
    "edf_header_time_25h": (0, ("'24.00.00', which is none: not used",)),
    "edf_mixed_rates": (0, ("stored at 128 Hz were brought to 512 Hz", "SamplingFrequency 128 Hz")),
    "edf_one_channel_without_unit": (0, ("multiplied by 1e-06.*: Oz",)),
    "edf_time_with_colons": (0, ("'09:01:17', which is none: not used",)),
    "edf_truncated": (0, ("30 of the 60 records.*50 %",)),
    "eeglab_axes_called_ctf": (0, ()),
    "electrodes_flat_2d": (0, ("lie on a plane",)),
    "electrodes_lps_axes": (0, ("right -x, front -y, up z",)),
    "electrodes_two_spaces_b": (0, ()),
    "events_in_samples": (0, ("are samples.*39.0625 s",)),
    "events_na_and_negative": (0, ("onset n/a, -0.5, 30, 400", "negative duration")),
    "events_only_event_code": (0, ("named by the column 'event_code'",)),
    "good_one": (0, ()),
    "label_mismatch": (0, ("folder 'sub-mismatch', and its name says 'sub-99'",)),
    "landmark_units_differ": (0, ()),
    "marker_double_blank": (0, ("events.tsv replaces 2 markers",)),
    "mass_cle_names": (0, ("bio by name: SaO2", "eog by name: EOG Left Horiz")),
    "meas_date_odd": (0, ("'31.02.85'.*not used",)),
    "openbci8": (0, ("misc by name: Package Num", "no EEG channel has a position")),
    "other_files": (2 + 1, ("annotations alone", "'lone_raw-1.fif' is not beside it", "holds epochs", "later part")),
    "power_line_text": (0, ("'50 Hz'.*taken as 50", "3000 s, and the recording has 30 s", "EEGChannelCount 64")),
    "psg_names": (0, ("eog by name: E1, E2", "resp by name: NEW AIR", "have a reference of their own")),
    "ref_channel_zero_1020": (0, ("'Cz' holds zeros and is the reference",)),
    "run_1_and_run_01": (0, ("run-1_channels.tsv' is used", "run-1_events.tsv' is used")),
    "run_not_a_number": (0, ()),
    "scans_bad_time": (0, ()),
    "session_in_name_only": (0, ()),
    "sessions_without_ses_in_name": (1, ("one name in several folders",)),
    "set_alleeg": (1, ("array ALLEEG of several datasets",)),
    "set_epoched": (1, ("holds epochs",)),
    "set_fdt_other_name": (0, ("'S01_old.fdt' beside it was read",)),
    "set_fdt_truncated": (1, ("66.7 % are there",)),
    "set_volts": (0, ("multiplied by 1e.06",)),
    "split_and_acq": (0, ()),
    "task_with_hyphen": (0, ()),
    "too_short": (2, ("lasts 0.50 s", "lasts 9.90 s")),
    "vhdr_latin1_vmrk": (0, ("read as Latin-1",)),
    "vhdr_old_names": (0, ("'sub-oldplain_task-rest_eeg.eeg' beside it was read",)),
    "vhdr_points_to_other_run": (0, ("'sub-otherrun_task-rest_run-02_eeg.eeg' beside it was read",)),
    "vhdr_windows_path": (0, ("'sub-winpath_task-rest_eeg.eeg' beside it was read",)),
    "vhdr_without_markerfile": (0, ()),
}
"""How many recordings are refused, and what must be said."""


TONES = ("Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "F7", "F8", "Fz", "Cz", "Pz", "Oz")
"""The scripts give each of these channels a tone of its own, so that one can tell whose samples it holds."""
FIRST_HZ, STEP_HZ = 5.0, 1.25
MIN_TONES = 8
OTHER_TONES = frozenset({"mass_cle_names"})
"""Cases whose channels have tones of others."""


def own_samples(outcome: Outcome) -> str:
    """Whether each channel holds the tone that it was given, and not that of another one."""
    raw = outcome.imported
    names = [name for name in TONES if raw is not None and name in raw.ch_names and name not in raw.info["bads"]]
    if raw is None or len(names) < MIN_TONES:
        return ""
    times = raw.times
    waves = [np.exp(-2j * np.pi * (FIRST_HZ + STEP_HZ * index) * times) for index in range(len(TONES))]
    data = raw.get_data(picks=names)
    sounding = np.ptp(data, axis=1) > 0  # the reference of the recording holds zeros
    names, data = [name for name, has in zip(names, sounding, strict=True) if has], data[sounding]
    data = data - data.mean(axis=0)  # what all channels share is no tone
    size = np.abs(data @ np.array(waves).T)
    heard = [TONES[index] for index in size.argmax(axis=1)]
    other = [f"{name} holds {tone}" for name, tone in zip(names, heard, strict=True) if tone != name]
    return f"samples of other channels: {', '.join(other)}" if other else ""


def known_cases(folder: Path) -> Iterator[Case]:
    """Cases of the scripts in a folder; one of which nothing is known here must say nothing."""
    for script in sorted(folder.glob("*.py")):
        if script.stem != NOT_A_CASE:
            refused, words = RIGHT.get(script.stem, (0, ()))
            check = _nothing_more if script.stem in OTHER_TONES else own_samples
            yield Case("known", script.stem, _running(script), words, refused, check)


def _nothing_more(_: Outcome) -> str:
    return ""


def _running(script: Path) -> Callable[[Path], object]:
    return partial(_run, script)


def _run(script: Path, folder: Path) -> None:
    subprocess.run([sys.executable, str(script), str(folder)], check=True, capture_output=True)
