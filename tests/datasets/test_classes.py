"""A class for each dataset of the shipped catalogue."""

from __future__ import annotations

import pickle
import pydoc
import subprocess
import sys

import pytest

import eegmill
from eegmill import datasets
from eegmill.datasets.classes import citation, class_name, class_names, is_usable


def test_each_dataset_has_a_class_of_its_own() -> None:
    made = {getattr(datasets, name) for name in class_names()}
    assert len(made) == 752
    assert all(issubclass(one, eegmill.Dataset) for one in made)
    assert all(one.__doc__ and one.__module__ == "eegmill.datasets" for one in made)


def test_it_is_the_dataset_with_its_keywords(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sample = datasets.EEGMILL_SAMPLE(task="arithmetic")
    assert sample == eegmill.Dataset("eegmill-sample", task="arithmetic")
    assert type(pickle.loads(pickle.dumps(sample))) is datasets.EEGMILL_SAMPLE


def test_another_name_of_a_dataset_is_the_same_class() -> None:
    assert datasets.HBN_r1_bdf is datasets.EEG2025R1
    assert datasets.EEG2025R1.aliases == ("HBN_r1_bdf",)


def test_names_that_cannot_be_imported_are_no_classes() -> None:
    assert not any(is_usable(name) for name in ("class", "match", "BNCI 2014", "2020_a", "Dataset"))
    assert is_usable("BNCI2014_001")


def test_help_has_facts_and_citation() -> None:
    text = pydoc.render_doc(datasets.DS002718, renderer=pydoc.plaintext)
    for fact in ("Face processing EEG dataset for EEGLAB", "Subjects: 18", "Channels: 74", "Licence: CC0", "Cite as: "):
        assert fact in text
    assert datasets.DS002718.facts == eegmill.show("ds002718")


def test_a_citation_names_people_year_archive_and_doi() -> None:
    assert citation(eegmill.show("ds002718")) == (
        "Wakeman (2020). Face processing EEG dataset for EEGLAB [dataset ds002718]. OpenNeuro. "
        "https://doi.org/10.18112/openneuro.ds002718.v1.1.0"
    )


def test_they_are_offered_for_completion() -> None:
    assert {"DS002718", "HBN_r1_bdf", "EEGMILL_SAMPLE", "Dataset"} <= set(dir(datasets))
    assert {"EEGDash", "Dataset", "datasets", "search", "show", "clean", "features", "Override"} <= set(dir(eegmill))
    assert all(hasattr(eegmill, name) for name in dir(eegmill))


def test_a_mistyped_name_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'DS002791' or"):
        datasets.DS00271  # noqa: B018 - asking is what fails
    assert class_name("eegmill-sample") == "EEGMILL_SAMPLE"


def cpu_s(code: str) -> float:
    """The CPU seconds that a new interpreter says it took."""
    timed = f"import time\nbegun = time.process_time()\n{code}\nprint(time.process_time() - begun)"
    return float(subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True).stdout)


def test_importing_the_package_makes_none() -> None:
    code = "import sys, eegmill.datasets; assert 'eegmill.datasets.classes' not in sys.modules"
    assert cpu_s(code) < 0.15


def test_importing_another_module_of_the_package_makes_none() -> None:
    code = "import sys; from eegmill.datasets import splits; assert 'eegmill.datasets.classes' not in sys.modules"
    assert cpu_s(code) < 0.5


def test_all_are_made_in_no_time() -> None:
    """Three times the aim: machines of CI are slow. docs/datasets.md has the figure of a quiet one."""
    code = (
        "from eegmill.datasets.classes import *\nbegun = time.process_time()\nlist(map(dataset_class, class_names()))"
    )
    assert cpu_s(code) < 0.6
