"""Hooks of the documentation site: pages that lie elsewhere in the repository, and links to what is no page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {"configuration.md": "config/README.md"}
"""Pages of the site, and where in the repository their text lies."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside ``docs``."""
    from mkdocs.structure.files import File

    for page, source in PAGES.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


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
