"""What the recordings of a dataset have in common."""

from __future__ import annotations

import numpy as np

from eegmill.recording import BadChannel, Component
from eegmill.records import ComponentsRecord, RecordingRecord
from eegmill.report.dashboard import Electrodes, Row, bad_shares, distributions, removed_classes


def row(number: int, *, bad: tuple[str, ...] = (), labels: tuple[str, ...] = (), good: float = 0.9) -> Row:
    removed = tuple(
        Component(index=place, label=label, probability=1.0, status="bad") for place, label in enumerate(labels)
    )
    record = RecordingRecord(
        recording=f"sub-{number:02d}",
        status="ok",
        recipe="x",
        recipe_digest="0",
        seed=0,
        bad_channels=tuple(BadChannel(name=name, reasons=("flat",)) for name in bad),
        components=ComponentsRecord(total=10, removed=removed),
        metrics={"good_fraction": good},
    )
    return Row(record, f"{number}.html")


def test_a_channel_counts_among_the_recordings_that_have_it() -> None:
    rows = [row(1, bad=("T7",)), row(2, bad=("T7", "Fz")), row(3)]
    electrodes = Electrodes({"T7": np.zeros(3)}, {"T7": 2, "Fz": 3})
    found = [(share.name, share.bad, share.recordings) for share in bad_shares(rows, electrodes)]
    assert found == [("T7", 2, 2), ("Fz", 1, 3)]


def test_without_electrodes_all_recordings_count() -> None:
    assert bad_shares([row(1, bad=("T7",)), row(2)], None)[0].share == 0.5


def test_a_recording_that_lies_far_out_is_named_with_its_page() -> None:
    rows = [row(number, good=0.9 + 0.001 * number) for number in range(10)] + [row(99, good=0.1)]
    (spread,) = distributions(rows)
    assert [(item.recording, item.address) for item in spread.outliers] == [("sub-99", "99.html")]
    assert spread.name == "time kept (%)"


def test_what_is_the_same_everywhere_has_no_distribution() -> None:
    assert distributions([row(1), row(2)]) == ()


def test_classes_of_removed_components_are_counted() -> None:
    rows = [row(1, labels=("eye", "muscle")), row(2, labels=("eye",))]
    assert removed_classes(rows) == (("eye", 2), ("muscle", 1))
