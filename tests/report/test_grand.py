"""Figures over all recordings of a dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from eegmill.report.essence import EMPTY, SPECTRUM_HZ, TIMES, Average, Essence, median_spectrum_db, read_essence
from eegmill.report.grand import grand_average, grand_spectrum, over_subjects, paired_averages, thumbnail

FLAT = tuple(float(n) for n in range(len(SPECTRUM_HZ)))


def essence(value: float, *, events: tuple[str, ...] = ("a",), span_s: tuple[float, float] = (-0.2, 0.8)) -> Essence:
    averages = tuple(Average(event=name, channel="Cz", n_epochs=9, values_uv=(value,) * TIMES) for name in events)
    return Essence(before_db=FLAT, after_db=FLAT, span_s=span_s, averages=averages)


def test_the_interval_is_that_of_students_t() -> None:
    values = np.random.default_rng(0).normal(size=(7, 3))
    mean, low, high = over_subjects(list(values))
    told = stats.t.interval(0.95, 6, loc=values.mean(axis=0), scale=stats.sem(values, axis=0))
    assert mean == pytest.approx(values.mean(axis=0))
    assert (low, high) == (pytest.approx(told[0]), pytest.approx(told[1]))


def test_several_recordings_of_a_subject_count_once() -> None:
    found = grand_average({f"sub-01_run-{run}": essence(1.0) for run in range(5)} | {"sub-02_run-1": essence(3.0)})
    assert found is not None
    assert found.n_subjects == 2


def test_one_subject_has_no_grand_average() -> None:
    alone = {"sub-01_run-1": essence(1.0), "sub-01_run-2": essence(2.0)}
    assert grand_average(alone) is None
    assert grand_spectrum(alone) is None


def test_what_does_not_fit_is_told() -> None:
    many = {f"sub-{number:02d}_x": essence(1.0) for number in range(3)}
    found = grand_average(many | {"sub-09_x": essence(1.0, span_s=(0.0, 2.0))})
    assert found is not None
    assert found.left_out == "1 recordings with epochs of another length"
    spectrum = grand_spectrum(many | {"sub-09_x": EMPTY})
    assert spectrum is not None
    assert spectrum.left_out.startswith("1 of 4 recordings")


def test_two_derivatives_have_each_condition_twice() -> None:
    sides = [{f"sub-{number}": essence(value + number) for number in range(3)} for value in (0.0, 5.0)]
    found = paired_averages(sides[0], sides[1], ("A", "B"))
    assert found is not None
    assert "a, A" in found.figure
    assert "a, B" in found.figure


def test_an_essence_is_read_from_the_beginning_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    told = essence(1.0, events=("</script>",))
    text = told.model_dump_json().replace("<", "\\u003c")
    page.write_text(f'<script type="application/json" id="essence">{text}</script>', encoding="utf-8")
    assert read_essence(page) == told
    page.write_text("something else", encoding="utf-8")
    assert read_essence(page) == read_essence(tmp_path / "missing.html") == EMPTY


def test_a_band_that_ends_below_the_figure_has_no_spectrum() -> None:
    assert median_spectrum_db(np.arange(0.5, 30.0, 0.5), np.zeros((2, 59))) == ()
    assert len(median_spectrum_db(np.arange(0.5, 60.0, 0.5), np.zeros((2, 119)))) == len(SPECTRUM_HZ)


def test_a_channel_without_a_spectrum_does_not_count() -> None:
    density = np.vstack((np.full(119, 3.0), np.full(119, np.nan)))
    assert set(median_spectrum_db(np.arange(0.5, 60.0, 0.5), density)) == {3.0}
    assert median_spectrum_db(np.arange(0.5, 60.0, 0.5), density[1:]) == ()


def test_a_recording_without_spectrum_has_no_thumbnail() -> None:
    assert thumbnail(EMPTY) == ""
    assert thumbnail(essence(1.0)).startswith("<svg")
