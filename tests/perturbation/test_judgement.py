"""What a run judged, in names that all runs share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from eegmill.perturbation.comparison import Cleaning
from eegmill.perturbation.judgement import Key, judgement, with_segments
from eegmill.recording import Component, Recording
from eegmill.records import ComponentsRecord, RecordingRecord
from eegmill.testing.recordings import raw_eeg
from step_records import recorded

MIXING = np.linalg.qr(np.random.default_rng(5).standard_normal((4, 4)))[0] * [1.0, 2.0, 3.0, 4.0]
CLASSES = ("brain", "muscle", "eye", "heart", "line_noise", "channel_noise", "other")


def ica(mixing: np.ndarray) -> Any:
    left, lengths, right = np.linalg.svd(mixing, full_matrices=False)
    inner = np.diag(lengths) @ right
    return SimpleNamespace(
        ch_names=["E1", "E2", "E3", "E4"],
        n_components_=mixing.shape[1],
        pca_components_=left.T,
        pca_explained_variance_=lengths**2,
        mixing_matrix_=inner,
        unmixing_matrix_=np.linalg.inv(inner),
        pre_whitener_=np.ones((4, 1)),
    )


def cleaning(order: list[int], eye: int) -> Cleaning:
    """Components in some order, of which one was removed as an eye's."""
    components = tuple(
        Component(index=i, label="eye", probability=0.95, status="bad" if i == eye else "good")
        for i in range(len(order))
    )
    scores = [{"index": i, **dict.fromkeys(CLASSES, 0.0), "eye": 0.1 + 0.85 * (i == eye)} for i in range(len(order))]
    record = RecordingRecord(
        recording="",
        status="ok",
        recipe="",
        recipe_digest="",
        seed=1,
        steps=(recorded("iclabel", components=scores),),
        components=ComponentsRecord(total=len(order), removed=components[eye : eye + 1]),
    )
    recording = Recording(raw_eeg(np.ones((4, 1000))), ica=ica(MIXING[:, order]), components=components)
    return Cleaning(recording, record)


def test_a_removed_component_keeps_its_name_whatever_its_number() -> None:
    before, after = cleaning([0, 1, 2, 3], eye=1), cleaning([2, 3, 1, 0], eye=2)
    first, other = judgement(before, 1000), judgement(after, 1000, before=before)
    assert first.bad == other.bad == {("component", "1")}
    assert {key: margin.score for key, margin in first.margins.items()} == {
        key: margin.score for key, margin in other.margins.items()
    }


def test_a_component_that_was_not_there_before_is_additional() -> None:
    before, after = cleaning([0, 1, 2], eye=1), cleaning([3, 0, 1, 2], eye=0)
    assert judgement(after, 1000, before=before).bad == {("component", "additional 0")}


def cut_at(onset_s: float, score: float) -> Cleaning:
    """A recording with a cut, or nearly so where the score is below 3.3."""
    moment = {"onset_s": onset_s, "duration_s": 0.0, "description": "boundary"}
    criterion = {"words": "cut", "score": score, "limit": 3.3, "uncertainty": 0.5}
    judged = {"fault": "cut", "segment": moment, "criterion": criterion}
    finding = {"fault": "cut", "score": score, "limit": 3.3, "done": "annotated", "told": "", "judged": [judged]}
    found = {"findings": [finding]} if score > 3.3 else {"near_misses": [judged]}
    record = RecordingRecord(
        recording="", status="ok", recipe="", recipe_digest="", seed=1, steps=(recorded("inspect", **found),)
    )
    return Cleaning(Recording(raw_eeg(np.ones((4, 2000)))), record)


def judged_cuts(*cleanings: Cleaning) -> list[set[Key]]:
    runs = with_segments([judgement(one, 2000) for one in cleanings], 200.0)
    return [{key for key in one.bad if key[0] == "segment"} for one in runs]


def test_a_cut_that_a_run_finds_alone_is_a_decision_that_turned() -> None:
    assert judged_cuts(cut_at(5.0, 3.2), cut_at(5.005, 3.4)) == [set(), {("segment", "at 5.00 s")}]


def test_a_cut_that_noise_moves_by_a_sample_is_the_same() -> None:
    first, other = judged_cuts(cut_at(5.0, 3.6), cut_at(5.005, 3.4))
    assert first == other != set()


def test_a_cut_that_lies_elsewhere_is_another() -> None:
    first, other = judged_cuts(cut_at(5.0, 3.6), cut_at(7.0, 3.4))
    assert not first & other


def test_a_cut_carries_its_margin() -> None:
    first, *_ = with_segments([judgement(cut_at(5.0, 3.2), 2000)], 200.0)
    assert first.margins["segment", "at 5.00 s"].borderline
