"""What pages cost: CPU seconds and bytes of a recording's page, and of the page of a dataset.

    python -m validation.benchmarks.pages

The recording is made: 64 channels, 10 minutes, 250 Hz, sources with 1/f spectra mixed through smooth maps, blinks, drift and line
noise; 63 components. The dataset has 1,000 recordings. Imports do not count. With Chromium (variable ``CHROMIUM``) it also says
how long the main thread of the page works to open the dataset and to filter it, in CPU seconds.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import mne
import numpy as np
from numpy.typing import NDArray

from eegmill.derivative.components import Mixing
from eegmill.lock import Lock
from eegmill.machine import fix_environment
from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, RecordingRecord, StepRecord
from eegmill.report.dashboard import Row, dashboard_page
from eegmill.report.essence import Average, Essence, read_essence
from eegmill.report.figures import draw
from eegmill.report.page import recording_page
from eegmill.report.signals import Before
from eegmill.steps import STEPS
from validation.markdown import print_table

SFREQ_HZ, DURATION_S, N_RECORDINGS, N_COMPONENTS = 250.0, 600, 1000, 63
MAIN_THREAD = {"timeDomain": "threadTicks"}
Floats = NDArray[np.float64]


def main() -> None:
    """Measure and print."""
    page, cpu_s = recording_of()
    rows = [("64 channels × 10 min", f"{cpu_s:.2f}", f"{len(page.encode()) / 1e6:.2f}")]
    with tempfile.TemporaryDirectory() as folder:
        index, cpu_s = dataset_of(Path(folder), page)
        rows.append((f"dataset of {N_RECORDINGS} recordings", f"{cpu_s:.2f}", f"{index.stat().st_size / 1e6:.2f}"))
        print_table("page | CPU s | MB", rows)
        if os.environ.get("CHROMIUM"):
            print_table("in Chromium | CPU s of the main thread", in_browser(index))


def recording_of() -> tuple[str, float]:
    """A page, and the CPU seconds that it took."""
    montage = mne.channels.make_standard_montage("biosemi64")
    positions = np.array([montage.get_positions()["ch_pos"][name] for name in montage.ch_names])
    clean, recorded, maps = signals(positions)
    raw = mne.io.RawArray(clean, mne.create_info(montage.ch_names, SFREQ_HZ, "eeg"), verbose="error")
    raw.set_montage(montage).set_annotations(mne.Annotations(np.arange(0.0, 590.0, 2.0), 0.0, "stimulus"))
    raw.annotations.append([5.0, 100.0], [2.0, 3.0], ["BAD_muscle", "BAD_window"])
    raw.info["line_freq"] = 50.0
    record, components = record_of()
    before = Before(tuple(raw.ch_names), recorded.astype(np.float32), SFREQ_HZ)
    mixing = Mixing(tuple(raw.ch_names), maps[:, :N_COMPONENTS])
    began_s = time.process_time()
    figures = draw(before, raw, record, components=components, mixing=mixing, dataset="made")
    page = recording_page(record, figures, version="0", dataset="made", methods="It was made.")
    return page, time.process_time() - began_s


def signals(positions_m: Floats) -> tuple[Floats, Floats, Floats]:
    """The clean signal and that before cleaning (64, n_times) in volts, and maps (64, 64)."""
    random, n_times = np.random.default_rng(0), round(DURATION_S * SFREQ_HZ)
    centres = positions_m[random.integers(0, 64, 64)] + random.normal(scale=0.02, size=(64, 3))
    distances = np.linalg.norm(positions_m[:, None] - centres[None], axis=2)
    maps = np.exp(-((distances / 0.05) ** 2) / 2) * random.choice([-1.0, 1.0], 64)
    clean = maps @ pink(random, n_times)
    clean += clean.std() * (0.1 * pink(random, n_times) + 0.05 * random.normal(size=clean.shape))
    clean *= 12e-6 / clean.std()
    blinks = np.zeros(n_times)
    for start in random.integers(500, n_times - 500, 150):
        blinks[start : start + 75] += 150e-6 * np.hanning(75)
    frontal = np.exp(-np.linalg.norm(positions_m - positions_m[0], axis=1) / 0.05)
    line = 2e-6 * np.sin(2 * np.pi * 50.0 * np.arange(n_times) / SFREQ_HZ)
    drift = 6e-7 * np.cumsum(random.normal(size=clean.shape), axis=1)
    return clean, clean + np.outer(frontal, blinks) + line + drift, maps


def pink(random: np.random.Generator, n_times: int) -> Floats:
    """Noise (64, n_times) whose power falls as f to the power of −1.5."""
    spectrum = np.fft.rfft(random.normal(size=(64, n_times)), axis=1)
    spectrum[:, 1:] /= np.maximum(np.fft.rfftfreq(n_times, 1 / SFREQ_HZ)[1:], 1.0) ** 0.75
    spectrum[:, 0] = 0.0
    return np.asarray(np.fft.irfft(spectrum, n_times, axis=1))


def record_of() -> tuple[RecordingRecord, tuple[Component, ...]]:
    """A record with all components, a third of them removed."""
    components = tuple(
        Component(
            index=index, label="brain" if index % 3 else "eye", probability=0.9, status="good" if index % 3 else "bad"
        )
        for index in range(N_COMPONENTS)
    )
    classes = {
        "brain": 0.5,
        "muscle": 0.1,
        "eye": 0.1,
        "heart": 0.1,
        "line_noise": 0.1,
        "channel_noise": 0.05,
        "other": 0.05,
    }
    steps = (
        step_of("asr", {"changed_fraction": 0.05}),
        step_of("iclabel", {"components": [{"index": index, **classes} for index in range(N_COMPONENTS)]}),
    )
    removed = tuple(component for component in components if component.status == "bad")
    record = RecordingRecord(
        recording="sub-01_task-rest",
        status="ok",
        recipe="made",
        recipe_digest="0",
        seed=0,
        steps=steps,
        bad_channels=(BadChannel(name="Fp1", reasons=("noisy",)),),
        components=ComponentsRecord(total=N_COMPONENTS, removed=removed),
        metrics={"duration_s": 600.0, "good_fraction": 0.9, "n_eeg_channels": 64},
    )
    return record, components


def step_of(name: str, decided: dict[str, Any]) -> StepRecord:
    """A step as it would be recorded."""
    step = STEPS[name]()
    decisions = step.decisions_type.model_validate(decided).model_dump(mode="json")
    return StepRecord(name=name, version="1", seed=0, parameters=step.model_dump(mode="json"), decisions=decisions)


def dataset_of(folder: Path, page: str) -> tuple[Path, float]:
    """The page of a dataset whose recordings have pages, and the CPU seconds for reading these and drawing it."""
    random, (record, _) = np.random.default_rng(0), record_of()
    pages = [folder / f"{number}.html" for number in range(20)]
    for path in pages:
        path.write_text(
            f'<script type="application/json" id="essence">{essence(random)}</script>{page}', encoding="utf-8"
        )
    records = [
        record.model_copy(
            update={
                "recording": f"sub-{number:04d}_task-rest",
                "metrics": {**record.metrics, "good_fraction": float(random.uniform(0.5, 1.0))},
            }
        )
        for number in range(N_RECORDINGS)
    ]
    lock = Lock(dataset="made", api="", database="", filter={}, resolved_at="", recordings=())
    began_s = time.process_time()
    rows = [Row(one, f"{number}.html", read_essence(pages[number % len(pages)])) for number, one in enumerate(records)]
    html = dashboard_page(lock, rows, recipe="made", version="0", methods="They were made.")
    cpu_s = time.process_time() - began_s
    (folder / "index.html").write_text(html, encoding="utf-8")
    return folder / "index.html", cpu_s


def essence(random: np.random.Generator) -> str:
    """Spectra, and averages of four conditions at four channels."""
    spectrum = tuple(random.normal(size=89).round(2).tolist())
    averages = tuple(
        Average(event=event, channel=name, n_epochs=50, values_uv=tuple(random.normal(size=101).round(3).tolist()))
        for event in ("a", "b", "c", "d")
        for name in ("Fz", "Cz", "Pz", "Oz")
    )
    found = Essence(before_db=spectrum, after_db=spectrum, span_s=(-0.2, 0.8), averages=averages)
    return found.model_dump_json()


def in_browser(index: Path) -> list[tuple[str, str]]:
    """CPU seconds to open the page, and to filter it by words that fit few, many and all recordings."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        asked = page.context.new_cdp_session(page)
        asked.send("Performance.enable", MAIN_THREAD)

        def spent_s() -> float:
            page.wait_for_timeout(1000)
            told = asked.send("Performance.getMetrics")["metrics"]
            return float(next(item["value"] for item in told if item["name"] == "TaskDuration"))

        before_s = spent_s()
        page.goto(index.as_uri())
        rows = [("open", f"{spent_s() - before_s:.2f}")]
        for words in ("sub-09", "sub-0", ""):
            before_s = spent_s()
            page.fill("[name=words]", words)
            rows.append((f"filter by '{words}': {page.inner_text('#filter output')}", f"{spent_s() - before_s:.2f}"))
        browser.close()
    return rows


if __name__ == "__main__":
    fix_environment()
    main()
