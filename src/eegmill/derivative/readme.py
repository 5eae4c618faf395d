"""The README of a derivative dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..bids.names import entities_of
from ..bids.paths import EPOCHS, ICA, DerivativePaths
from ..lock import Lock
from ..version import __version__

Baseline = tuple[float | None, float | None] | None
SIGNAL = DerivativePaths("").signal.name
MNE_BIDS_NAMES = {
    "sub": "subject",
    "ses": "session",
    "task": "task",
    "acq": "acquisition",
    "run": "run",
    "rec": "recording",
    "split": "split",
}

TEXT = """# {name}, cleaned by eegmill

Continuous EEG of the dataset `{dataset}`{version}, cleaned by eegmill {eegmill} with the recipe `{recipe}`.
{licence}
## What is where

| file | holds |
|---|---|
| `status.tsv` | what became of each recording, and why |
| `sub-*/…/eeg/*_desc-preproc_eeg.vhdr` (`.eeg`, `.vmrk`) | the cleaned signal, BrainVision float32 |
| `*_desc-preproc_channels.tsv` | each channel: good, bad or interpolated, and why |
| `*_desc-preproc_events.tsv` | events of the source, and marked segments (`BAD_…`) with their durations |
| `*_space-CapTrak_electrodes.tsv` | positions under the names of the signal, of the recording or of a template |
| `*_desc-preproc_qc.json` | every step, its parameters, and what it decided |
{optional}| `code/` | workflow, configuration, decisions by a person, pinned inputs (lock), environment, packages |
| `prov/`, `ro-crate-metadata.json` | how each file was made, in BIDS-Prov and as a Provenance Run Crate |
| `index.parquet`, `croissant.json` | where the samples of each window are, for training and streaming |
| `manifest-sha256.txt` | SHA-256 of every file that two runs make alike |
| `prov/manifest-sha256.txt` | SHA-256 of every other file, which may hold times: `prov/`, `logs/`, the crate |
| `verify.html` | opens in a browser, without a network: drop this folder on it to compare every file |
| `CITATION.cff` | what to cite: this dataset, its source, eegmill, the recipe |
| `logs/CITATION.md` | a methods paragraph and what to cite |

`events.tsv` is the authority on events: the markers in `.vmrk` are the same ones, rounded to samples.

## Reading it

```python
from mne_bids import BIDSPath, read_raw_bids

path = BIDSPath(root=".", {entities}, description="preproc", datatype="eeg", suffix="eeg", extension=".vhdr")
raw = read_raw_bids(path)
```
{epochs}
Windows for training, one by one, from here or from where the folder is served:

```python
from eegmill.stream import Windows

for window in Windows(".", where=[("good_fraction", ">=", 0.9)], seed=1):
    window.data, window.about["label"]  # (n_channels, n_times) in µV
```

## Checking it

```shell
sha256sum --check --quiet manifest-sha256.txt prov/manifest-sha256.txt   # nothing has changed since it was made
eegmill verify .   # it can be made again, and comes out equal
```

## Doing it again

In a folder with a copy of `code/`{raw}, where eegmill {eegmill} is installed:

```shell
{again}
```

`snakemake --snakefile code/Snakefile --configfile code/config.yaml --cores all` does the same as the last line.
"""

OPTIONAL = {
    f"{ICA}_components.tsv": "independent components: label, probability, kept or removed",
    f"{ICA}_mixing.tsv": "how each component appears in the channels",
    f"{EPOCHS}_epochs.tsv": "epochs of the cleaned signal: the sample of each event, and start and end from it",
    f"{EPOCHS}_eeg.set": "epochs that were repaired one by one, with their time zero (EEGLAB; samples in `.fdt`)",
}
"""Rows of the table of files that only some derivatives have."""

EPOCHS_TEXT = {
    "stored": """
### Epochs

They were repaired one by one, so they are stored; time 0 is the event.

```python
from mne_bids import BIDSPath, read_epochs_bids

path = BIDSPath(root=".", {entities}, description="epochs", datatype="eeg", suffix="eeg", extension=".set")
epochs = read_epochs_bids(path)
```
""",
    "table": """
### Epochs

They are stretches of the signal, so a table of them is enough; time 0 is the event.

```python
import csv

import mne

table = path.copy().update(description="epochs", suffix="epochs", extension=".tsv")
rows = list(csv.DictReader(open(table.fpath), delimiter="\t"))
kinds = {{name: code for code, name in enumerate(sorted({{row["trial_type"] for row in rows}}), start=1)}}
events = [[int(row["sample"]), 0, kinds[row["trial_type"]]] for row in rows]
tmin, tmax = float(rows[0]["tmin"]), float(rows[0]["tmax"])
epochs = mne.Epochs(raw, events, kinds, tmin, tmax, baseline={baseline}, reject_by_annotation=False, preload=True)
```
""",
}
"""How to read epochs, by the form that they are kept in."""


def readme(
    lock: Lock, recipe: str, *, files: Iterable[str] = (), baseline: Baseline = None, again: Sequence[str] = ()
) -> str:
    """Text of ``README.md``.

    Parameters
    ----------
    files
        Names of the files of all recordings: only what is there is spoken of.
    baseline
        The baseline of epochs that are kept as a table.
    again
        What to type to do it again; one line alone wants the raw dataset at hand.
    """
    endings = [ending for ending in OPTIONAL if any(name.endswith(f"_{ending}") for name in files)]
    recordings = [name.removesuffix(SIGNAL) for name in files if name.endswith(SIGNAL)]
    form = "stored" if f"{EPOCHS}_eeg.set" in endings else "table" if f"{EPOCHS}_epochs.tsv" in endings else ""
    entities = _entities(lock, recordings)
    return TEXT.format(
        name=lock.title,
        dataset=lock.dataset,
        version=f" (version {lock.version})" if lock.version else "",
        eegmill=__version__,
        recipe=recipe,
        licence=_licence(lock),
        entities=entities,
        optional="".join(f"| `*_{ending}` | {OPTIONAL[ending]} |\n" for ending in endings),
        again="\n".join(again),
        raw=f" and the raw dataset as `{lock.dataset}` beside it" if len(again) == 1 else "",
        epochs=EPOCHS_TEXT[form].format(entities=entities, baseline=baseline) if form else "",
    )


def _entities(lock: Lock, cleaned: Sequence[str]) -> str:
    """Arguments of ``BIDSPath`` for the first recording that was cleaned."""
    names = [*sorted(cleaned), *(entry.recording for entry in lock.recordings), "sub-01_task-rest"]
    known, _, _ = entities_of(f"{names[0]}_eeg")
    return ", ".join(f'{MNE_BIDS_NAMES[key]}="{value}"' for key, value in known.items() if key in MNE_BIDS_NAMES)


def _licence(lock: Lock) -> str:
    terms = f"The source's licence is {lock.licence}; it holds for this dataset too." if lock.licence else ""
    cite = f"Cite the source: doi:{lock.doi.removeprefix('doi:')}." if lock.doi else ""
    said = " ".join(part for part in (terms, cite) if part)
    return f"\n{said}\n" if said else ""
