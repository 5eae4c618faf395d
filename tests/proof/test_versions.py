from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from eegmill.cli.app import app
from eegmill.config.recipes import load_recipe, recipe_text
from eegmill.errors import ConfigurationError, DerivativeError
from eegmill.proof.versions.decisions import differences, one_line, split
from eegmill.proof.versions.environment import Elsewhere, install, last_line
from eegmill.proof.versions.steps import compare_arrays, compare_steps
from eegmill.proof.versions.trace import TracedArray, TracedStep, read_trace
from eegmill.proof.versions.verify import verify_versions
from eegmill.provenance.compare import Tier

RECIPE = [{"reference": {}}, {"highpass": {"cutoff_hz": 1.0}}, {"resample": {"sfreq_hz": 50.0}}]
OTHER_FIRWIN = """
import scipy.signal
own = scipy.signal.firwin
scipy.signal.firwin = lambda taps, cutoff, **options: own(taps, 0.99 * cutoff, **options)
"""


def told(here, there):
    return [str(item) for item in differences(here, there)]


def test_equal_decisions_have_no_differences():
    assert told({"bad": ["Fp1"], "score": 1.0}, {"bad": ["Fp1"], "score": 1.0 + 1e-9}) == []


def test_a_name_that_one_environment_has_is_one_flip_wherever_it_stands_in_the_list():
    found = list(differences({"bad": ["C3", "Pz"]}, {"bad": ["C3", "Fp1", "Pz"]}))
    assert [str(item) for item in found] == ["bad[Fp1]: absent here, 'Fp1' there"]
    assert found[0].flip


def test_another_order_of_names_is_told():
    assert told({"channels": ["C3", "Pz"]}, {"channels": ["Pz", "C3"]}) == ["channels: one order here, another there"]


def test_entries_with_names_are_compared_by_name():
    here = {"detectors": [{"name": "dead", "bad": ["C3"]}, {"name": "noisy", "bad": []}]}
    there = {"detectors": [{"name": "noisy", "bad": []}, {"name": "dead", "bad": []}]}
    assert told(here, there)[0] == "detectors[dead].bad[C3]: 'C3' here, absent there"


def test_a_number_beyond_the_bounds_is_no_flip():
    flips, numbers = split(list(differences({"score": 1.0, "n": 3}, {"score": 1.01, "n": 4})))
    assert [item.place for item in flips] == ["n"]
    assert [item.place for item in numbers] == ["score"]


def test_numbers_in_a_sentence_are_numbers_and_its_words_are_none():
    ours = {"notes": ["cut at 3.25 s"]}
    assert told(ours, {"notes": ["cut at 3.25000001 s"]}) == []
    assert split(list(differences(ours, {"notes": ["cut at 4 s"]})))[0] == ()
    assert split(list(differences(ours, {"notes": ["kept at 3.25 s"]})))[1] == ()


def test_numbers_in_a_name_are_its_name():
    assert next(differences({"label": "IC 4"}, {"label": "IC 5"})).flip


def test_a_yes_that_becomes_a_number_is_a_flip():
    assert next(differences({"applied": True}, {"applied": 0.5})).flip


def test_of_many_differences_a_few_are_shown_and_the_rest_counted():
    line = one_line("flips:", list(differences(list(range(9)), [])), most=2)
    assert line == "flips: [0]: 0 here, absent there; [1]: 1 here, absent there; and 7 more"


@pytest.fixture
def array(tmp_path):
    """Keeps numbers as a trace does."""

    def keep(values, kind="signal", unit="V"):
        values = np.asarray(values, dtype=float)
        digest = hashlib.sha256(values.tobytes()).hexdigest()
        kept = TracedArray(kind=kind, unit=unit, shape=values.shape, sha256=digest)
        np.save(tmp_path / kept.file, values)
        return kept

    return keep


def test_a_difference_of_samples_is_told_in_microvolts(array, tmp_path):
    ours, theirs = np.array([[0.0, 1e-4]]), np.array([[3e-6, 1e-4]])
    (found,) = compare_arrays([array(ours)], [array(theirs)], tmp_path)
    assert found.tier is Tier.DIFFERENT
    assert found.largest == pytest.approx(3.0)
    assert found.rms == pytest.approx(3.0 / np.sqrt(2))
    assert str(found) == "signal up to 3 (RMS 2.1) µV"


def test_a_difference_within_the_bounds_is_one_of_numbers(array, tmp_path):
    (found,) = compare_arrays([array([[0.0, 1e-4]])], [array([[1e-12, 1e-4]])], tmp_path)
    assert found.tier is Tier.NUMBERS


def test_epochs_are_compared_by_the_range_of_each_channel(array, tmp_path):
    ours = np.zeros((2, 2, 3))
    ours[:, 0, 0], ours[:, 1, 0] = 1.0, 1e-6
    theirs = ours.copy()
    theirs[1, 1, 2] = 1e-7
    (found,) = compare_arrays([array(ours, "epochs")], [array(theirs, "epochs")], tmp_path)
    assert found.tier is Tier.DIFFERENT


def test_other_numbers_of_samples_are_told(array, tmp_path):
    (found,) = compare_arrays([array([[0.0, 1.0]])], [array([[0.0]])], tmp_path)
    assert str(found) == "signal: 1 × 2 here, 1 × 1 there"


def test_nan_in_other_places_is_different_and_in_the_same_ones_is_not(array, tmp_path):
    one, other, near = np.array([[np.nan, 1.0, 0.0]]), np.array([[0.0, 1.0, np.nan]]), np.array([[np.nan, 1.0, 1e-9]])
    assert compare_arrays([array(one)], [array(other)], tmp_path)[0].tier is Tier.DIFFERENT
    assert compare_arrays([array(one)], [array(near)], tmp_path)[0].tier is Tier.NUMBERS


def test_an_array_that_one_side_has_is_different(array, tmp_path):
    (found,) = compare_arrays([array([[0.0]], "epochs")], [], tmp_path)
    assert str(found) == "epochs: only here"


def test_a_step_that_fails_there_is_different_with_its_reason(tmp_path):
    here = [TracedStep(name="read"), TracedStep(name="ica")]
    there = [TracedStep(name="read"), TracedStep(name="ica", ended="TypeError: no such argument")]
    first, second = compare_steps(here, there, arrays=tmp_path)
    assert first.tier is Tier.BITS
    assert second.tier is Tier.DIFFERENT
    assert second.ended == "done here, failed (TypeError: no such argument) there"


def test_a_chain_that_ends_earlier_there_is_different(tmp_path):
    found = compare_steps([TracedStep(name="read"), TracedStep(name="ica")], [TracedStep(name="read")], arrays=tmp_path)
    assert found[1].ended == "done here, not reached there"


def test_a_component_with_another_label_is_a_flip(tmp_path):
    here, there = (TracedStep(name="iclabel", labels={"0": label}) for label in ("brain", "eye"))
    (found,) = compare_steps([here], [there], arrays=tmp_path)
    assert "1 decisions flipped: labels.0: 'brain' here, 'eye' there" in found.line


def test_half_a_line_of_a_process_that_died_is_no_step(tmp_path):
    path = tmp_path / "trace.jsonl"
    path.write_text(TracedStep(name="read").model_dump_json() + '\n{"name": "hig')
    assert [step.name for step in read_trace(path)] == ["read"]


def test_of_a_failed_process_its_error_is_told():
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: No match for x==9.\n\nnotice: new pip")
    assert last_line(failed) == "No match for x==9"


def test_a_lock_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.lock"):
        install(tmp_path / "none.lock", tmp_path / "environment")


@pytest.fixture(scope="module")
def tiny(pristine):
    """The tiny derivative with a recipe that was not that of its records."""
    path = pristine.derivative / "code" / "recipe.yaml"
    path.write_text(recipe_text(load_recipe(RECIPE)))
    yield pristine
    path.unlink()


def compare(tiny, python, scratch):
    scratch.mkdir()
    return verify_versions(
        tiny.derivative, python=python, recordings=["sub-01_task-odd"], raw=tiny.root, scratch=scratch
    )


def test_the_same_environment_gives_the_same_bits_behind_every_step(tiny, tmp_path):
    report = compare(tiny, Path(sys.executable), tmp_path / "scratch")
    assert [(step.name, step.tier) for step in report.recordings[0].steps] == [
        (name, Tier.BITS) for name in ("read", "reference", "highpass", "resample")
    ]
    assert report.equal
    assert report.libraries == ()
    assert report.not_compared == ("sub-02_task-odd",)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_first_step_that_another_library_changes_is_named(tiny, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(OTHER_FIRWIN)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:{tmp_path}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    report = compare(tiny, python, tmp_path / "scratch")
    (compared,) = report.recordings
    assert [step.tier for step in compared.steps] == [Tier.BITS, Tier.BITS, Tier.DIFFERENT, Tier.DIFFERENT]
    assert "first beyond the bounds: step 2 (highpass)" in compared.lines[0]
    assert not report.equal


def test_a_python_without_the_libraries_is_refused_and_nothing_is_left(tiny, tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    with pytest.raises(ConfigurationError, match=r"cannot run eegmill .*No module named"):
        compare(tiny, python, tmp_path / "scratch")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_is_no_program_is_refused_by_name(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be started"):
        Elsewhere(tmp_path / "none", tmp_path).libraries()


def test_a_lock_that_does_not_install_is_refused_and_nothing_is_left(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    lock, scratch = tmp_path / "new.lock", tmp_path / "scratch"
    lock.write_text("numpy==99.0\n")
    scratch.mkdir()
    with pytest.raises(DerivativeError, match=r"new\.lock' does not install on this Python: .*numpy==99.0"):
        verify_versions(tiny.derivative, lock=lock, scratch=scratch)
    assert list(scratch.iterdir()) == []


def test_a_lock_and_a_python_do_not_go_together(tiny):
    asked = ["verify", str(tiny.derivative), "--with-lock", "a.lock", "--with-python", "python"]
    assert CliRunner().invoke(app, asked).exit_code == 2
