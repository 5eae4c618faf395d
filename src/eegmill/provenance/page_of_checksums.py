"""``verify.html``: a page that compares dropped files with the manifests, in a browser and without a network.

The manifests stand in the page, so it cannot stand in them as they are in it: its own line is the one that they lack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files

from .dehydrated import NAME as DEHYDRATED
from .dehydrated import NOTE, README

PAGE = "verify.html"


def page_of_checksums(manifests: Mapping[str, str], *, not_listed: str, attestations: str) -> str:
    """HTML of the page.

    Parameters
    ----------
    manifests
        Text of each manifest by its name, without the line of this page.
    not_listed
        Pattern of paths that are no part of a derivative.
    attestations
        Folder of signed statements.
    """
    told = {
        "manifests": dict(manifests),
        "page": PAGE,
        "not_listed": not_listed,
        "attestations": f"{attestations}/",
        "dehydrated": DEHYDRATED,
        "readme": README,
        "note": NOTE,
    }
    page = _part("verify.html")
    for name, text in (("sha256", _part("sha256.js")), ("verify", _part("verify.js")), ("told", _inline(told))):
        page = page.replace(f"@{name}@", text)
    return page


def _part(name: str) -> str:
    return files("eegmill.provenance").joinpath("verify_page", name).read_text(encoding="utf-8")


def _inline(value: object) -> str:
    """JSON in which no text can end the element that it stands in."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")
