"""The README of a derivative dataset."""

from __future__ import annotations

from ..bids.names import entities_of
from ..lock import Lock
from ..version import __version__

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
| `*_desc-preproc_qc.json` | every step, its parameters, and what it decided |
| `*_desc-ica_components.tsv` | independent components: label, probability, kept or removed |
| `*_desc-epochs_epochs.tsv` | epochs of the cleaned signal, as a table of onsets |
| `code/` | configuration, pinned inputs (lock), environment, bill of materials |
| `prov/`, `ro-crate-metadata.json` | how each file was made, in BIDS-Prov and as a Provenance Run Crate |
| `manifest-sha256.txt` | SHA-256 of every file |
| `logs/CITATION.md` | a methods paragraph and what to cite |

`events.tsv` is the authority on events: the markers in `.vmrk` are the same ones, rounded to samples.

## Reading it

```python
from mne_bids import BIDSPath, read_raw_bids

path = BIDSPath(root=".", {entities}, description="preproc", datatype="eeg", suffix="eeg", extension=".vhdr")
raw = read_raw_bids(path)
```

## Checking it

```shell
sha256sum --check --quiet manifest-sha256.txt   # nothing has changed since it was made
eegmill verify .                                # it can be made again, and comes out equal
```
"""


def readme(lock: Lock, recipe: str) -> str:
    """Text of ``README.md``."""
    return TEXT.format(
        name=lock.name or lock.dataset,
        dataset=lock.dataset,
        version=f" (version {lock.version})" if lock.version else "",
        eegmill=__version__,
        recipe=recipe,
        licence=_licence(lock),
        entities=_entities(lock),
    )


def _entities(lock: Lock) -> str:
    """Arguments of ``BIDSPath`` for the first recording."""
    known, _, _ = entities_of(f"{lock.recordings[0].recording}_eeg" if lock.recordings else "sub-01_task-rest_eeg")
    return ", ".join(f'{MNE_BIDS_NAMES[key]}="{value}"' for key, value in known.items() if key in MNE_BIDS_NAMES)


def _licence(lock: Lock) -> str:
    terms = f"The source's licence is {lock.licence}; it holds for this dataset too." if lock.licence else ""
    cite = f"Cite the source: doi:{lock.doi.removeprefix('doi:')}." if lock.doi else ""
    said = " ".join(part for part in (terms, cite) if part)
    return f"\n{said}\n" if said else ""
