"""The pages of a derivative in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from axe import barriers
from eegmill.config.overrides import read_overrides
from eegmill.files.atomic import write_text
from eegmill.lock import Lock
from eegmill.records import Override, RecordingRecord
from eegmill.report.dashboard import Row, dashboard_page
from eegmill.report.figures import Figures
from eegmill.report.flow import boxes_of
from eegmill.report.page import recording_page
from eegmill.report.signals import Shown
from eegmill.report.unfinished import InputFile, Unfinished, log_end
from eegmill.report.waves import waves_of
from eegmill.steps import STEPS
from eegmill.workflow.comparison import compare_derivatives
from eegmill.workflow.pages import draw_again
from tiny_bids import make_derivative, make_raw_dataset

pytestmark = pytest.mark.browser
READY = "#scrubber[data-ready=yes]"
PAGES = (
    "sub-01/sub-01_task-odd_report.html",
    "index.html",
    "comparison.html",
    "logs/failed/sub-09_task-odd_report.html",
)
HOSTILE = "</script><script>window.hurt=1</script><img src=x onerror=window.hurt=1>"


@pytest.fixture(scope="module")
def derivative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two recordings with their pages; a bad stretch of the second has a hostile name."""
    root = tmp_path_factory.mktemp("raw")
    made = root / "derivatives" / "eegmill"
    make_derivative(root, make_raw_dataset(root), made)
    events = made / "sub-02" / "eeg" / "sub-02_task-odd_desc-preproc_events.tsv"
    events.write_text(events.read_text(encoding="utf-8").replace("BAD_muscle", f"BAD_{HOSTILE}"), encoding="utf-8")
    _put_failed_page(made)
    draw_again(made)
    compare_derivatives(made, made, made / "comparison.html")
    return made


def _put_failed_page(derivative: Path) -> None:
    failed = RecordingRecord(
        recording="sub-09_task-odd",
        status="failed",
        stage="clean",
        reason=HOSTILE,
        recipe="x",
        recipe_digest="0",
        seed=0,
    )
    files = (InputFile(f"sub-09/{HOSTILE}\u202e.edf", "raw", 10, 3),)
    unfinished = Unfinished(files, log_end(f"{HOSTILE}\n" * 60), was_read=True)
    planned = [STEPS["flatline"](), STEPS["reference"]()]
    page = recording_page(
        failed, Figures(), version="0", flow=boxes_of(failed, planned), unfinished=unfinished, back="../../index.html"
    )
    write_text(derivative / "logs" / "failed" / "sub-09_task-odd_report.html", page)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A window in which nothing may go wrong, and which may ask for nothing but the files that are opened."""
    faults: list[str] = []
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda asked: None if asked.is_navigation_request() else faults.append(asked.url[:100]))
    yield opened
    opened.close()
    assert [fault for fault in faults if not fault.startswith(("data:", "blob:"))] == []


def report(derivative: Path, subject: str = "01") -> str:
    return (derivative / f"sub-{subject}" / f"sub-{subject}_task-odd_report.html").as_uri()


def readout(page: Any) -> str:
    return str(page.inner_text(".readout"))


def painted(page: Any) -> str:
    """What is on the canvas."""
    page.wait_for_timeout(100)
    return str(page.evaluate("document.querySelector('.view').toDataURL()"))


def test_the_scrubber_goes_through_the_recording_by_keys(page: Any, derivative: Path) -> None:
    page.goto(report(derivative))
    page.wait_for_selector(READY)
    assert readout(page) == "0.00 s to 4.00 s of 4.0 s"
    page.focus(".view")
    page.keyboard.press("+")
    assert readout(page) == "1.00 s to 3.00 s of 4.0 s"
    page.keyboard.press("ArrowLeft")
    assert readout(page) == "0.00 s to 2.00 s of 4.0 s"
    page.keyboard.press("n")
    assert readout(page).startswith("BAD_muscle: 1.50 s")
    page.keyboard.press("Home")
    assert readout(page) == "0.00 s to 4.00 s of 4.0 s"


def test_wheel_and_drag_move_the_picture(page: Any, derivative: Path) -> None:
    page.goto(report(derivative))
    page.wait_for_selector(READY)
    page.focus(".view")
    box = page.locator(".view").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    page.mouse.wheel(0, -200)
    page.wait_for_function("!document.querySelector('.readout').textContent.includes('0.00 s to 4.00')")
    before = readout(page)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 80, box["y"] + 100)
    page.mouse.up()
    assert readout(page) != before


def test_before_and_after_can_be_hidden_one_by_one(page: Any, derivative: Path) -> None:
    page.goto(report(derivative))
    page.wait_for_selector(READY)
    both = painted(page)
    page.uncheck("[data-show=before]")
    clean = painted(page)
    page.uncheck("[data-show=after]")
    assert len({both, clean, painted(page)}) == 3


def test_the_saved_decisions_are_read_as_overrides(page: Any, derivative: Path, tmp_path: Path) -> None:
    page.goto(report(derivative))
    page.wait_for_selector(READY)
    assert not page.is_visible("#collected")
    page.click("button.decide:has-text('call C3 good')")
    page.fill("#collected input", 'it\tis "fine"')
    page.select_option("#call-bad", label="Cz")
    page.click("[data-do=mark]")
    box = page.locator(".view").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 60)
    page.mouse.up()
    page.click("button.decide:has-text('call 1.5 s')")
    page.click("button.decide:has-text('call 1.5 s')")
    with page.expect_download() as saved:
        page.click("[data-do=save]")
    saved.value.save_as(tmp_path / "overrides.tsv")
    rows = read_overrides(tmp_path / "overrides.tsv")
    assert {(row.dataset, row.recording) for row in rows} == {("tiny", "sub-01_task-odd")}
    decided = [row.override for row in rows]
    assert decided[:2] == [
        Override(kind="channel", name="C3", decision="good", reason='it\tis "fine"'),
        Override(kind="channel", name="Cz", decision="bad"),
    ]
    assert (decided[2].kind, decided[2].decision, len(decided)) == ("segment", "bad", 3)
    assert 0 < (decided[2].onset_s or 0) < 4


def test_hostile_names_are_inert(page: Any, derivative: Path) -> None:
    page.goto(report(derivative, "02"))
    page.wait_for_selector(READY)
    page.focus(".view")
    page.keyboard.press("n")
    assert HOSTILE in readout(page)
    assert page.evaluate("window.hurt") is None


def test_without_scripts_a_picture_of_the_signal_is_left(browser: Any, derivative: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(report(derivative))
    assert "shows one stretch" in plain.locator("noscript").inner_text()
    assert plain.is_visible("svg .trace.clean >> nth=0")
    assert not plain.is_visible("#scrubber")
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_is_wider_than_its_window_and_no_text_too_small(
    page: Any, derivative: Path, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((derivative / address).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALLEST_PX) >= 10


SMALLEST_PX = """Math.min(...[...document.querySelectorAll("main *")]
  .filter((item) => item.getClientRects().length && item.tagName !== "title"
    && [...item.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((item) => parseFloat(getComputedStyle(item).fontSize) * (item.ownerSVGElement ? item.getScreenCTM().a : 1)))"""


def test_the_way_from_one_recording_to_the_next_leads_over_the_dataset(page: Any, derivative: Path) -> None:
    page.goto(report(derivative))
    page.click("a[rel=next]")
    page.wait_for_url("**/sub-02_task-odd_report.html")
    page.click("a[rel=prev]")
    page.wait_for_url("**/sub-01_task-odd_report.html")
    page.click("a[rel=prev]")
    page.wait_for_url("**/index.html?before=sub-01_task-odd")


def record(number: int) -> RecordingRecord:
    metrics = {"duration_s": float(number), "good_fraction": 0.2 if number % 10 == 0 else 0.9}
    name = f"sub-{number:04d}_task-rest"
    return RecordingRecord(recording=name, status="ok", recipe="x", recipe_digest="0", seed=0, metrics=metrics)


def test_a_thousand_recordings_are_filtered_and_sorted(page: Any, tmp_path: Path) -> None:
    lock = Lock(dataset="x", api="x", database="x", filter={}, resolved_at="", recordings=())
    rows = [Row(record(number), f"{number}.html") for number in range(1000)]
    (tmp_path / "index.html").write_text(dashboard_page(lock, rows, recipe="x", version="0"), encoding="utf-8")
    page.goto((tmp_path / "index.html").as_uri())
    assert page.inner_text("#filter output") == "1000 recordings"
    page.check("[name=attention]")
    assert page.inner_text("#filter output") == "100 of 1000 recordings"
    page.fill("[name=words]", "sub-012")
    assert page.inner_text("#filter output") == "1 of 1000 recordings"
    page.fill("[name=words]", "")
    page.click("th >> text=duration")
    page.click("th >> text=duration")
    assert page.locator("#recordings tbody tr:visible").first.get_attribute("data-recording") == "sub-0990_task-rest"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_nothing_serious_keeps_people_from_using_a_page(page: Any, derivative: Path, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto((derivative / address).as_uri())
    assert barriers(page) == []


@pytest.mark.parametrize("address", PAGES)
def test_hostile_text_is_inert_on_every_page(page: Any, derivative: Path, address: str) -> None:
    page.goto((derivative / address).as_uri())
    page.wait_for_timeout(100)
    assert page.evaluate("window.hurt") is None


def test_the_script_decodes_the_waves_that_python_packs(page: Any, derivative: Path) -> None:
    sfreq_hz = 128.0
    times = np.arange(round(6 * sfreq_hz)) / sfreq_hz
    data = 2e-5 * np.stack([np.sin(2 * np.pi * 7 * times), np.cos(2 * np.pi * 13 * times)])
    waves = waves_of(Shown.all_of(data, sfreq_hz))
    page.goto(report(derivative))
    page.wait_for_selector(READY)
    found = page.evaluate(
        "async (waves) => { const decoder = await wavesOf(waves); return decoder.block(3).map((row) => [...row]); }",
        dict(waves.as_json()),
    )
    at = (3 + (np.arange(len(found[0])) + 0.5) / len(found[0])) * waves.block_s - 0.5 / sfreq_hz
    expected = 2e-5 * np.stack([np.sin(2 * np.pi * 7 * at), np.cos(2 * np.pi * 13 * at)])
    assert np.array(found) == pytest.approx(expected, abs=1e-6)


def test_of_many_recordings_more_are_drawn_as_one_scrolls(page: Any, tmp_path: Path) -> None:
    lock = Lock(dataset="x", api="x", database="x", filter={}, resolved_at="", recordings=())
    rows = [Row(record(number), f"{number}.html") for number in range(400)]
    (tmp_path / "index.html").write_text(dashboard_page(lock, rows, recipe="x", version="0"), encoding="utf-8")
    page.goto((tmp_path / "index.html").as_uri())
    drawn = "document.querySelectorAll('#recordings tbody tr:not([hidden])').length"
    few = page.evaluate(drawn)
    page.evaluate("document.querySelector('.list').scrollTo(0, 1e6)")
    page.wait_for_function(f"{drawn} > {few}")


def test_only_what_differs_can_be_shown(page: Any, derivative: Path) -> None:
    page.goto((derivative / "comparison.html").as_uri())
    assert page.inner_text("#filter output") == "2 recordings"
    page.check("[name=differs]")
    assert page.inner_text("#filter output") == "0 of 2 recordings"


def test_the_methods_are_copied(browser: Any, derivative: Path) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.goto((derivative / "index.html").as_uri())
    opened.click("#copy-methods")
    opened.wait_for_function("document.getElementById('copy-methods').textContent === 'Copied'")
    assert opened.evaluate("navigator.clipboard.readText()") == opened.inner_text("#methods")
    context.close()
