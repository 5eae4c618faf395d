"""Which of the trap documents a filter matches, as a row of bits in hexadecimal."""

from __future__ import annotations

import json
from typing import Any

from random_filters import DOCUMENTS

from eegmill.catalog.filters import make_filter
from eegmill.catalog.store import Store

DATABASE = "eegdash"


def answer(store: Store, document: dict[str, Any]) -> str:
    """Ask a store that holds the trap documents."""
    texts = store.find(DATABASE, "records", make_filter(document), limit=DOCUMENTS)
    numbers = (int(json.loads(text)["bids_relpath"].removeprefix("file-")) for text in texts)
    return f"{sum(1 << number for number in numbers):x}"
