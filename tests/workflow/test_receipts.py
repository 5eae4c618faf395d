"""Receipts: what stands, what is void, and what is taken back before files are replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from eegmill.errors import DerivativeError
from eegmill.provenance.activity import file_digests
from eegmill.workflow.layout import Layout
from eegmill.workflow.receipts import Receipt, former, lie_of, read_receipt, withdraw, write_receipt

NAME = "sub-01_task-rest"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "results", "ds1", "minimal")


def signed(layout: Layout, *, digest: str = "0" * 16, recipe: str = "minimal", name: str = NAME) -> Path:
    signal = layout.derivative / "sub-01" / "eeg" / f"{name}.eeg"
    signal.parent.mkdir(parents=True, exist_ok=True)
    signal.write_bytes(b"1234")
    files = file_digests([signal], root=layout.derivative, place="derivative")
    write_receipt(layout, Receipt(stage="clean", dataset="ds1", name=name, recipe=recipe, digest=digest, files=files))
    return layout.receipt("clean", name, digest)


def test_a_receipt_holds_while_its_files_are_there(layout: Layout) -> None:
    assert lie_of(signed(layout), layout) == ""


def test_a_receipt_holds_wherever_the_folder_is_moved(layout: Layout, tmp_path: Path) -> None:
    path = signed(layout)
    moved = Layout(layout.output.rename(tmp_path / "elsewhere"), "ds1", "minimal")
    assert lie_of(moved.receipt("clean", NAME, "0" * 16), moved) == ""
    assert not path.exists()


def test_a_missing_file_makes_a_receipt_void(layout: Layout) -> None:
    path = signed(layout)
    next(layout.derivative.rglob("*.eeg")).unlink()
    assert lie_of(path, layout) == f"'{NAME}.eeg' is missing"


def test_a_file_of_another_size_makes_a_receipt_void(layout: Layout) -> None:
    path = signed(layout)
    next(layout.derivative.rglob("*.eeg")).write_bytes(b"123")
    assert lie_of(path, layout) == f"'{NAME}.eeg' has 3 bytes, not 4"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"files": [{}]}', b'{"files": [{"place": "moon"}]}'])
def test_what_is_no_receipt_is_void(layout: Layout, content: bytes) -> None:
    path = signed(layout)
    path.write_bytes(content)
    assert lie_of(path, layout) == "its receipt cannot be read"
    with pytest.raises(DerivativeError, match="no receipt"):
        read_receipt(path)


def test_former_receipts_of_a_recording_are_taken_back(layout: Layout) -> None:
    paths = [signed(layout, digest=digit * 16) for digit in "01"]
    withdraw(layout, ["clean"], NAME, recipe="minimal")
    assert not any(path.exists() for path in paths)


def test_receipts_of_another_recipe_stay(layout: Layout) -> None:
    path = signed(layout, recipe="prep")
    withdraw(layout, ["clean"], NAME, recipe="minimal")
    assert path.is_file()


def test_receipts_of_a_recording_with_a_longer_name_stay(layout: Layout) -> None:
    longer = signed(layout, name=f"{NAME}_run-2")
    signed(layout)
    assert [path.name for path in former(layout, "clean", NAME)] == [f"{NAME}.{'0' * 16}.json"]
    withdraw(layout, ["clean"], NAME, recipe="minimal")
    assert longer.is_file()
