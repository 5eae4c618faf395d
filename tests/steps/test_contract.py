"""What every step says of itself, and that nobody else has to know it."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import get_args

import pytest

import eegmill
from eegmill.config.recipes import load_recipe
from eegmill.config.text import steps_text
from eegmill.derivative.sidecar import software_filters
from eegmill.errors import ConfigurationError, DerivativeError
from eegmill.provenance.environment import describe
from eegmill.provenance.methods import paragraph
from eegmill.provenance.references import REFERENCES
from eegmill.recipe import Recipe
from eegmill.records import StepRecord
from eegmill.report.figures import Figures
from eegmill.report.page import recording_page
from eegmill.steps import STEPS
from eegmill.steps.contract import ActsOn, Decisions
from eegmill.workflow import fingerprint
from signals_signal import noise, with_line
from step_records import recorded
from tiny_bids import make_raw_dataset

SOURCE = Path(eegmill.__file__).parent
SMOOTHE = '''
    """A filter that nobody has heard of."""
    from typing import ClassVar

    from eegmill.recording import Recording
    from eegmill.steps.contract import ActsOn, Decisions, Sentence, SoftwareFilter, Step


    class SmootheDecisions(Decisions):
        """What was made."""

        n_samples: int


    class Smoothe(Step):
        """Halve every second sample."""

        name: ClassVar[str] = "smoothe"
        decisions_type: ClassVar[type[Decisions]] = SmootheDecisions
        acts_on: ClassVar[ActsOn] = "signal"
        former_names: ClassVar[dict[str, str]] = {"most_width": "width"}
        width: int = 2

        def apply(self, recording: Recording, *, seed: int) -> tuple[Recording, SmootheDecisions]:
            recording.raw._data[:, :: self.width] /= 2
            return recording, SmootheDecisions(n_samples=recording.raw.n_times)

        def sentence(self, decisions: SmootheDecisions) -> Sentence:
            text = "Samples were smoothed, {samples} a recording [@widmann2015]."
            return Sentence(text, {"samples": decisions.n_samples})

        def software_filter(self, decisions: SmootheDecisions) -> SoftwareFilter:
            return SoftwareFilter(design="comb", lowpass_hz=7.0)
    '''

BEHIND = {"decide_on": ["restore"]}
WITH_AN_EFFECT = {"resample": {"sfreq_hz": 64}, "line_noise": {"frequency_hz": 20}}


@pytest.fixture
def smoothe(tmp_path, monkeypatch):
    """A step in a module of its own, registered and nothing else."""
    path = tmp_path / "smoothe.py"
    path.write_text(textwrap.dedent(SMOOTHE), encoding="utf-8")
    spec = spec_from_file_location("eegmill.steps.smoothe", path)
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "eegmill.steps.smoothe", module)
    spec.loader.exec_module(module)
    monkeypatch.setitem(STEPS._places, "smoothe", "smoothe:Smoothe")
    return module.Smoothe


@pytest.fixture
def cleaned(smoothe):
    return eegmill.clean(noise(4), ["smoothe"]).record


def test_a_new_step_is_in_the_methods_text(cleaned, tmp_path):
    text, keys = paragraph(make_raw_dataset(tmp_path), recipe="mine", records=[cleaned], environment=describe())
    assert "Samples were smoothed, 2000 a recording [@widmann2015]." in text
    assert "widmann2015" in keys


def test_a_new_filter_is_in_the_sidecar(cleaned):
    assert software_filters(cleaned, None)["eegmill smoothe"] == {
        "width": 2,
        "design": "comb",
        "lowpass_hz": 7.0,
        "channels": "EEG, EOG, ECG, EMG",
    }


def test_a_new_step_is_on_the_page(cleaned):
    assert "1. smoothe" in recording_page(cleaned, Figures(), version="0")


def test_a_new_step_is_in_the_digests(smoothe, monkeypatch, tmp_path):
    monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path)
    monkeypatch.setattr(fingerprint, "code_digest", lambda path: path.read_text(encoding="utf-8"))
    before = fingerprint.steps_fingerprint(Recipe("", (smoothe(),)).steps)
    assert fingerprint.steps_fingerprint((smoothe(width=3),)) != before
    path = Path(sys.modules[smoothe.__module__].__file__)
    path.write_text(path.read_text(encoding="utf-8").replace("/= 2", "/= 3"), encoding="utf-8")
    assert fingerprint.steps_fingerprint((smoothe(),)) != before


def test_a_step_that_wants_the_signal_as_recorded_may_not_follow_a_new_filter(smoothe):
    with pytest.raises(ConfigurationError, match="'flatline' must not follow 'smoothe'"):
        load_recipe(["smoothe", "flatline"])


def test_a_former_name_of_a_new_step_s_parameter_is_refused_with_the_present_one(smoothe):
    with pytest.raises(ConfigurationError, match="step 'smoothe': parameter 'most_width' is now called 'width'"):
        load_recipe([{"smoothe": {"most_width": 3}}])


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_called_as_it_is_registered_and_says_what_it_acts_on(name):
    step = STEPS[name]
    assert step.name == name
    assert step.acts_on in get_args(ActsOn)
    assert issubclass(step.decisions_type, Decisions)
    assert step.decisions_type is not Decisions
    assert (step.__doc__ or "").strip()


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_ran_is_read_back_from_its_record_as_it_was(name):
    steps = [*_needed(name), {name: WITH_AN_EFFECT.get(name, {})}]
    at, recipe = len(steps) - 1, [*steps, *BEHIND.get(name, [])]
    record = eegmill.clean(with_line(noise(16, seconds=30), 20.0), recipe).record
    done = record.steps[at].read_back()
    assert done.step == load_recipe(recipe).steps[at]
    assert done.decisions.model_dump(mode="json") == record.steps[at].decisions
    assert type(done.decisions) is STEPS[name].decisions_type
    _check_sentence(done if done.applied else recorded(name).read_back())


def _check_sentence(done):
    sentence = done.sentence
    assert sentence.text.endswith(".")
    assert set(sentence.cites) <= REFERENCES.keys()
    assert set(re.findall(r"{(\w+)}", sentence.text)) <= sentence.figures.keys()


@pytest.mark.parametrize("name", STEPS)
def test_former_names_lead_to_parameters_that_exist_and_are_none_themselves(name):
    step = STEPS[name]
    assert set(step.former_names.values()) <= step.model_fields.keys()
    assert not step.former_names.keys() & step.model_fields.keys()


def test_every_parameter_has_a_meaning_on_the_page_of_keys():
    assert [row for row in steps_text().splitlines() if row.endswith("|  |")] == []


@pytest.mark.parametrize("name", STEPS)
def test_bounds_are_called_min_or_max(name):
    words = {word for field in STEPS[name].model_fields for word in field.split("_")}
    assert not words & {"least", "most", "fewest", "longest", "shortest", "largest", "smallest"}


@pytest.mark.parametrize(
    ("step", "former", "present"),
    [(name, former, present) for name in STEPS for former, present in STEPS[name].former_names.items()],
)
def test_a_former_name_is_refused_with_the_present_one(step, former, present):
    needed = _needed(step)
    with pytest.raises(ConfigurationError, match=f"parameter '{former}' is now called '{present}'"):
        load_recipe([*needed, {step: {former: 1}}])


def test_what_kept_a_step_from_its_work_is_a_note_of_the_record():
    record = eegmill.clean(noise(1), [{"import": {}}, {"ica": {}}, {"iclabel": {}}]).record
    assert "ica: the good EEG channels have rank 1, and ICA needs 2" in record.notes
    assert "iclabel: there is no decomposition to label" in record.notes


def test_nothing_to_do_is_no_note_of_the_record():
    record = eegmill.clean(noise(4), [{"lowpass": {"cutoff_hz": 60}}]).record
    assert not record.steps[0].read_back().applied
    assert record.notes == ()


def test_a_step_cannot_be_applied_and_kept_from_it():
    with pytest.raises(ValueError, match="has no reason why it was not"):
        recorded("asr", applied=True, why_not="too short")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (StepRecord(name="unheard", version="1", seed=1, parameters={}, decisions={}), "names the step 'unheard'"),
        (StepRecord(name="asr", version="1", seed=1, parameters={"max_dims": 0.5}, decisions={}), "another version"),
        (StepRecord(name="asr", version="1", seed=1, parameters={}, decisions={"skipped": "x"}), "another version"),
    ],
)
def test_a_step_of_another_version_is_refused_in_one_sentence(record, words):
    with pytest.raises(DerivativeError, match=words):
        record.read_back()


NOT_A_STEP = {
    "proof/versions/trace.py": {"bad_channels"},  # a field of what is traced of a recording
    "cli/discovery.py": {"reference"},  # a field of a dataset
    "config/models.py": {"epochs", "autoreject"},  # keys of the configuration, named after the steps that they add
    "config/recipes.py": {"epochs"},  # what a step acts on
    "datasets/windows.py": {"epochs"},  # what signals windows are of
    "derivative/braindecode_hub.py": {"windows"},  # what an index is of
    "derivative/channels.py": {"reference"},  # a column of channels.tsv
    "derivative/epochs.py": {"epochs"},  # what a step acts on
    "derivative/features.py": {"windows", "epochs"},  # what a feature is computed of
    "derivative/nemar_zarr.py": {"reference"},  # of the recording, in the attributes of its store
    "derivative/window_table.py": {"windows", "epochs"},  # what an index is of
    "derivative/windows.py": {"bad_channels"},  # a field of the index
    "features/extraction.py": {"bad_channels", "epochs"},  # a field of what is returned; what a feature is computed of
    "features/windowing.py": {"bad_channels"},  # a field of what windows are taken from
    "metrics.py": {"reference"},  # a key figure
    "multiverse/sources.py": {"import"},  # the shortest recipe, for a plan that only looks for recordings
    "provenance/environment.py": {"autoreject"},  # a library
    "reading/sidecars.py": {"reference"},  # a column of channels.tsv
    "provenance/former.py": {"bad_channels"},  # a field of the record
    "report/dashboard.py": {"epochs"},  # a key figure
    "report/summary.py": {"epochs"},  # a key figure
    "signal/filters/channel_bands.py": {"highpass", "lowpass"},  # keys of MNE's info
    "signal/filters/fir.py": {"epochs"},  # what the filter steps share, beside their kernel
    "signal/ica/iclabel_network.py": {"line_noise"},  # a class of ICLabel
    "workflow/expected.py": {"bad_channels"},  # a field of the record
    "workflow/libraries.py": {"autoreject"},  # a library
    "workflow/plan.py": {"epochs"},  # what a step acts on
}
"""Words in other modules that are also names of steps, each with what it means there."""


def test_no_other_module_names_a_step():
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(SOURCE).as_posix()
        if not where.startswith(("steps/", "catalog/")):
            named = _compared_or_listed(ast.parse(path.read_bytes())) & set(STEPS)
            if named - NOT_A_STEP.get(where, set()):
                found[where] = named
    assert found == {}


def _compared_or_listed(tree):
    """Text constants that a value is compared with, or that are members or keys of a collection."""
    parts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            parts += [node.left, *node.comparators]
        elif isinstance(node, ast.Set | ast.Tuple | ast.List):
            parts += node.elts
        elif isinstance(node, ast.Dict):
            parts += node.keys
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _needed(name):
    return [needed for step in STEPS[name].needs for needed in (*_needed(step), step)]
