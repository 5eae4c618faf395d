"""Which of the trap documents a filter matches, as a row of bits in hexadecimal."""

from __future__ import annotations

import json
from typing import Any

from eegmill.catalog.filters.language import make_filter
from eegmill.catalog.stores.contract import Store
from random_filters import DOCUMENTS

DATABASE = "eegdash"


def answer(store: Store, document: dict[str, Any]) -> str:
    """Ask a store that holds the trap documents."""
    texts = store.find(DATABASE, "records", make_filter(document), limit=DOCUMENTS)
    numbers = (int(json.loads(text)["bids_relpath"].removeprefix("file-")) for text in texts)
    return f"{sum(1 << number for number in numbers):x}"
