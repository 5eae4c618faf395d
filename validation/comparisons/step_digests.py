"""Digests of what each step makes of one recording, each step alone, and of the whole recipe.

    python -m validation.comparisons.step_digests {eeglab-sample,eegmat} N_THREADS

Prints SHA-256 by step as JSON; the environment must have set that number of threads.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_info

from eegmill.chain import Chain, run_steps
from eegmill.cleaning import clean
from eegmill.config.recipes import load_recipe
from eegmill.recording import Recording
from validation.recordings import data_folder, eeglab_sample

if TYPE_CHECKING:
    import mne

ICA: dict[str, Any] = {"ica": {"max_iterations": 50}}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "line_noise, zapline": [{"line_noise": {"method": "zapline", "min_prominence_db": None}}],
    "bad_channels, clean_rawdata with RANSAC": [{"bad_channels": {}}],
    "bad_channels, without locations": [{"bad_channels": {"method": "clean_rawdata_nolocs"}}],
    "bad_channels, prep": [{"bad_channels": {"method": "prep"}}],
    "asr": [{"asr": {}}],
    "windows": [{"windows": {}}],
    "reference, average": [{"reference": {}}],
    "reference, robust": [{"reference": {"to": "robust"}}],
    "reference, REST": [{"reference": {"to": "REST"}}],
    "interpolate": [{"interpolate": {}}],
    "ica": [ICA],
    "ica, iclabel": [ICA, {"iclabel": {"eog_correlation": 0.8}}],
    "ica, iclabel, remove_components": [ICA, {"iclabel": {}}, {"remove_components": {}}],
}


def recording(name: str) -> mne.io.BaseRaw:
    """A recording by its name, with all its channels."""
    if name == "eeglab-sample":
        raw = eeglab_sample()
    else:
        import mne

        raw = mne.io.read_raw_edf(data_folder() / "eegmat" / "Subject00_2.edf", preload=True, verbose="error")
    raw.info["line_freq"] = 60.0 if name == "eeglab-sample" else 50.0
    return raw


def digest(raw: mne.io.BaseRaw, decisions: Any) -> str:
    """SHA-256 of all samples and of the decisions."""
    found = hashlib.sha256(raw.get_data().tobytes())
    found.update(json.dumps(decisions, sort_keys=True).encode())
    return found.hexdigest()


def digest_of_variant(start: Recording, name: str) -> str:
    """The digest of a step that runs alone on a copy of a recording."""
    copy = Recording(start.raw.copy(), rank=start.rank)
    if name == "interpolate":
        copy = copy.mark_bad({copy.raw.ch_names[k]: "chosen" for k in (3, 9)})
    done = run_steps(Chain(copy), load_recipe(VARIANTS[name]).steps, seed=1)
    return digest(done.recording.raw, [done.rejected, *(step.decisions for step in done.steps)])


def digest_of_recipe(raw: mne.io.BaseRaw) -> str:
    """The digest of the whole recipe ``eegprep``, with 50 iterations of Picard."""
    steps = [{step.name: step.model_dump(mode="json")} for step in load_recipe("eegprep").steps]
    for step in steps:
        if "ica" in step:
            step["ica"]["max_iterations"] = 50
    cleaned = clean(raw, steps, seed=1)
    return digest(cleaned.raw, cleaned.record.model_dump(mode="json"))


def main(name: str, n_threads: int) -> None:
    """Run and print."""
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert all(pool["num_threads"] == n_threads for pool in pools), pools
    raw = recording(name)
    start = run_steps(
        Chain(Recording(raw)), load_recipe([{"import": {}}, {"clean_drifts": {}}]).steps, seed=1
    ).recording
    samples = start.raw.get_data()
    digests = {
        "numpy alone: the covariance of all samples": hashlib.sha256((samples @ samples.T).tobytes()).hexdigest()
    }
    digests |= {variant: digest_of_variant(start, variant) for variant in VARIANTS}
    print(json.dumps({**digests, "eegmill.clean": digest_of_recipe(raw)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
