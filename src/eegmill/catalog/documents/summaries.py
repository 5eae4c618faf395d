"""The short form of a dataset document that the summary endpoints give."""

from __future__ import annotations

from collections.abc import Mapping

from ...sizes import size_human


def summary_row(document: Mapping[str, object]) -> dict[str, object]:
    """A dataset document without its ``readme``, with ``computed_title`` and ``size_human``."""
    row = {name: value for name, value in document.items() if name != "readme"}
    size = document.get("size_bytes")
    row["computed_title"] = str(document.get("name") or "").strip() or document["dataset_id"]
    row["size_human"] = size_human(size) if isinstance(size, int) else None
    return row
