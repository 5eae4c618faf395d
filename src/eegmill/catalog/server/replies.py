"""Replies made of stored JSON text, spliced between a prefix and a suffix: nothing is decoded on the way out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fastapi import Response

from ..stores.contract import Page, Totals


def page(database: str, found: Page) -> Response:
    """A list envelope around documents that are JSON text already."""
    return json_bytes(b'%b,"data":[%b],"count":%d}' % (_opening(database).encode(), found.text, found.count))


def summary_page(database: str, rows: Sequence[str], totals: Totals) -> Response:
    """A list envelope around short dataset documents, with their totals."""
    suffix = f'],"count":{len(rows)},"totals":{json.dumps(asdict(totals))}}}'
    return json_text(f'{_opening(database)},"data":[{",".join(rows)}{suffix}')


def single(database: str, document: str) -> Response:
    """An envelope around one document that is JSON text already."""
    return json_text(f'{_opening(database)},"data":{document}}}')


def reply(database: str, **members: Any) -> Response:
    """An envelope around values that are not JSON text yet."""
    return json_reply({"success": True, "database": database, **members})


def json_reply(value: Any, status: int = 200) -> Response:
    """A small value as JSON."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return json_text(text, status)


def json_text(text: str, status: int = 200) -> Response:
    """JSON text as a response."""
    return json_bytes(text.encode(), status)


def json_bytes(text: bytes, status: int = 200) -> Response:
    """JSON text in UTF-8 as a response."""
    return Response(text, status, media_type="application/json")


def _opening(database: str) -> str:
    return f'{{"success":true,"database":{json.dumps(database)}'
