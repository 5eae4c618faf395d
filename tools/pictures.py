"""Draw the picture of the README: the page of a recording of the sample, as Chromium shows it.

``python -m tools.pictures`` writes ``docs/figures/report.png``. It needs playwright and Chromium (``CHROMIUM`` names another one).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .site import example_report

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "figures" / "report.png"
SIZE = {"width": 1200, "height": 1450}
N_COLOURS = 64
"""Enough for a page of lines and text, in a quarter of the bytes."""
READY = "#scrubber[data-ready=yes]"


def draw(page: Path, target: Path) -> None:
    """Take a picture of the first screen of a page.

    Raises
    ------
    FileNotFoundError
        If there is no Chromium.
    """
    from PIL import Image
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        msg = "There is no 'chromium' here; CHROMIUM names another one."
        raise FileNotFoundError(msg)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
        shown.goto(page.resolve().as_uri())
        shown.wait_for_selector(READY)
        shown.screenshot(path=target)
        browser.close()
    with Image.open(target) as picture:
        few = picture.convert("RGB").quantize(N_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(target, optimize=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        report.write_text(example_report(), encoding="utf-8")
        draw(report, TARGET)
