"""What eegmill uses of other libraries though it is not public: an upgrade that takes it away fails here by name."""

from __future__ import annotations

import ast
from pathlib import Path

import mne
import numpy as np
import pytest

import eegmill
from edf_files import make_edf

USED = {
    "_data": "mne.io.BaseRaw: the samples, without a copy",
    "_init_kwargs": "mne.io.BaseRaw: what it was made of, which holds the samples as well",
    "_orig_units": "mne.io.BaseRaw: the units that the header names",
    "_raw_extras": "mne.io.BaseRaw: what its reader of EDF scaled each channel by",
    "_unlock": "mne.Info: lets band and reference be written down",
    "_fiff": "mne: constants of the reference",
    "_update_ica_names": "mne.preprocessing.ICA: names components",
    "_extra_info": "pyprep.NoisyChannels: the scores behind a verdict",
    "_chk_events": "pybv.io: checks markers",
    "_write_vmrk_file": "pybv.io: writes markers",
    "_write_vhdr_file": "pybv.io: writes the header",
}


def small_raw() -> mne.io.BaseRaw:
    return mne.io.RawArray(np.zeros((2, 10)), mne.create_info(["Fz", "Cz"], 100.0, "eeg"), verbose="error")


def private_names(path: Path) -> set[str]:
    """Names with one leading underscore that a module takes from something else than itself or its own classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    taken = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    }
    taken |= {
        part for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for part in (node.module or "").split(".")
    }
    return {name for name in taken if name.startswith("_") and not name.startswith("__")} - own


def test_every_private_name_that_the_rooms_of_the_signal_use_is_listed() -> None:
    rooms = ("signal", "steps", "reading", "derivative", "report")
    source = Path(eegmill.__file__).parent
    modules = [path for room in rooms for path in (source / room).rglob("*.py")] + list(source.glob("*.py"))
    assert set().union(*(private_names(path) for path in modules)) <= set(USED)


def test_mne_keeps_the_samples_of_a_recording_in_data() -> None:
    raw = small_raw()
    raw._data[1, 3] = 1.0
    assert raw.get_data()[1, 3] == 1.0


def test_mne_keeps_what_a_recording_was_made_of_in_init_kwargs() -> None:
    raw = small_raw()
    assert raw._init_kwargs["data"] is raw._data


def test_mne_keeps_the_units_of_the_header_in_orig_units() -> None:
    assert small_raw()._orig_units is not None


def test_mne_keeps_what_an_edf_reader_scaled_by_in_raw_extras(tmp_path: Path) -> None:
    raw = mne.io.read_raw_edf(make_edf(tmp_path / "a.edf", kind=b""), verbose="error")
    assert raw._raw_extras[0]["ch_names"] == ["Fz", "Cz"]
    np.testing.assert_allclose(raw._raw_extras[0]["units"], 1e-6)


def test_mne_unlocks_its_info() -> None:
    raw = small_raw()
    with raw.info._unlock():
        raw.info["highpass"] = 1.0
    assert raw.info["highpass"] == 1.0


def test_mne_names_components_by_update_ica_names() -> None:
    ica = mne.preprocessing.ICA(n_components=2)
    ica.n_components_ = 2
    ica._update_ica_names()
    assert ica._ica_names == ["ICA000", "ICA001"]


def test_mne_has_the_constants_of_the_reference() -> None:
    from mne._fiff.constants import FIFF

    assert (int(FIFF.FIFFV_MNE_CUSTOM_REF_ON), int(FIFF.FIFFV_PROJ_ITEM_EEG_AVREF)) == (1, 10)


def test_mne_takes_a_recording_without_copying_its_samples() -> None:
    raw = small_raw()
    assert np.shares_memory(mne.io.RawArray(raw._data, raw.info, copy="info", verbose="error")._data, raw._data)


def test_pyprep_keeps_its_scores_in_extra_info() -> None:
    from pyprep import NoisyChannels

    rng = np.random.default_rng(0)
    raw = mne.io.RawArray(1e-5 * rng.standard_normal((6, 2000)), mne.create_info(6, 200.0, "eeg"), verbose="error")
    noisy = NoisyChannels(raw, random_state=1, do_detrend=False)
    noisy.find_bad_by_deviation()
    assert len(noisy._extra_info["bad_by_deviation"]["robust_channel_deviations"]) == 6


@pytest.mark.parametrize("name", ["_chk_events", "_write_vmrk_file", "_write_vhdr_file"])
def test_pybv_has_the_writers_of_headers_and_markers(name: str) -> None:
    from pybv import io

    assert callable(getattr(io, name))
