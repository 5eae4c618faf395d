"""Hooks of the documentation site: pages that lie elsewhere in the repository, and links to what is no page."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {"configuration.md": "config/README.md"}
"""Pages of the site, and where in the repository their text lies."""
EXAMPLE = "example_report.html"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside ``docs``, those of the reference, and the page of a cleaned recording."""
    from mkdocs.structure.files import File

    sys.path.insert(0, str(ROOT))  # 'mkdocs' does not look where it is started
    from tools import reference

    made = {
        "commands.md": reference.commands_page(),
        "python.md": reference.python_page(),
        "files.md": reference.files_page(),
        EXAMPLE: example_report(),
    }
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    for page, source in PAGES.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def example_report() -> str:
    """The page of a recording of the sample, cleaned by the recipe ``eegmill``."""
    import eegmill

    sample = Path(eegmill.__file__).parent / "sample" / "eegmill-sample"
    source = sample / "sub-01" / "eeg" / "sub-01_task-attention_eeg.set"
    with tempfile.TemporaryDirectory() as folder:
        page = eegmill.clean(source, recipe="eegmill", seed=1).report(Path(folder) / EXAMPLE)
        return page.read_text(encoding="utf-8")


def on_page_markdown(text: str, page: Page, **_: object) -> str:
    """Lead links to files of the repository to their page, or show them as what they are: a path."""
    return re.sub(r"\[([^\]]+)\]\(((?:\.\./)*)([^)#:\s]+)(#[^)]*)?\)", lambda match: _link(match, page), text)


def _link(match: re.Match[str], page: Page) -> str:
    label, up, path, anchor = match[1], match[2], match[3], match[4] or ""
    folder = (ROOT / "docs" / page.file.src_uri).parent
    target = (folder / (up + path)).resolve()
    for name, source in PAGES.items():
        if target == ROOT / source:
            depth = page.file.src_uri.count("/")
            return f"[{label}]({'../' * depth}{name}{anchor})"
    if target.is_relative_to(ROOT / "docs") or not target.is_relative_to(ROOT):
        return match[0]
    return f"{label} (`{target.relative_to(ROOT)}` in the repository)"
