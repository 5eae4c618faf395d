"""``verify.html`` in a real browser, opened from disk as whoever downloads a derivative opens it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eegmill.proof.dehydrate import dehydrate
from eegmill.provenance.page_of_checksums import PAGE

pytestmark = pytest.mark.browser
SIGNAL = "sub-01/eeg/sub-01_task-odd_desc-preproc_eeg.eeg"


@pytest.fixture
def derivative(pristine: Any, tmp_path: Path) -> Path:
    """A derivative that a test may change."""
    return Path(shutil.copytree(pristine.derivative, tmp_path / "eegmill"))


@pytest.fixture
def window(browser: Any) -> Iterator[Any]:
    """A window in which nothing may go wrong, and which may ask for nothing."""
    faults: list[str] = []
    opened = browser.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda asked: None if asked.is_navigation_request() else faults.append(asked.url[:100]))
    yield opened
    opened.close()
    assert faults == []


def opened(window: Any, derivative: Path) -> Any:
    window.goto((derivative / PAGE).as_uri())
    return window


def drop(page: Any, *paths: Path) -> dict[str, str]:
    """Drop files or folders from the desktop; the verdict of each path."""
    box = page.locator("#place").bounding_box()
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    protocol = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        point = {"type": kind, "x": box["x"] + 30, "y": box["y"] + 30, "data": data}
        protocol.send("Input.dispatchDragEvent", point)
    return verdicts(page)


def choose(page: Any, kind: str, *paths: Path) -> dict[str, str]:
    page.set_input_files(f"#{kind}", [str(path) for path in paths])
    return verdicts(page)


def verdicts(page: Any) -> dict[str, str]:
    page.wait_for_selector("body[data-state=done], body[data-state=failed]", timeout=60_000)
    rows = page.eval_on_selector_all("tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    return {path: verdict for path, verdict, _ in rows}


def summary(page: Any) -> str:
    return str(page.inner_text("#summary"))


def test_a_dropped_folder_as_it_was_made_is_equal(window, derivative):
    page = opened(window, derivative)
    told = drop(page, derivative)
    assert {path for path, verdict in told.items() if verdict != "equal"} == {PAGE}
    assert told[SIGNAL] == told["manifest-sha256.txt"] == told["prov/manifest-sha256.txt"] == "equal"
    assert "files of the manifest are accounted for" in summary(page)


def test_changed_missing_and_unknown_files_are_told_apart(window, derivative):
    signal = bytearray((derivative / SIGNAL).read_bytes())
    signal[17] ^= 1
    (derivative / SIGNAL).write_bytes(signal)
    (derivative / "status.tsv").unlink()
    (derivative / "sub-01" / "README.md").write_text("a name that another file has")
    manifest = derivative / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text().replace("a", "b", 1))
    page = opened(window, derivative)
    told = drop(page, derivative)
    assert told[SIGNAL] == told["manifest-sha256.txt"] == "differs"
    assert told["status.tsv"] == "missing"
    assert told["sub-01/README.md"] == "unknown"
    assert summary(page).startswith("2 differs, 1 missing, 1 unknown")


def test_a_folder_can_be_chosen_instead(window, derivative):
    told = choose(opened(window, derivative), "folder", derivative)
    assert {path for path, verdict in told.items() if verdict != "equal"} == {PAGE}


def test_of_a_part_only_the_part_is_missed(window, derivative):
    (derivative / "sub-02" / "eeg" / "sub-02_task-odd_desc-preproc_qc.json").unlink()
    page = opened(window, derivative)
    told = drop(page, derivative / "sub-02")
    assert [path for path, verdict in told.items() if verdict != "equal"] == [
        "sub-02/eeg/sub-02_task-odd_desc-preproc_qc.json"
    ]
    assert "were not dropped" in summary(page)


def test_single_files_are_known_by_their_names(window, derivative, tmp_path):
    (tmp_path / "else.txt").write_text("else")
    told = drop(opened(window, derivative), derivative / SIGNAL, derivative / "status.tsv", tmp_path / "else.txt")
    assert told == {SIGNAL: "equal", "status.tsv": "equal", "else.txt": "unknown"}


def test_what_a_dehydrated_copy_leaves_out_is_not_missing(window, pristine, tmp_path):
    dehydrate(pristine.derivative, tmp_path / "small")
    page = opened(window, tmp_path / "small")
    told = drop(page, tmp_path / "small")
    assert told[SIGNAL] == "left out"
    assert told["README.md"] == "equal"
    assert {"differs", "missing", "unknown"}.isdisjoint(told.values())


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 4 * 2**20, 4 * 2**20 + 1])
def test_the_digest_in_pieces_is_that_of_python(window, derivative, size):
    page = opened(window, derivative)
    page.evaluate("Object.defineProperty(globalThis, 'crypto', {value: undefined})")
    data = bytes(i * i % 251 for i in range(4096)) * (size // 4096 + 1)
    fill = "size => sha256(new Blob([Uint8Array.from({length: size}, (_, i) => ((i % 4096) ** 2) % 251)]))"
    assert page.evaluate(fill, size) == hashlib.sha256(data[:size]).hexdigest()


def test_a_file_larger_than_is_taken_at_once_is_compared(window, derivative, tmp_path):
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(range(256)) * 262_144 + b"end")
    page = opened(window, derivative)
    page.evaluate("() => { crypto.subtle.digest = () => { throw new Error('the whole file was asked for'); }; }")
    answer = "document.body.dataset.answer = await sha256(event.target.files[0]);"
    page.evaluate(f"addEventListener('change', async event => {{ {answer} }}, true)")
    page.set_input_files("#files", str(large))
    page.wait_for_selector("body[data-answer]", timeout=60_000)
    assert page.get_attribute("body", "data-answer") == hashlib.sha256(large.read_bytes()).hexdigest()


def test_a_file_in_a_folder_that_only_looks_like_a_repository_is_unknown(window, derivative):
    for name in (".git/config", ".github/own.yml", ".gitignore"):
        (derivative / name).parent.mkdir(exist_ok=True)
        (derivative / name).write_text("x")
    found = drop(opened(window, derivative), derivative)
    assert {found.get(".github/own.yml"), found.get(".gitignore")} == {"unknown"}
    assert ".git/config" not in found
